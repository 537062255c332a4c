using Libretto.Server;
using Libretto.Server.Jobs.Workers;

namespace Libretto.Bench.Scale;

/// <summary>
/// What a simulated day asks of the database, second by second, by the program's own rules: each worker is a process with one job, which says
/// its first change at once and then as often as <see cref="ReportPace"/> lets it. Its reports are heartbeats of its song; its own come as the
/// settings say.
/// </summary>
internal sealed class DatabaseLoad
{
    private const int Window = 300;

    private static readonly double s_takeOver = new ServerOptions { DataFolder = "" }.TakeOverAfter.TotalSeconds;

    private readonly Peak _posts = new();
    private readonly Peak _songs = new();
    private readonly Peak _reports = new();
    private readonly Peak _beats = new();
    private long _seconds;
    private long _atWork;

    /// <summary>Songs at work at once: on the average of the day, and at most.</summary>
    public double MeanAtWork => (double)_atWork / _seconds;

    public int MostAtWork { get; private set; }

    /// <summary>Songs posted a second in the five busiest minutes of the day; so for the others.</summary>
    public double Posts => _posts.Most;

    /// <summary>Songs begun, each of which also ends.</summary>
    public double Songs => _songs.Most;

    /// <summary>Statements that say how far songs are.</summary>
    public double Reports => _reports.Most;

    public double Beats => _beats.Most;

    /// <summary>A second has passed.</summary>
    /// <param name="posts">Songs posted in it.</param>
    /// <param name="begun">Songs begun in it.</param>
    /// <param name="atWork">Songs at work, each in a process of its own.</param>
    /// <param name="workers">Processes, busy or not.</param>
    public void Note(int posts, int begun, int atWork, int workers)
    {
        _seconds++;
        _atWork += atWork;
        MostAtWork = Math.Max(MostAtWork, atWork);
        _posts.Add(posts);
        _songs.Add(begun);
        _reports.Add(ReportsOf(atWork) + begun);
        _beats.Add(workers / s_takeOver);
    }

    /// <summary>Reports a second of so many processes with a job each, their first changes aside.</summary>
    public static double ReportsOf(int processes) => processes / ReportPace.Of(processes).TotalSeconds;

    /// <summary>The most of the means over five minutes.</summary>
    private sealed class Peak
    {
        private readonly Queue<double> _last = new();
        private double _sum;

        public double Most { get; private set; }

        public void Add(double value)
        {
            _last.Enqueue(value);
            _sum += value;
            if (_last.Count > Window)
                _sum -= _last.Dequeue();
            if (_last.Count == Window)
                Most = Math.Max(Most, _sum / Window);
        }
    }
}
