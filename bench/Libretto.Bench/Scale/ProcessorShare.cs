using System.Diagnostics;
using System.Globalization;

namespace Libretto.Bench.Scale;

/// <summary>
/// How many cores a PostgreSQL on this machine took since a moment, and how many its clients, which are this process: what a statement costs
/// the database is told apart from what it costs those who send it.
/// </summary>
internal sealed class ProcessorShare
{
    private const double TicksASecond = 100;

    private readonly long _since = Stopwatch.GetTimestamp();
    private readonly double _database = DatabaseSeconds();
    private readonly double _clients = ClientSeconds();

    private ProcessorShare()
    {
    }

    public static ProcessorShare Begin() => new();

    public string Told
    {
        get
        {
            var seconds = Stopwatch.GetElapsedTime(_since).TotalSeconds;
            return $"PostgreSQL {(DatabaseSeconds() - _database) / seconds:F2} cores, clients {(ClientSeconds() - _clients) / seconds:F2}";
        }
    }

    private static double ClientSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>Of all processes of that name; those that end meanwhile are few.</summary>
    private static double DatabaseSeconds()
    {
        var ticks = 0.0;
        foreach (var folder in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                var stat = File.ReadAllText(folder + "/stat");
                if (!stat.Contains("(postgres)", StringComparison.Ordinal))
                    continue;
                // After the name: state is the first, utime and stime are the 12th and 13th.
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // It has ended.
            }
        }
        return ticks / TicksASecond;
    }
}
