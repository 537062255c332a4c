using Libretto.Pipeline;

namespace Libretto.Bench.Scale;

/// <summary>A song that waits.</summary>
internal sealed class WaitingSong(int key, int song, double length, TimeSpan since)
{
    public int Key { get; } = key;

    public int Song { get; } = song;

    public double Length { get; } = length;

    public TimeSpan Since { get; } = since;
}

/// <summary>
/// Whose turn it is, in memory as JobClaims asks the database: the key that was served longest ago, and of its songs the oldest; or, to
/// compare, simply the oldest song of all.
/// </summary>
internal sealed class Line(bool isFair)
{
    private readonly Dictionary<int, Queue<WaitingSong>> _ofKey = [];
    private readonly PriorityQueue<int, long> _turns = new();
    private readonly Dictionary<int, long> _served = [];
    private readonly Queue<WaitingSong> _all = new();
    private long _clock;

    public int Count { get; private set; }

    public void Add(WaitingSong song)
    {
        Count++;
        if (!isFair)
        {
            _all.Enqueue(song);
            return;
        }
        if (!_ofKey.TryGetValue(song.Key, out var queue))
            _ofKey[song.Key] = queue = new Queue<WaitingSong>();
        if (queue.Count == 0)
            _turns.Enqueue(song.Key, _served.GetValueOrDefault(song.Key));
        queue.Enqueue(song);
    }

    public WaitingSong? Next()
    {
        if (Count == 0)
            return null;
        Count--;
        if (!isFair)
            return _all.Dequeue();
        var key = _turns.Dequeue();
        var song = _ofKey[key].Dequeue();
        _served[key] = ++_clock;
        if (_ofKey[key].Count > 0)
            _turns.Enqueue(key, _clock);
        return song;
    }
}
