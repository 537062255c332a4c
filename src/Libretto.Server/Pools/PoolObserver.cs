using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Pools;

/// <summary>Sees, in the tables, what the pool's policy decides by.</summary>
internal sealed class PoolObserver(IDbContextFactory<LibrettoDb> contexts, WorkerRegistry workers, JobClaims claims, TimeProvider time)
{
    private const int Remembered = 20;

    private long? _waitingSince;

    /// <summary>Those who work in the lane compute or are about to, and how the pool's last starts went.</summary>
    public async Task<PoolView> LookAsync(string pool, CancellationToken ct)
    {
        // What none of this pool's workers could do is no reason to start one.
        var (waiting, _) = await claims.CountReadyAsync(Lane.Compute, ct, await workers.CapabilitiesAsync(pool, ct));
        return await ViewAsync(pool, waiting, WaitedFor(waiting), ct);
    }

    /// <summary>The same, where it is known how many songs wait and how long the oldest has.</summary>
    public async Task<PoolView> ViewAsync(string pool, int waiting, TimeSpan oldest, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var now = await context.NowAsync(ct);
        var alive = await context.Workers.AsNoTracking()
            .Where(row => (row.State == WorkerState.Starting || row.State == WorkerState.Running) && row.Lanes.Contains(Lane.Compute))
                .ToListAsync(ct);
        var recent = await context.Workers.AsNoTracking().Where(row => row.Pool == pool && row.State != WorkerState.Starting)
            .OrderByDescending(row => row.RequestedAt).Take(Remembered).ToListAsync(ct);
        var failures = recent.TakeWhile(row => row.State == WorkerState.Failed).ToList();
        var starts = recent.Where(row => row.StartedAt is not null)
            .Select(row => (row.StartedAt!.Value - row.RequestedAt).TotalSeconds).ToList();
        var songs = await context.Jobs.AsNoTracking()
            .Where(job => job.Status == JobStatus.Completed && job.ProcessingMethod != "cache" && job.ProcessingTimeSeconds != null)
            .OrderByDescending(job => job.CompletedAt).Take(Remembered).Select(job => job.ProcessingTimeSeconds!.Value).ToListAsync(ct);
        return new PoolView
        {
            Waiting = waiting,
            Oldest = oldest,
            Workers = [.. alive.Select(row => PoolWorker.Of(row, now))],
            Failures = failures.Count,
            LastError = failures.FirstOrDefault()?.Error,
            SinceFailure = failures.FirstOrDefault() is { } last ? now - (last.StoppedAt ?? last.RequestedAt) : TimeSpan.MaxValue,
            StartTime = starts.Count > 0 ? TimeSpan.FromSeconds(starts.Average()) : null,
            SongTime = songs.Count > 0 ? TimeSpan.FromSeconds(songs.Average()) : null,
        };
    }

    /// <summary>By this process's own eyes: the clocks of those who post may differ.</summary>
    private TimeSpan WaitedFor(int waiting)
    {
        _waitingSince = waiting > 0 ? _waitingSince ?? time.GetTimestamp() : null;
        return _waitingSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero;
    }
}
