using Libretto.Audio;
using Libretto.Karaoke.Html;
using Libretto.Pipeline;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Player;
using Libretto.Storage;

namespace Libretto.Server.Web.Export;

/// <summary>A job's song as one HTML file, with its recording or its accompaniment.</summary>
internal sealed class JobKaraokeFile(IContentStore store, AudioDecoder decoder, AudioEncoder encoder, Waveforms waveforms,
    TemporaryFolder folder)
{
    private const int SampleRate = 48000;

    public async Task<byte[]> MakeAsync(Job job, string sound, CancellationToken ct)
    {
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job.DocumentKey is null)
            throw new ApiProblem(409, "not_ready", "The song has no words yet.");
        var key = sound switch
        {
            "mix" => job.InputKey,
            "instrumental" => job.InstrumentalKey
                ?? throw new ApiProblem(404, "audio_missing", "This job has no instrumental. Ask for stems when posting the song."),
            _ => throw new ApiProblem(404, "audio_unknown", "There are mix and instrumental."),
        };
        var document = await LyricsApi.ReadAsync(job.DocumentKey, store, ct);
        var packed = folder.NewFile();
        try
        {
            await PackAsync(key!, sound == "mix" ? job.Options.Track : null, packed, ct);
            using var page = new MemoryStream();
            await KaraokePage.WriteAsync(PlayerSongs.Of(job, document, ""), await waveforms.OfAsync(job, ct),
                new PageSounds(packed), page, ct);
            return page.ToArray();
        }
        finally
        {
            File.Delete(packed);
        }
    }

    /// <summary>A recording as Opus, in a file; made once, then found in the store.</summary>
    private async Task PackAsync(string key, int? track, string path, CancellationToken ct)
    {
        var packedKey = DerivedContent.OpusOf(key, track);
        if (await store.CopyToFileAsync(packedKey, path, ct))
            return;
        var input = folder.NewFile();
        try
        {
            if (!await store.CopyToFileAsync(key, input, ct))
                throw LyricsApi.Expired();
            using var audio = await decoder.DecodeAsync(await decoder.ProbeAsync(input, track, ct), SampleRate, 2, cancellationToken: ct);
            await encoder.EncodeAsync(audio, path, AudioFormat.Opus, cancellationToken: ct);
            await using var made = File.OpenRead(path);
            await store.PutAsync(packedKey, made, new ContentDescription("audio/ogg"), ct);
        }
        finally
        {
            File.Delete(input);
        }
    }
}
