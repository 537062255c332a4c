using System.Collections.Concurrent;

namespace Libretto.Server.Jobs.Queue;

/// <summary>How the lanes stood when this process last looked: for health reports and metrics. Only one process of all looks.</summary>
internal sealed class QueueState(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (int Ready, DateTime? Oldest)> _lanes = new(StringComparer.Ordinal);
    private long? _lookedAt;

    /// <summary>Whether another process looks.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>How long ago the table was last looked at; null before the first time.</summary>
    public TimeSpan? SinceLook => _lookedAt is { } at ? time.GetElapsedTime(at) : null;

    public void Set(string lane, int ready, DateTime? oldest) => _lanes[lane] = (ready, oldest);

    public void Looked(bool isElsewhere)
    {
        if (isElsewhere)
            _lanes.Clear();
        (IsElsewhere, _lookedAt) = (isElsewhere, time.GetTimestamp());
    }

    public int Ready(string lane) => _lanes.GetValueOrDefault(lane).Ready;

    /// <summary>Seconds the oldest job of a lane has waited; 0 when none waits.</summary>
    public double OldestAge(string lane) => _lanes.GetValueOrDefault(lane).Oldest is { } since
        ? Math.Max(0, (time.GetUtcNow().UtcDateTime - since).TotalSeconds) : 0;
}
