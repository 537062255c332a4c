using Libretto.Pipeline;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Pools;

namespace Libretto.Bench.Scale;

/// <summary>What a simulated day is like.</summary>
internal sealed record DayPlan(int SongsADay, PoolLimits Limits)
{
    public bool IsFair { get; init; } = true;

    /// <summary>Times real time a worker works: Whisper base on two cores, measured.</summary>
    public double Speed { get; init; } = 14;

    /// <summary>From being asked for to its first song.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Starts that come to nothing.</summary>
    public double FailedStarts { get; init; } = 0.01;

    /// <summary>A worker's price a second, in US dollars.</summary>
    public double PriceASecond { get; init; } = 0.00002484;
}

/// <summary>What came of it.</summary>
internal sealed record DayResult
{
    public required int Songs { get; init; }
    public required int FromStore { get; init; }
    public required IReadOnlyList<double> Waits { get; init; }
    public required double LibraryWait { get; init; }
    public required double OthersDuringLibrary { get; init; }
    public required int MostWaiting { get; init; }
    public required int MostWorkers { get; init; }
    public required double WorkerSeconds { get; init; }
    public required double BusySeconds { get; init; }
    public required int Starts { get; init; }
    public required DatabaseLoad Load { get; init; }

    public double Wait(double share) => Waits.Count == 0 ? 0 : Waits[(int)((Waits.Count - 1) * share)];
}

/// <summary>
/// One day second by second: songs come as <see cref="Arrivals"/> say, wait in a <see cref="Line"/>, and are done by workers that the real
/// <see cref="PoolPolicy"/> starts and ends, every two seconds as the orchestrator does; each worker's rest is counted by the real
/// <see cref="WorkerActivity"/>. A song whose twin is in work waits for it; one that is known is answered from the store.
/// </summary>
internal sealed class SimulatedDay(DayPlan plan)
{
    private const int ScanSeconds = 2;

    private readonly SimulatedTime _time = new();
    private readonly Line _line = new(plan.IsFair);
    private readonly List<Worker> _workers = [];
    private readonly Stack<Worker> _idle = new();
    private readonly PriorityQueue<Worker, TimeSpan> _working = new();
    private readonly HashSet<int> _known = [];
    private readonly Dictionary<int, List<WaitingSong>> _twins = [];
    private readonly List<double> _waits = [];
    private readonly List<double> _library = [];
    private readonly List<double> _others = [];
    private readonly Random _random = new(2);
    private TimeSpan? _waitingSince;
    private TimeSpan _lastFailure = TimeSpan.MinValue / 2;
    private int _failures;
    private int _named;
    private int _fromStore;
    private int _starts;
    private int _mostWaiting;
    private int _mostWorkers;
    private readonly DatabaseLoad _load = new();
    private int _begun;
    private double _workerSeconds;
    private double _busySeconds;

    public DayResult Run()
    {
        var songs = 0;
        using var arrivals = new Arrivals(plan.SongsADay).All().GetEnumerator();
        var isMore = arrivals.MoveNext();
        for (var second = 0; isMore || _line.Count > 0 || _working.Count > 0; second++)
        {
            var before = songs;
            for (; isMore && arrivals.Current.Second <= second; isMore = arrivals.MoveNext(), songs++)
                Take(arrivals.Current);
            _begun = 0;
            Finish();
            Come();
            Begin();
            if (second % ScanSeconds == 0)
                Scan();
            _mostWaiting = Math.Max(_mostWaiting, _line.Count);
            _mostWorkers = Math.Max(_mostWorkers, _workers.Count);
            _load.Note(songs - before, _begun, _working.Count, _workers.Count(worker => worker.HasCome));
            _workerSeconds += _workers.Count;
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        _waits.Sort();
        return new DayResult
        {
            Songs = songs, FromStore = _fromStore, Waits = _waits, LibraryWait = Mean(_library), OthersDuringLibrary = Mean(_others),
            MostWaiting = _mostWaiting, MostWorkers = _mostWorkers, WorkerSeconds = _workerSeconds, BusySeconds = _busySeconds, Starts = _starts,
            Load = _load,
        };
    }

    private void Take(Arrival arrival)
    {
        var song = new WaitingSong(arrival.Key, arrival.Song, arrival.Length, _time.Elapsed);
        if (_known.Contains(song.Song))
            _fromStore++;
        else if (_twins.TryGetValue(song.Song, out var twins))
            twins.Add(song);
        else
            _line.Add(song);
    }

    private void Begin()
    {
        while (_line.Count > 0 && Free() is { } worker)
        {
            if (NextToDo() is not { } song)
            {
                _idle.Push(worker);
                return;
            }
            _twins[song.Song] = [];
            Note(song);
            var seconds = song.Length / plan.Speed;
            _busySeconds += seconds;
            _begun++;
            (worker.Song, worker.Turn) = (song, worker.Activity.Begin());
            // A turn without a job is a look, after which a worker has rested all the longer.
            worker.Turn!.HasJob = true;
            _working.Enqueue(worker, _time.Elapsed + TimeSpan.FromSeconds(seconds));
        }
    }

    private Worker? Free()
    {
        while (_idle.TryPop(out var worker))
            if (!worker.IsDraining)
                return worker;
        return null;
    }

    /// <summary>The next song that nobody has done or is doing.</summary>
    private WaitingSong? NextToDo()
    {
        while (_line.Next() is { } song)
        {
            if (_twins.TryGetValue(song.Song, out var twins))
                twins.Add(song);
            else if (_known.Contains(song.Song))
                _fromStore++;
            else
                return song;
        }
        return null;
    }

    private void Finish()
    {
        while (_working.TryPeek(out var worker, out var end) && end <= _time.Elapsed)
        {
            _working.Dequeue();
            worker.Turn!.Dispose();
            _known.Add(worker.Song!.Song);
            _twins.Remove(worker.Song.Song, out var twins);
            foreach (var twin in twins!)
            {
                Note(twin);
                _fromStore++;
            }
            worker.Song = null;
            _idle.Push(worker);
        }
    }

    private void Note(WaitingSong song)
    {
        var wait = (_time.Elapsed - song.Since).TotalSeconds;
        _waits.Add(wait);
        if (song.Key == Arrivals.LibraryKey)
            _library.Add(wait);
        else if (song.Since.TotalSeconds is > 36_000 and < 39_600)
            _others.Add(wait);
    }

    private void Come()
    {
        foreach (var worker in _workers.Where(worker => !worker.HasCome && !worker.IsLost && _time.Elapsed - worker.Asked >= plan.Start))
        {
            worker.HasCome = true;
            worker.Activity = new WorkerActivity(_time);
            _idle.Push(worker);
            _failures = 0;
        }
    }

    /// <summary>As PoolManager does.</summary>
    private void Scan()
    {
        _waitingSince = _line.Count > 0 ? _waitingSince ?? _time.Elapsed : null;
        var view = new PoolView
        {
            Waiting = _line.Count,
            Oldest = _waitingSince is { } since ? _time.Elapsed - since : TimeSpan.Zero,
            Workers = [.. _workers.Select(worker => new PoolWorker(worker.Id, true, worker.HasCome, worker.IsDraining, _time.Elapsed - worker.Asked, worker.Rest))],
            Failures = _failures,
            SinceFailure = _time.Elapsed - _lastFailure,
            StartTime = plan.Start,
            SongTime = TimeSpan.FromSeconds(200 / plan.Speed),
        };
        var decision = PoolPolicy.Decide(view, plan.Limits);
        var gone = decision.GiveUp.Select(worker => worker.Id).ToHashSet();
        if (gone.Count > 0)
            (_failures, _lastFailure) = (_failures + 1, _time.Elapsed);
        var drained = decision.Drain.ToHashSet();
        foreach (var worker in _workers.Where(worker => drained.Contains(worker.Id)))
            worker.IsDraining = worker.Activity.TryClose();
        _workers.RemoveAll(worker => gone.Contains(worker.Id) || worker.IsDraining);
        for (var i = 0; i < decision.Start; i++, _starts++)
            _workers.Add(new Worker($"w{_named++}", _time.Elapsed, isLost: _random.NextDouble() < plan.FailedStarts));
    }

    private static double Mean(List<double> values) => values.Count == 0 ? 0 : values.Average();

    private sealed class Worker(string id, TimeSpan asked, bool isLost)
    {
        public string Id { get; } = id;

        public TimeSpan Asked { get; } = asked;

        public bool IsLost { get; } = isLost;

        public bool HasCome { get; set; }

        public bool IsDraining { get; set; }

        public WorkerActivity Activity { get; set; } = null!;

        public WaitingSong? Song { get; set; }

        public WorkerActivity.Turn? Turn { get; set; }

        public TimeSpan? Rest => HasCome && !Activity.IsBusy ? Activity.Idle : null;
    }
}
