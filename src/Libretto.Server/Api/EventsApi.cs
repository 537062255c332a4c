using System.Diagnostics;
using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
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

    // How soon a browser whose connection broke tries again.
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/events", WatchAsync)
        .WithName("WatchJob")
        .WithSummary("Watch a job")
        .WithDescription(
            "Server-sent events, each with the whole job as data and its revision as id: `progress` while it waits and runs, " +
            "then `completed`, `failed` or `cancelled`, after which the stream ends. Resumes by Last-Event-ID; 204 when the end was " +
            "seen already.")
        .Produces(200, contentType: "text/event-stream")
        .Produces(204);

    private static async Task<IResult> WatchAsync(
        string id, HttpContext context, Caller caller, JobStore store, JobChanges changes, IHostApplicationLifetime lifetime,
        CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, store, ct);
        var seen = LastSeen(context.Request);
        return JobStatus.IsFinal(job.Status) && seen >= job.Revision
            ? TypedResults.NoContent()
            : EventStream.Of(context, EventsAsync(context, job, seen, store, changes, lifetime.ApplicationStopping, ct));
    }

    /// <summary>
    /// The job whenever it has changed, to its end. When the server stops it ends too: the client comes back and says where it was.
    /// </summary>
    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        HttpContext context, Job watched, long seen, JobStore store, JobChanges changes, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var watch = changes.Start(watched.Id);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        await EventStream.CommentAsync(context, "watching", ct);
        var saidAt = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await LookAsync(store, watched, ct) is not { } job)
            {
                yield return new SseItem<string>("{}", "deleted");
                yield break;
            }
            if (job.Revision > seen)
            {
                yield return EventOf(job, context.Request.PathBase);
                seen = job.Revision;
                saidAt = Stopwatch.GetTimestamp();
            }
            if (JobStatus.IsFinal(job.Status))
                yield break;
            watched = job;
            try
            {
                await watch.WaitAsync(Look, stop.Token);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                yield break;
            }
            if (Stopwatch.GetElapsedTime(saidAt) >= Ping)
            {
                await EventStream.CommentAsync(context, "still here", ct);
                saidAt = Stopwatch.GetTimestamp();
            }
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

    private static SseItem<string> EventOf(Job job, string basePath) => new(
        JsonSerializer.Serialize(JobView.Of(job, basePath), ApiJson.Readable.JobView),
        JobStatus.IsFinal(job.Status) ? job.Status : "progress")
    {
        EventId = job.Revision.ToString(CultureInfo.InvariantCulture),
        ReconnectionInterval = Reconnect,
    };

    private static long LastSeen(HttpRequest request) =>
        long.TryParse(request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : 0;
}
