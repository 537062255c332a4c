using System.Globalization;
using Libretto.Server.Api.Intake;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs</c>: posting, listing and looking.</summary>
internal static class JobsApi
{
    private const int LargestPage = 200;

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapPost("/", PostAsync)
            .WithName("PostJob")
            .WithSummary("Post a song")
            .WithDescription(
                "multipart/form-data with one part `file` (the song), and optionally `options` (JSON) and `lyrics` (text), or application/json " +
                "with `url`. A repeated request under the same Idempotency-Key gives the same job.")
            .Accepts<JobUpload>("multipart/form-data", "application/json")
            .Produces<JobView>(202);
        jobs.MapGet("/", ListAsync).WithName("ListJobs").WithSummary("List jobs, newest first");
        jobs.MapGet("/{id}", GetAsync).WithName("GetJob").WithSummary("One job");
    }

    /// <summary>The job, if there is one that the caller may see.</summary>
    public static async Task<Job> FindAsync(string id, Caller caller, JobStore store, CancellationToken ct) =>
        await store.FindAsync(id, ct) is { } job && caller.MaySee(job) ? job : throw ApiProblem.NoSuchJob();

    private static async Task<Accepted<JobView>> PostAsync(HttpContext context, Caller caller, Admission admission, JobIntake intake, CancellationToken ct)
    {
        await admission.CheckAsync(caller, ct);
        var job = await intake.TakeAsync(context.Request, caller, ct);
        return TypedResults.Accepted($"/api/jobs/{job.Id}", JobView.Of(job));
    }

    private static async Task<Ok<JobPage>> ListAsync(
        Caller caller,
        JobStore store,
        CancellationToken ct,
        [FromQuery] string? status = null,
        [FromQuery] string? search = null,
        [FromQuery] string? before = null,
        [FromQuery] int limit = 50)
    {
        if (status is not null && !JobStatus.All.Contains(status))
            throw ApiProblem.BadOption("status", $"choose one of {string.Join(", ", JobStatus.All)}");
        if (limit is < 1 or > LargestPage)
            throw ApiProblem.BadOption("limit", $"give a number from 1 to {LargestPage}");
        var jobs = await store.ListAsync(caller.SeesOnly, status, search, before, limit + 1, ct);
        var page = jobs.Take(limit).Select(JobView.Of).ToList();
        return TypedResults.Ok(new JobPage(page, jobs.Count > limit ? NextPage(page[^1].Id) : null));

        string NextPage(string last) => "/api/jobs" + QueryString.Create(new Dictionary<string, string?>
        {
            ["before"] = last,
            ["limit"] = limit.ToString(CultureInfo.InvariantCulture),
            ["status"] = status,
            ["search"] = search,
        }.Where(pair => pair.Value is not null));
    }

    private static async Task<Ok<JobView>> GetAsync(string id, Caller caller, JobStore store, CancellationToken ct) =>
        TypedResults.Ok(JobView.Of(await FindAsync(id, caller, store, ct)));
}

/// <summary>The parts of an upload, for the API's description.</summary>
internal sealed record JobUpload(IFormFile File, string? Options, string? Lyrics);
