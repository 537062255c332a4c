namespace Libretto.Tests.Support;

/// <summary>
/// Real time in which pauses of less than half a minute are leapt over: the clock is put forward by the pause instead. Longer limits
/// stay as they are.
/// </summary>
internal sealed class LeapingTime : TimeProvider
{
    private long _leapt;

    /// <summary>The pauses leapt over so far, together.</summary>
    public TimeSpan Leapt => TimeSpan.FromTicks(Interlocked.Read(ref _leapt));

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Leapt;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(Leapt.TotalSeconds * TimestampFrequency);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime >= TimeSpan.FromSeconds(30))
            return base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Add(ref _leapt, dueTime.Ticks);
        return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
