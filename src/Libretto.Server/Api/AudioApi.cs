using Libretto.Server.Jobs;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs/{id}/audio/{name}</c>: the song and its stems, by byte ranges.</summary>
internal static class AudioApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/audio/{name}", GetAsync)
        .WithName("GetAudio")
        .WithSummary("The recording: mix, vocals or instrumental")
        .WithDescription("Answers byte ranges.")
        .Produces(200, contentType: "audio/flac").Produces(206, contentType: "audio/flac");

    private static async Task<IResult> GetAsync(string id, string name, HttpRequest request, Caller caller, JobStore jobs, IContentStore store, CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, jobs, ct);
        var key = name switch
        {
            "mix" => job.InputKey,
            "vocals" => job.VocalsKey,
            "instrumental" => job.InstrumentalKey,
            _ => throw new ApiProblem(404, "audio_unknown", "There are mix, vocals and instrumental."),
        };
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (key is null)
            throw new ApiProblem(404, "audio_missing", $"This job has no {name}. Ask for stems when posting the song.");
        if (await store.OpenAsync(key, ct) is not { } reading)
            throw LyricsApi.Expired();
        if (request.GetTypedHeaders().Range is { Ranges.Count: 1 } range && range.Ranges.First().From >= reading.Content.Length)
        {
            await reading.DisposeAsync();
            request.HttpContext.Response.Headers.ContentRange = $"bytes */{reading.Content.Length}";
            throw new ApiProblem(416, "range_invalid", $"The recording has {reading.Content.Length} bytes; the range begins behind them.");
        }
        return TypedResults.Stream(
            reading.Stream,
            reading.Content.Description.ContentType,
            lastModified: reading.Content.StoredAt,
            entityTag: new EntityTagHeaderValue($"\"{reading.Content.Sha256[..32]}\""),
            enableRangeProcessing: true);
    }
}
