namespace Libretto.Bench.Scale;

/// <summary>A clock that goes when it is told to.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private long _ticks;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_ticks);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Elapsed;

    public void Advance(TimeSpan by) => _ticks += by.Ticks;
}
