using Libretto.Karaoke.Html;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Web.Player;
using Libretto.Storage;

namespace Libretto.Server.Web.Export;

/// <summary>A job's song as one HTML file, with its recording or its accompaniment.</summary>
internal sealed class JobKaraokeFile(IContentStore store, BrowserSounds sounds, Waveforms waveforms, TemporaryFolder folder)
{
    public async Task<byte[]> MakeAsync(Job job, string sound, CancellationToken ct)
    {
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (job.DocumentKey is null)
            throw new ApiProblem(409, "not_ready", "The song has no words yet.");
        if (sound is not ("mix" or "instrumental"))
            throw new ApiProblem(404, "audio_unknown", "There are mix and instrumental.");
        var key = await sounds.FindOrMakeAsync(job, sound, ct);
        var document = await LyricsApi.ReadAsync(job.DocumentKey, store, ct);
        var packed = folder.NewFile();
        try
        {
            if (!await store.CopyToFileAsync(key, packed, ct))
                throw LyricsApi.Expired();
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
}
