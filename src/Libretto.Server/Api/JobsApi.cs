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
    private const int UsualPage = 50;

    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapPost("/", PostAsync)
            .WithName("PostJob")
            .WithSummary("Post a song")
            .WithDescription(
                "multipart/form-data with one part `file` (the song), and optionally `options` (JSON) and `lyrics` (text), " +
                "or application/json with `url`. A repeated request under the same Idempotency-Key gives the same job.")
            .Accepts<JobUpload>("multipart/form-data", "application/json")
            .Produces<JobView>(202);
        jobs.MapGet("/", ListAsync).WithName("ListJobs").WithSummary("List jobs, newest first");
        jobs.MapGet("/{id}", GetAsync).WithName("GetJob").WithSummary("One job");
    }

    /// <summary>The job, if there is one that the caller may see.</summary>
    public static async Task<Job> FindAsync(string id, Caller caller, JobStore store, CancellationToken ct) =>
        await store.FindAsync(id, ct) is { } job && caller.MaySee(job) ? job : throw ApiProblem.NoSuchJob();

    /// <summary>How many jobs, or lists of them, a page has at most.</summary>
    /// <param name="limit">What the request says, 1 to 200; 50 where it says nothing.</param>
    public static int PageSize(string? limit) => FormValue.Whole("limit", limit, 1, LargestPage) ?? UsualPage;

    /// <summary>The answer to a request that a job has taken up, with the job's address as Location.</summary>
    public static Accepted<JobView> AcceptedOf(HttpRequest request, Job job) =>
        TypedResults.Accepted($"{request.PathBase}/api/jobs/{job.Id}", JobView.Of(job, request.PathBase));

    private static async Task<Accepted<JobView>> PostAsync(HttpContext context, Caller caller, Admission admission, JobIntake intake,
        CancellationToken ct)
    {
        await admission.CheckAsync(caller, ct);
        var job = await intake.TakeAsync(context.Request, caller, ct);
        return AcceptedOf(context.Request, job);
    }

    private static async Task<Ok<JobPage>> ListAsync(
        HttpRequest request,
        Caller caller,
        JobStore store,
        CancellationToken ct,
        [FromQuery] string? status = null,
        [FromQuery] string? search = null,
        [FromQuery] string? list = null,
        [FromQuery] string? before = null,
        [FromQuery] string? limit = null)
    {
        // Blank ones are as if absent, as in forms.
        var most = PageSize(limit);
        (status, search, before) = (FormValue.OneOf("status", status, [.. JobStatus.All]), FormValue.Text(search), FormValue.Text(before));
        list = FormValue.Text(list);
        var jobs = await store.ListAsync(
            new JobQuery
            {
                KeyId = caller.SeesOnly, Status = status, Search = search, ListId = list, After = before, Limit = most + 1,
            },
            ct);
        var page = jobs.Take(most).Select(job => JobView.Of(job, request.PathBase)).ToList();
        return TypedResults.Ok(new JobPage(page, jobs.Count > most ? NextPage(page[^1].Id) : null));

        string NextPage(string last) => request.PathBase + "/api/jobs" + QueryString.Create(new Dictionary<string, string?>
        {
            ["before"] = last,
            ["limit"] = most.ToString(CultureInfo.InvariantCulture),
            ["status"] = status,
            ["search"] = search,
            ["list"] = list,
        }.Where(pair => pair.Value is not null));
    }

    private static async Task<Ok<JobView>> GetAsync(string id, HttpRequest request, Caller caller, JobStore store, CancellationToken ct) =>
        TypedResults.Ok(JobView.Of(await FindAsync(id, caller, store, ct), request.PathBase));
}

/// <summary>The parts of an upload, for the API's description.</summary>
internal sealed record JobUpload(IFormFile File, string? Options, string? Lyrics);
