using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs;

/// <summary>Waits for the ends of jobs.</summary>
internal sealed class JobWaiter(JobStore jobs, JobChanges changes)
{
    // Changes are told; looking anyway costs little.
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    /// <summary>Waits until nothing more will happen to a job by itself.</summary>
    /// <param name="id">The job.</param>
    /// <param name="idle">Called every few seconds; null for nothing.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>The job as it ended; null when it was deleted.</returns>
    public async Task<Job?> EndOfAsync(string id, Func<Task>? idle, CancellationToken ct)
    {
        using var watch = changes.Start(id);
        while (await jobs.FindAsync(id, ct) is { } now)
        {
            if (JobStatus.IsFinal(now.Status))
                return now;
            await watch.WaitAsync(Look, ct);
            if (idle is not null)
                await idle();
        }
        return null;
    }
}
