using System.Collections.Concurrent;

namespace Libretto.Server.Jobs.Queue;

/// <summary>How the lanes stood at the last scan: for health reports and metrics.</summary>
internal sealed class QueueState
{
    private readonly ConcurrentDictionary<string, (int Ready, DateTime? Oldest)> _lanes = new(StringComparer.Ordinal);

    /// <summary>When the table was last searched; null before the first time.</summary>
    public DateTime? ScannedAt { get; private set; }

    public void Set(string lane, int ready, DateTime? oldest)
    {
        _lanes[lane] = (ready, oldest);
        ScannedAt = DateTime.UtcNow;
    }

    public int Ready(string lane) => _lanes.GetValueOrDefault(lane).Ready;

    /// <summary>Seconds the oldest job of a lane has waited; 0 when none waits.</summary>
    public double OldestAge(string lane) => _lanes.GetValueOrDefault(lane).Oldest is { } since
        ? Math.Max(0, (DateTime.UtcNow - since).TotalSeconds) : 0;
}
