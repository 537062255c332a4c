using Libretto.Audio;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Storage;

namespace Libretto.Server.Web.Player;

/// <summary>
/// A song's sounds as Opus, a tenth of what they are in the store: what browsers decode to mix stems, and what karaoke files hold. Each is
/// made when first asked for; then the store has it.
/// </summary>
internal sealed class BrowserSounds(IContentStore store, AudioDecoder decoder, AudioEncoder encoder, TemporaryFolder folder) : IDisposable
{
    private const int SampleRate = 48000;

    // Decoding and encoding take a core for some seconds: those who ask at once wait for each other.
    private readonly SemaphoreSlim _packing = new(1);

    public void Dispose() => _packing.Dispose();

    /// <summary>Where a sound lies, once it is packed.</summary>
    /// <param name="job">A job that the caller may hear.</param>
    /// <param name="name">mix, vocals or instrumental.</param>
    /// <param name="ct">Stops waiting; a sound that is being made is finished for the next who asks.</param>
    /// <exception cref="ApiProblem">There is no such sound, or it is gone.</exception>
    public async Task<string> FindOrMakeAsync(Job job, string name, CancellationToken ct)
    {
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        var input = name switch
        {
            "mix" => job.InputKey,
            "vocals" => job.VocalsKey,
            "instrumental" => job.InstrumentalKey,
            _ => throw new ApiProblem(404, "audio_unknown", "There are mix, vocals and instrumental."),
        } ?? throw new ApiProblem(404, "audio_missing", $"This job has no {name}. Ask for stems when posting the song.");
        var track = name == "mix" ? job.Options.Track : null;
        var packed = DerivedContent.OpusOf(input, track);
        if (await store.FindAsync(packed, ct) is not null)
            return packed;
        await _packing.WaitAsync(ct);
        try
        {
            if (await store.FindAsync(packed, ct) is null)
                await PackAsync(input, track, packed);
            return packed;
        }
        finally
        {
            _packing.Release();
        }
    }

    private async Task PackAsync(string key, int? track, string packed)
    {
        var (input, output) = (folder.NewFile(), folder.NewFile());
        try
        {
            if (!await store.CopyToFileAsync(key, input, CancellationToken.None))
                throw LyricsApi.Expired();
            using var audio = await decoder.DecodeAsync(await decoder.ProbeAsync(input, track, CancellationToken.None), SampleRate, 2,
                cancellationToken: CancellationToken.None);
            await encoder.EncodeAsync(audio, output, AudioFormat.Opus, cancellationToken: CancellationToken.None);
            await using var made = File.OpenRead(output);
            await store.PutAsync(packed, made, new ContentDescription("audio/ogg"), CancellationToken.None);
        }
        finally
        {
            File.Delete(input);
            File.Delete(output);
        }
    }
}
