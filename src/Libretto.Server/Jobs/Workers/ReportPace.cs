namespace Libretto.Server.Jobs.Workers;

/// <summary>
/// How far apart a process says how far its jobs are, after the first change of each, which is told at once. All busy processes together
/// send no more reports than the database bears beside the rest: where there are many, each says it less often.
/// </summary>
internal sealed class ReportPace
{
    /// <summary>More busy processes than this make no difference: nobody who watches waits longer than <see cref="Longest"/>.</summary>
    public const int MostCounted = (int)(ReportsASecond * LongestSeconds);

    // What two cores of PostgreSQL bear with ease (docs/scale.md).
    private const double ReportsASecond = 400;

    // Less than a quarter of the time after which a silent worker's job is another's: a report is a heartbeat as well.
    private const double LongestSeconds = 3.5;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(LongestSeconds);

    private long _apart = Shortest.Ticks;

    /// <summary>How far apart now.</summary>
    public TimeSpan Apart => TimeSpan.FromTicks(Volatile.Read(ref _apart));

    /// <summary>Takes note of how many processes were busy at the last heartbeat, this one among them.</summary>
    public void Busy(int processes) => Volatile.Write(ref _apart, Of(processes).Ticks);

    /// <summary>How far apart the reports of each of so many busy processes are.</summary>
    public static TimeSpan Of(int processes)
    {
        var shared = TimeSpan.FromSeconds(processes / ReportsASecond);
        return shared < Shortest ? Shortest : shared > Longest ? Longest : shared;
    }
}
