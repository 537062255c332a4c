using System.Globalization;
using System.Text.Json.Serialization;
using Libretto.Audio;
using Libretto.Audio.Activity;
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

    private static async Task<IResult> GetAsync(string id, Caller caller, JobStore jobs, Waveforms waveforms, HttpResponse response, CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        response.Headers.CacheControl = "private, max-age=3600";
        return TypedResults.Json(await waveforms.OfAsync(job, ct), WaveformJson.Default.Waveform);
    }
}

/// <summary>A song's shape.</summary>
/// <param name="Rate">Peaks a second.</param>
/// <param name="Peaks">The loudest sample of each stretch, 0 to 255.</param>
/// <param name="Voice">Stretches where someone sings, as [start, end] in seconds.</param>
internal sealed record Waveform(int Rate, IReadOnlyList<int> Peaks, IReadOnlyList<double[]> Voice);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Waveform))]
internal sealed partial class WaveformJson : JsonSerializerContext;

/// <summary>Measures songs' shapes, each once: the store keeps them.</summary>
internal sealed class Waveforms(IContentStore store, AudioDecoder decoder, TemporaryFolder folder) : IDisposable
{
    private const string Version = "1";
    private const int SampleRate = 16000;
    private const int PeaksPerSecond = 50;

    // Decoding takes a core for a moment: songs that are opened at once wait for each other.
    private readonly SemaphoreSlim _measuring = new(1);

    public void Dispose() => _measuring.Dispose();

    public async Task<Waveform> OfAsync(Job job, CancellationToken ct)
    {
        if (job.InputKey is null || job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        var key = job.Options.Track is { } track
            ? ContentKey.Of("waveforms", Version, job.InputKey, job.VocalsKey ?? "", track.ToString(CultureInfo.InvariantCulture))
            : ContentKey.Of("waveforms", Version, job.InputKey, job.VocalsKey ?? "");
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
        // Without a stem, where anything sounds says little of who sings: then the words' own times do.
        var voice = vocals is null ? [] : ActivityDetector.Detect(vocals, ActivityOptions.ForStem, ct);
        return new Waveform(PeaksPerSecond, Peaks(mix), [.. voice.Select(range => new[] { Math.Round(range.Start, 2), Math.Round(range.End, 2) })]);
    }

    private async Task<PcmFile> DecodeAsync(string key, int? track, CancellationToken ct)
    {
        var path = folder.NewFile();
        try
        {
            return await store.CopyToFileAsync(key, path, ct)
                ? await decoder.DecodeAsync(await decoder.ProbeAsync(path, track, ct), SampleRate, 1, cancellationToken: ct)
                : throw LyricsApi.Expired();
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static List<int> Peaks(PcmFile audio)
    {
        const int Step = SampleRate / PeaksPerSecond;
        var peaks = new List<int>((int)(audio.Frames / Step) + 1);
        var block = new float[Step];
        for (long frame = 0; frame < audio.Frames; frame += Step)
        {
            audio.Read(frame, block);
            var peak = 0f;
            foreach (var sample in block)
                peak = Math.Max(peak, Math.Abs(sample));
            peaks.Add((int)Math.Min(255, peak * 255));
        }
        return peaks;
    }
}
