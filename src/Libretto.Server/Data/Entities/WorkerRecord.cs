namespace Libretto.Server.Data.Entities;

/// <summary>
/// A row of the table <c>worker_lives</c>: one life of a worker, from when it is wanted to its end; lists are separated by commas.
/// </summary>
internal sealed record WorkerRecord
{
    public required string Id { get; init; }

    /// <summary>The pool that started it; null for one that somebody started by hand.</summary>
    public string? Pool { get; init; }

    /// <summary>What the pool's provider calls it.</summary>
    public string? PoolId { get; init; }

    /// <summary>Machine and process, for people.</summary>
    public string? Name { get; init; }

    public required string Lanes { get; init; }

    public string? Program { get; init; }

    // What it can do; known when it has come.
    public string? Models { get; init; }
    public bool? Gpu { get; init; }
    public int? Memory { get; init; }
    public bool? Cookies { get; init; }

    public required string State { get; init; }

    public DateTime RequestedAt { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? HeartbeatAt { get; init; }

    /// <summary>Since when it has had no job; null while it has one.</summary>
    public DateTime? IdleSince { get; init; }

    /// <summary>Whether it was asked to end when it has no job.</summary>
    public bool Drain { get; init; }

    public DateTime? StoppedAt { get; init; }

    /// <summary>Why it failed to start, or ended unasked.</summary>
    public string? Error { get; init; }

    public double? UsdPerHour { get; init; }

    /// <summary>The database's time when this was read; set where ages matter.</summary>
    public DateTime ReadAt { get; init; }

    public bool WorksIn(string lane) => Lanes.Split(',').Contains(lane);
}

/// <summary>The values of <c>worker_lives.state</c>.</summary>
internal static class WorkerState
{
    public const string Starting = "starting";
    public const string Running = "running";
    public const string Stopped = "stopped";
    public const string Failed = "failed";
}
