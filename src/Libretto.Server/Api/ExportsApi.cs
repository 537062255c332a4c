using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs/{id}/exports</c>: karaoke made of a song, as jobs like others.</summary>
internal static class ExportsApi
{
    // Proxies give up on an answer after a minute.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(50);

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapPost("/{id}/exports", PostAsync).WithName("PostExport").WithSummary("Have karaoke made of a song")
            .WithDescription(
                "Kinds are html, mp4, cdg and ultrastar. The answer is a job like others, with steps, events and cancel; asked for " +
                "twice, it is the same one. It goes with the song's job.");
        jobs.MapGet("/{id}/exports", ListAsync).WithName("ListExports").WithSummary("What was made of a song, the latest first");
        jobs.MapGet("/{id}/exports/{kind}", GetAsync).WithName("GetExport").WithSummary("The latest finished export of a kind, as a file")
            .Produces(200, contentType: "video/mp4").Produces(206, contentType: "video/mp4");
        jobs.MapGet("/{id}/karaoke.html", GetPageAsync).WithName("GetKaraokeFile")
            .WithSummary("The song as one HTML file that plays without a server or a network")
            .WithDescription("The export html at an address of its own: it is made when it is first asked for, which the answer waits for.")
            .Produces(200, contentType: "text/html");
    }

    private static async Task<Accepted<JobView>> PostAsync(
        string id, ExportOptions options, HttpRequest request, Caller caller, JobStore jobs, ExportIntake intake, CancellationToken ct) =>
        JobsApi.AcceptedOf(request, await intake.TakeAsync(await JobsApi.FindAsync(id, caller, jobs, ct), options, caller, ct));

    private static async Task<Ok<JobPage>> ListAsync(string id, HttpRequest request, Caller caller, JobStore jobs, CancellationToken ct)
    {
        await JobsApi.FindAsync(id, caller, jobs, ct);
        return TypedResults.Ok(new JobPage(
            [.. (await jobs.ExportsAsync(id, ct)).Select(export => JobView.Of(export, request.PathBase))], null));
    }

    private static async Task<IResult> GetAsync(string id, string kind, HttpResponse response, Caller caller, JobStore jobs,
        IContentStore store, CancellationToken ct)
    {
        var song = await JobsApi.FindAsync(id, caller, jobs, ct);
        if (!Exports.Kinds.Contains(kind))
            throw new ApiProblem(404, "export_unknown", $"There are {string.Join(", ", Exports.Kinds)}.");
        var all = (await jobs.ExportsAsync(id, ct)).Where(export => export.Options.Export!.Kind == kind).ToList();
        var export = all.FirstOrDefault(export => export.Status == JobStatus.Completed) ?? all.FirstOrDefault()
            ?? throw new ApiProblem(404, "export_missing", $"No {kind} was asked for. Ask with POST /api/jobs/{id}/exports.");
        return await SendAsync(song, export, response, store, ct);
    }

    private static async Task<IResult> GetPageAsync(
        string id, HttpResponse response, Caller caller, JobStore jobs, ExportIntake intake, JobWaiter waiter, IContentStore store,
        CancellationToken ct, [FromQuery] string? sound = null)
    {
        var song = await JobsApi.FindAsync(id, caller, jobs, ct);
        var audio = (FormValue.Text(sound) ?? "mix").ToLowerInvariant();
        if (audio is not ("mix" or "instrumental" or "guide"))
            throw new ApiProblem(404, "audio_unknown", "There are mix, instrumental and guide.");
        var export = await intake.TakeAsync(song, new ExportOptions { Kind = "html", Audio = audio }, caller, ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(s_patience);
        try
        {
            export = await waiter.EndOfAsync(export.Id, idle: null, limit.Token) ?? throw ApiProblem.NoSuchJob();
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // It goes on: who asks again finds it further, or done.
            throw NotReady();
        }
        return await SendAsync(song, export, response, store, ct);
    }

    /// <summary>An export's file, once it is there.</summary>
    private static async Task<IResult> SendAsync(Job song, Job export, HttpResponse response, IContentStore store, CancellationToken ct)
    {
        if (export.Status != JobStatus.Completed)
            throw export.Status switch
            {
                JobStatus.Failed => new ApiProblem(409, "job_failed", export.ErrorMessage ?? "It could not be made."),
                JobStatus.Cancelled => new ApiProblem(409, "job_cancelled", "It was cancelled. Ask for it again."),
                _ => NotReady(),
            };
        if (export.ExpiredAt is not null || await store.OpenAsync(export.ResultKey!, ct) is not { } reading)
            throw LyricsApi.Expired();
        var (ending, mediaType) = Exports.FileOf(Exports.KindOf(export.Options.Export!));
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment")
        {
            FileNameStar = FileNames.OfSong(song.Artist, song.Title) + ending,
        }.ToString();
        return TypedResults.Stream(
            reading.Stream, mediaType, lastModified: reading.Content.StoredAt,
            entityTag: new EntityTagHeaderValue($"\"{reading.Content.Sha256[..32]}\""), enableRangeProcessing: true);
    }

    private static ApiProblem NotReady() => new(409, "not_ready", "It is not done yet; its job tells how far it is.", retryAfter: 5);
}
