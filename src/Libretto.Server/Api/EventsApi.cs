using System.Globalization;
using System.Text.Json;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Libretto.Server.Api;

/// <summary>
/// <c>/api/jobs/{id}/events</c>: a job's changes as server-sent events. Each event is the whole job under its revision, so a client
/// that was away needs only the latest: with Last-Event-ID it gets it at once if it is newer, and every client gets the last one.
/// </summary>
internal static class EventsApi
{
    // Also how soon a client that is gone is noticed.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(15);

    // Changes are told; looking anyway costs little.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    private static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(20);

    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/events", StreamAsync)
        .WithName("WatchJob")
        .WithSummary("Watch a job")
        .WithDescription(
            "Server-sent events, each with the whole job as data and its revision as id: `progress` while it waits and runs, then " +
                "`completed`, " +
            "`failed` or `cancelled`, after which the stream ends. Resumes by Last-Event-ID; 204 when the end was seen already.")
        .Produces(200, contentType: "text/event-stream")
        .Produces(204);

    private static async Task StreamAsync(
        string id, HttpContext context, Caller caller, JobStore store, JobChanges changes, IHostApplicationLifetime lifetime,
        CancellationToken ct)
    {
        using var watch = changes.Start(id);
        var job = await JobsApi.FindAsync(id, caller, store, ct);
        var seen = LastSeen(context.Request);
        if (JobStatus.IsFinal(job.Status) && seen >= job.Revision)
        {
            context.Response.StatusCode = 204;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        try
        {
            await SendAllAsync(context, watch, job, seen, store, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The client is gone or reads no more, or the server stops: the client comes back and says where it was.
            if (!lifetime.ApplicationStopping.IsCancellationRequested)
                context.Abort();
        }
    }

    private static async Task SendAllAsync(HttpContext context, JobChanges.Watch watch, Job? job, long seen, JobStore store,
        CancellationToken ct)
    {
        await WriteAsync(context, "retry: 1000\n\n", ct);
        var pingAt = DateTime.UtcNow + Ping;
        while (true)
        {
            if (job is null)
            {
                await WriteAsync(context, "event: deleted\ndata: {}\n\n", ct);
                return;
            }
            if (job.Revision > seen)
            {
                await WriteAsync(context, Format(job, context.Request.PathBase), ct);
                seen = job.Revision;
                pingAt = DateTime.UtcNow + Ping;
            }
            if (JobStatus.IsFinal(job.Status))
                return;
            await watch.WaitAsync(Look, ct);
            if (DateTime.UtcNow >= pingAt)
            {
                await WriteAsync(context, ": still here\n\n", ct);
                pingAt = DateTime.UtcNow + Ping;
            }
            job = await LookAsync(store, job, ct);
        }
    }

    /// <summary>The job as it is now; as it was while the database is away.</summary>
    private static async Task<Job?> LookAsync(JobStore store, Job job, CancellationToken ct)
    {
        try
        {
            return await store.FindAsync(job.Id, ct);
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e))
        {
            await Task.Delay(Pause, ct);
            return job;
        }
    }

    private static string Format(Job job, string basePath)
    {
        var name = JobStatus.IsFinal(job.Status) ? job.Status : "progress";
        return $"event: {name}\nid: {job.Revision}\ndata: " +
            $"{JsonSerializer.Serialize(JobView.Of(job, basePath), ApiJson.Readable.JobView)}\n\n";
    }

    /// <summary>Writes and flushes; a client that does not read is given up after a while.</summary>
    private static async Task WriteAsync(HttpContext context, string text, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LongestWrite);
        await context.Response.WriteAsync(text, limit.Token);
        await context.Response.Body.FlushAsync(limit.Token);
    }

    private static long LastSeen(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
}
