using Libretto.Server.Data.Entities;

namespace Libretto.Server.Pools;

/// <summary>How a pool may grow and when it shrinks.</summary>
internal sealed record PoolLimits
{
    /// <summary>Workers kept even without work.</summary>
    public int Min { get; init; }

    /// <summary>Workers at most, those about to come included.</summary>
    public int Max { get; init; } = 2;

    /// <summary>So many workers are wanted that all who wait are served within this time.</summary>
    public TimeSpan TargetWait { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A song must have waited so long before a worker is started for it: those at hand take it sooner.</summary>
    public TimeSpan StartAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker without a job for so long is asked to end.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A worker that has not come for so long never will.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(3);
}

/// <summary>What a pool looks like to its policy.</summary>
internal sealed record PoolView
{
    /// <summary>Songs that wait and could begin.</summary>
    public int Waiting { get; init; }

    /// <summary>How long the oldest of them has waited.</summary>
    public TimeSpan Oldest { get; init; }

    /// <summary>Workers that live or were asked for, whoever started them.</summary>
    public IReadOnlyList<PoolWorker> Workers { get; init; } = [];

    /// <summary>Starts that failed since one last succeeded.</summary>
    public int Failures { get; init; }

    public string? LastError { get; init; }

    public TimeSpan SinceFailure { get; init; } = TimeSpan.MaxValue;

    /// <summary>How long workers took to come, and songs to be done; null while none has.</summary>
    public TimeSpan? StartTime { get; init; }

    public TimeSpan? SongTime { get; init; }
}

/// <summary>A worker as the policy sees it.</summary>
/// <param name="Id">Its row.</param>
/// <param name="IsOurs">Whether the pool started it, and may ask it to end.</param>
/// <param name="HasCome">Whether it lives, not merely was asked for.</param>
/// <param name="IsDraining">Whether it was asked to end.</param>
/// <param name="Age">Since it was asked for.</param>
/// <param name="Idle">Since when it has had no job; null while it has one or has not come.</param>
/// <param name="PoolId">What the provider calls it.</param>
internal sealed record PoolWorker(string Id, bool IsOurs, bool HasCome, bool IsDraining, TimeSpan Age, TimeSpan? Idle,
    string? PoolId = null)
{
    public static PoolWorker Of(WorkerRecord row, DateTime now) => new(
        row.Id,
        row.Pool is not null,
        row.State == WorkerState.Running,
        row.Drain,
        now - row.RequestedAt,
        row.State == WorkerState.Running && row.IdleSince is { } since ? now - since : null,
        row.PoolId);
}

/// <summary>What is to be done now.</summary>
/// <param name="Start">How many workers to start.</param>
/// <param name="Drain">Workers to ask to end; none has a job.</param>
/// <param name="GiveUp">Workers that never came.</param>
/// <param name="NextStart">How long until a start is tried again after failures; null when nothing holds it up.</param>
internal sealed record PoolDecision(int Start, IReadOnlyList<string> Drain, IReadOnlyList<PoolWorker> GiveUp, TimeSpan? NextStart);

/// <summary>Decides how many workers there should be. A plain function of what is seen: no clock, no state.</summary>
internal static class PoolPolicy
{
    // Until songs have been timed here.
    private static readonly TimeSpan UsualSong = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    public static PoolDecision Decide(PoolView view, PoolLimits limits)
    {
        var lost = view.Workers.Where(worker => !worker.HasCome && worker.Age > limits.StartPatience).ToList();
        var alive = view.Workers.Except(lost).ToList();
        var counted = alive.Where(worker => !worker.IsDraining).ToList();
        var wanted = Math.Clamp(Needed(view, limits, counted), limits.Min, limits.Max);
        // Whoever was asked to end does no more work but costs until it has ended.
        var lacking = Math.Clamp(limits.Max - alive.Count, 0, Math.Max(0, wanted - counted.Count));
        var pause = PauseAfter(view.Failures) - view.SinceFailure;
        var isHeldUp = view.Failures > 0 && pause > TimeSpan.Zero;
        return new PoolDecision(
            isHeldUp ? 0 : lacking,
            view.Waiting > 0 ? [] : Superfluous(counted, limits),
            lost,
            isHeldUp ? pause : null);
    }

    /// <summary>After failed starts the next is tried later and later.</summary>
    private static TimeSpan PauseAfter(int failures) => failures == 0 ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, FirstPause.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 10))));

    private static int Needed(PoolView view, PoolLimits limits, List<PoolWorker> counted)
    {
        var busy = counted.Count(worker => worker is { HasCome: true, Idle: null });
        if (view.Waiting == 0 || view.Oldest < limits.StartAfter)
            // Nobody new for now, and nobody who is there is sent away by this.
            return counted.Count;
        // All share what waits. Those who are busy have half a song left on the average: without counting on them every rush would
        // bring twice the workers that it needs (bench/run scale).
        var work = (view.Waiting + (busy / 2.0)) * (view.SongTime ?? UsualSong);
        return Math.Clamp((int)Math.Ceiling(work / limits.TargetWait), Math.Max(busy, 1), busy + view.Waiting);
    }

    private static List<string> Superfluous(List<PoolWorker> counted, PoolLimits limits) =>
    [
        .. counted.Where(worker => worker.IsOurs && worker.Idle > limits.CoolDown)
            .OrderByDescending(worker => worker.Idle)
            .Take(Math.Max(0, counted.Count - limits.Min))
            .Select(worker => worker.Id),
    ];
}
