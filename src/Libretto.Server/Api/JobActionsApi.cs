using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary>What can be done with a job: cancel, retry, delete.</summary>
internal static class JobActionsApi
{
    public static void Map(RouteGroupBuilder jobs)
    {
        jobs.MapPost("/{id}/cancel", CancelAsync).WithName("CancelJob").WithSummary("Cancel a job")
            .WithDescription("A waiting job is cancelled at once, a running one within a second. Cancelling twice does no harm.");
        jobs.MapPost("/{id}/retry", RetryAsync).WithName("RetryJob").WithSummary("Run a failed or cancelled job again");
        jobs.MapDelete("/{id}", DeleteAsync).WithName("DeleteJob").WithSummary("Forget a job that is not running");
    }

    private static async Task<Accepted<JobView>> CancelAsync(string id, HttpRequest request, Caller caller, JobStore store,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, store, ct);
        if (!await store.CancelAsync(id, ct))
        {
            job = await JobsApi.FindAsync(id, caller, store, ct);
            if (job.Status != JobStatus.Cancelled)
                throw new ApiProblem(409, "job_finished", $"The job is {job.Status} already; there is nothing to cancel.");
        }
        return await ViewAsync(id, request, caller, store, ct);
    }

    private static async Task<Accepted<JobView>> RetryAsync(string id, HttpRequest request, Caller caller, JobStore store, JobQueue queue,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, store, ct);
        if (job.ExpiredAt is not null)
            throw LyricsApi.Expired();
        if (!await store.RetryAsync(id, ct))
            throw new ApiProblem(409, "job_not_retryable", $"The job is {job.Status}; only a failed or cancelled one can be run again.");
        queue.Wake(job);
        return await ViewAsync(id, request, caller, store, ct);
    }

    private static async Task<NoContent> DeleteAsync(string id, Caller caller, JobStore store, CancellationToken ct)
    {
        await JobsApi.FindAsync(id, caller, store, ct);
        if (!await store.DeleteAsync(id, ct))
            throw new ApiProblem(409, "job_running", "The job is being worked on. Cancel it first.");
        return TypedResults.NoContent();
    }

    private static async Task<Accepted<JobView>> ViewAsync(string id, HttpRequest request, Caller caller, JobStore store,
        CancellationToken ct) =>
        JobsApi.AcceptedOf(request, await JobsApi.FindAsync(id, caller, store, ct));
}
