using System.Text;
using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs/{id}/lyrics</c>: the result in every format, and edited lyrics back.</summary>
internal static class LyricsApi
{
    private const int LargestDocument = 5_000_000;

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapGet("/{id}/lyrics", GetByAcceptAsync).WithName("GetLyrics").WithSummary("The lyrics, in the format that Accept asks for")
            .WithDescription("The parameter format (json, lrc, elrc, srt, vtt, ass, ttml, txt, verbose.json) goes before Accept.")
            .Produces(200, contentType: "application/json").Produces(304);
        jobs.MapGet("/{id}/lyrics.{format}", GetAsync).WithName("GetLyricsAs")
            .WithSummary("The lyrics as json, lrc, elrc, srt, vtt, ass, ttml, txt or verbose.json")
            .Produces(200, contentType: "text/plain").Produces(304);
        jobs.MapMethods("/{id}/lyrics", [HttpMethods.Head], GetByAcceptAsync).ExcludeFromDescription();
        jobs.MapMethods("/{id}/lyrics.{format}", [HttpMethods.Head], GetAsync).ExcludeFromDescription();
        jobs.MapPut("/{id}/lyrics", PutAsync).WithName("PutLyrics").WithSummary("Put edited lyrics in place")
            .WithDescription("The body is the whole document as JSON. If-Match must name the version that was edited, by its ETag; the " +
                "earlier version is kept.")
            .Accepts<LyricsDocument>("application/json").Produces(204);
    }

    public static ApiProblem Expired() =>
        new(410, "expired", "The song and its results were removed after their time. Post the song again.");

    /// <summary>The lyrics of a job as they are now.</summary>
    public static async Task<LyricsDocument> ReadAsync(string documentKey, IContentStore store, CancellationToken ct) =>
        await StoredResult.FindLyricsAsync(store, documentKey, ct) ?? throw Expired();

    private static Task<IResult> GetByAcceptAsync(
        string id, HttpRequest request, Caller caller, JobStore jobs, IContentStore store, CancellationToken ct, string? format = null)
    {
        if (format is not null)
            return GetAsync(id, format, request, caller, jobs, store, ct);
        request.HttpContext.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        var accepted = request.GetTypedHeaders().Accept
            .Where(type => type.Quality != 0)
            .OrderByDescending(type => type.Quality ?? 1).ToList();
        var wanted = StringValues.IsNullOrEmpty(request.Headers.Accept)
            ? LyricsFormats.Json
            : accepted
                .Select(type => LyricsFormats.All.FirstOrDefault(known => new MediaTypeHeaderValue(known.MediaType).IsSubsetOf(type)))
                .FirstOrDefault(known => known is not null);
        return wanted is null
            ? throw new ApiProblem(406, "format_unknown",
                $"Ask for one of {string.Join(", ", LyricsFormats.All.Select(known => known.MediaType).Distinct())}.")
            : AnswerAsync(id, wanted, request, caller, jobs, store, ct);
    }

    private static Task<IResult> GetAsync(
        string id, string format, HttpRequest request, Caller caller, JobStore jobs, IContentStore store, CancellationToken ct)
    {
        var known = LyricsFormats.All.FirstOrDefault(one => one.Extension.Equals("." + format, StringComparison.OrdinalIgnoreCase) ||
            one.Name.Equals(format, StringComparison.OrdinalIgnoreCase));
        return known is null
            ? throw new ApiProblem(404, "format_unknown",
                $"There is no format '{format[..Math.Min(format.Length, 30)]}'. Choose one of " +
                    $"{string.Join(", ", LyricsFormats.All.Select(one => one.Extension[1..]))}.")
            : AnswerAsync(id, known, request, caller, jobs, store, ct);
    }

    private static async Task<IResult> AnswerAsync(
        string id, ILyricsFormat format, HttpRequest request, Caller caller, JobStore jobs, IContentStore store, CancellationToken ct)
    {
        var job = WithLyrics(await JobsApi.FindAsync(id, caller, jobs, ct));
        var tag = Tag(job, format.Name);
        request.HttpContext.Response.Headers.ETag = tag.ToString();
        request.HttpContext.Response.Headers.CacheControl = "private, no-cache";
        if (request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false) ||
            known == EntityTagHeaderValue.Any))
            return TypedResults.StatusCode(304);
        var document = await ReadAsync(job.DocumentKey!, store, ct);
        return TypedResults.Text(format.Write(document), $"{format.MediaType}; charset=utf-8");
    }

    private static async Task<IResult> PutAsync(
        string id, HttpContext context, Caller caller, JobStore jobs, IContentStore store, CancellationToken ct)
    {
        var job = WithLyrics(await JobsApi.FindAsync(id, caller, jobs, ct));
        var matches = context.Request.GetTypedHeaders().IfMatch;
        if (matches.Count == 0)
            throw new ApiProblem(428, "if_match_missing", "Say which version was edited: send its ETag as If-Match.");
        if (!matches.Any(seen => seen == EntityTagHeaderValue.Any ||
            LyricsFormats.All.Any(format => seen.Compare(Tag(job, format.Name), useStrongComparison: true))))
            throw EditedMeanwhile();
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LargestDocument;
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var document = LyricsFormats.Json.Read(await reader.ReadToEndAsync(ct));
        var saved = await SaveAsync(job, document, jobs, store, ct) ?? throw EditedMeanwhile();
        context.Response.Headers.ETag = Tag(saved, LyricsFormats.Json.Name).ToString();
        return TypedResults.NoContent();
    }

    /// <summary>
    /// Puts edited lyrics in the place of those that the editor saw; returns the job as it is then, null when others came first.
    /// </summary>
    public static async Task<Job?> SaveAsync(Job seen, LyricsDocument document, JobStore jobs, IContentStore store, CancellationToken ct)
    {
        var stored = await StoredResult.OfLyricsAsync(store, document, ct);
        return await jobs.ReplaceDocumentAsync(seen, stored.DocumentKey, ct)
            ? seen with { DocumentKey = stored.DocumentKey, DocumentVersion = seen.DocumentVersion + 1 }
            : null;
    }

    private static Job WithLyrics(Job job) => job switch
    {
        { ExpiredAt: not null } => throw Expired(),
        { DocumentKey: not null } => job,
        { Status: JobStatus.Failed or JobStatus.Cancelled } =>
            throw new ApiProblem(409, "job_" + job.Status, $"The job is {job.Status}, so it has no lyrics."),
        _ => throw new ApiProblem(
            409, "not_ready", $"The job is {job.Status}; its lyrics are not there yet. Watch /api/jobs/{job.Id}/events."),
    };

    private static ApiProblem EditedMeanwhile() => new(
        412, "edited_meanwhile", "Someone else has saved these lyrics since. Fetch them again, put your changes in, and save with the " +
            "new ETag.");

    /// <summary>The document's own hash, its version and the format.</summary>
    private static EntityTagHeaderValue Tag(Job job, string format) =>
        new($"\"{job.DocumentKey![^16..]}-{job.DocumentVersion}-{format}\"");
}
