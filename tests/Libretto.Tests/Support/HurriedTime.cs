namespace Libretto.Tests.Support;

/// <summary>Real time in which pauses between attempts take no time; limits of half a minute and more stay as they are.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private readonly List<TimeSpan> _pauses = [];

    /// <summary>The pauses that were asked for.</summary>
    public IReadOnlyList<TimeSpan> Pauses
    {
        get
        {
            lock (_pauses)
                return [.. _pauses];
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero || dueTime >= TimeSpan.FromSeconds(30))
            return base.CreateTimer(callback, state, dueTime, period);
        lock (_pauses)
            _pauses.Add(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
