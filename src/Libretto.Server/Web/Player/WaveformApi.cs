using Libretto.Audio;
using Libretto.Karaoke.Html;
using Libretto.Server.Api;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Web.Player;

/// <summary><c>/api/jobs/{id}/waveform</c>: a song's shape, for drawing.</summary>
internal static class WaveformApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/waveform", GetAsync)
        .WithName("GetWaveform")
        .WithSummary("The recording's shape: its peaks, and where someone sings");

    private static async Task<IResult> GetAsync(string id, Caller caller, JobStore jobs, Waveforms waveforms, HttpResponse response,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        response.Headers.CacheControl = "private, max-age=3600";
        return TypedResults.Json(await waveforms.OfAsync(job, ct), WaveformJson.Default.Waveform);
    }
}

/// <summary>Measures songs' shapes, each once: the store keeps them.</summary>
internal sealed class Waveforms(IContentStore store, AudioDecoder decoder, TemporaryFolder folder) : IDisposable
{
    // Decoding takes a core for a moment: songs that are opened at once wait for each other.
    private readonly SemaphoreSlim _measuring = new(1);

    public void Dispose() => _measuring.Dispose();

    public async Task<Waveform> OfAsync(Job job, CancellationToken ct)
    {
        if (job.InputKey is null || job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        var key = DerivedContent.WaveformOf(job.InputKey, job.VocalsKey, job.Options.Track);
        if (await store.ReadJsonAsync(key, WaveformJson.Default.Waveform, ct) is { } known)
            return known;
        await _measuring.WaitAsync(ct);
        try
        {
            if (await store.ReadJsonAsync(key, WaveformJson.Default.Waveform, ct) is { } meanwhile)
                return meanwhile;
            // Who leaves meanwhile need not wait the next time.
            var waveform = await MeasureAsync(job, CancellationToken.None);
            await store.PutJsonAsync(key, waveform, WaveformJson.Default.Waveform, CancellationToken.None);
            return waveform;
        }
        finally
        {
            _measuring.Release();
        }
    }

    private async Task<Waveform> MeasureAsync(Job job, CancellationToken ct)
    {
        using var mix = await DecodeAsync(job.InputKey!, job.Options.Track, ct);
        using var vocals = job.VocalsKey is { } stem ? await DecodeAsync(stem, null, ct) : null;
        return Waveform.Measure(mix, vocals, ct);
    }

    private async Task<PcmFile> DecodeAsync(string key, int? track, CancellationToken ct)
    {
        var path = folder.NewFile();
        try
        {
            return await store.CopyToFileAsync(key, path, ct)
                ? await decoder.DecodeAsync(await decoder.ProbeAsync(path, track, ct), Waveform.SampleRate, 1, cancellationToken: ct)
                : throw LyricsApi.Expired();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
