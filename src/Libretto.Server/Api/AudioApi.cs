using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs/{id}/audio/{name}</c>: the song and its stems, by byte ranges.</summary>
internal static class AudioApi
{
    // As long as someone may listen to a song, or leave it open over night.
    private static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(12);

    private static readonly Dictionary<string, string> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["audio/flac"] = ".flac", ["audio/ogg"] = ".opus", ["audio/mpeg"] = ".mp3", ["audio/mp4"] = ".m4a", ["audio/wav"] = ".wav",
        ["audio/x-wav"] = ".wav", ["audio/webm"] = ".webm", ["video/mp4"] = ".mp4", ["video/webm"] = ".webm",
    };

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapGet("/{id}/audio/{name}", GetAsync)
            .WithName("GetAudio")
            .WithSummary("The recording: mix, vocals or instrumental")
            .WithDescription("Answers byte ranges. Where the server keeps content in a store with signed links, it redirects there.")
            .Produces(200, contentType: "audio/flac").Produces(206, contentType: "audio/flac");
        jobs.MapMethods("/{id}/audio/{name}", [HttpMethods.Head], GetAsync).ExcludeFromDescription();
    }

    private static async Task<IResult> GetAsync(string id, string name, HttpRequest request, Caller caller, JobStore jobs,
        IContentStore store, CancellationToken ct) =>
        await SendAsync(await JobsApi.FindAsync(id, caller, jobs, ct), name, request, store, ct);

    /// <summary>A recording of a job that the caller may hear.</summary>
    public static async Task<IResult> SendAsync(Job job, string name, HttpRequest request, IContentStore store, CancellationToken ct)
    {
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
        if (!IsFromThePage(request) && await store.LinkAsync(key, LinkLifetime, ct) is { } link)
            return TypedResults.Redirect(link.AbsoluteUri, preserveMethod: true);
        if (await store.OpenAsync(key, ct) is not { } reading)
            throw LyricsApi.Expired();
        if (request.GetTypedHeaders().Range is { Ranges.Count: 1 } range && range.Ranges.First().From >= reading.Content.Length)
        {
            await reading.DisposeAsync();
            TellLength(request.HttpContext.Response, reading.Content.Length);
            throw new ApiProblem(416, "range_invalid", $"The recording has {reading.Content.Length} bytes; the range begins behind them.");
        }
        request.HttpContext.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("inline")
        {
            FileNameStar = NameOf(job, name, reading.Content.Description.ContentType),
        }.ToString();
        return TypedResults.Stream(
            reading.Stream,
            reading.Content.Description.ContentType,
            lastModified: reading.Content.StoredAt,
            entityTag: new EntityTagHeaderValue($"\"{reading.Content.Sha256[..32]}\""),
            enableRangeProcessing: true);
    }

    /// <summary>What the file is called by who keeps it: <c>Artist - Title (instrumental).flac</c>.</summary>
    public static string NameOf(Job job, string name, string contentType)
    {
        var song = FileNames.OfSong(job.Artist, job.Title ?? Path.GetFileNameWithoutExtension(job.FileName));
        var ending = name == "mix" && Path.GetExtension(job.FileName) is { Length: > 1 } own ? own
            : s_endings.GetValueOrDefault(contentType.Split(';')[0], "");
        return name == "mix" ? song + ending : $"{song} ({name}){ending}";
    }

    /// <summary>Set late, since an error clears what was set before it.</summary>
    private static void TellLength(HttpResponse response, long length) => response.OnStarting(() =>
    {
        response.Headers.ContentRange = $"bytes */{length}";
        return Task.CompletedTask;
    });

    /// <summary>
    /// The page plays nothing from elsewhere, and mixes only what its own scripts may read; other players and programs may be sent on.
    /// </summary>
    private static bool IsFromThePage(HttpRequest request) =>
        request.Headers["Sec-Fetch-Mode"] == "cors" || request.Headers["Sec-Fetch-Site"] == "same-origin";
}
