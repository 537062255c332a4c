namespace Libretto.Audio;

/// <summary>
/// Puts decoded blocks where their own times say: where packets are missing there is silence, so that all after them keeps its time, and
/// where two overlap the later one is shortened. A clock that leaps too far, or begins anew as in files that were joined, is not followed:
/// what comes after it is put where the recording was.
/// </summary>
internal sealed class PcmTimeline
{
    // Containers round their times to milliseconds, and recorders' clocks tremble; less than two packets, which last 20 to 26 ms.
    private const double Tolerance = 0.04;

    // So much later than the container's end a sound may still begin; without a known end, so much of a hole is believed.
    private const double BeyondEnd = 60;
    private const double LongestHole = 600;

    // What overlaps by more was not meant to lie there.
    private const double LongestOverlap = 1;

    private readonly PcmFile _pcm;
    private readonly double _origin;
    private readonly long _first;
    private readonly long _end;
    private readonly double? _expectedEnd;
    private long _position;
    private double _shift;
    private double _lastTime = double.NegativeInfinity;
    private double _lastLength;

    /// <param name="pcm">Filled.</param>
    /// <param name="origin">The time of the blocks' clock at which the recording begins, seconds.</param>
    /// <param name="range">The stretch that is kept; all when null.</param>
    /// <param name="expectedEnd">Where the recording should end, seconds from its start; null when that is not known.</param>
    public PcmTimeline(PcmFile pcm, double origin, TimeRange? range, double? expectedEnd)
    {
        (_pcm, _origin, _expectedEnd) = (pcm, origin, expectedEnd);
        _first = range is { } from ? (long)Math.Round(from.Start * pcm.SampleRate) : 0;
        _end = range is { } to ? _first + (long)Math.Round(to.Length * pcm.SampleRate) : long.MaxValue;
    }

    /// <summary>Seconds of silence that stand for packets that are missing, apart from the time before the first.</summary>
    public double Missing { get; private set; }

    /// <summary>Whether all that is wanted is there.</summary>
    public bool IsComplete => _position >= _end;

    /// <summary>Where the next block would lie if nothing were missing, seconds.</summary>
    public double Position => (double)_position / _pcm.SampleRate;

    /// <summary>Adds the next block.</summary>
    /// <param name="time">Its own time, seconds of its clock.</param>
    /// <param name="interleaved">Whole frames.</param>
    public void Add(double time, ReadOnlySpan<float> interleaved)
    {
        var channels = _pcm.Channels;
        var frames = interleaved.Length / channels;
        // ffmpeg writes no time twice the other way round: a clock that went back stands still until it has caught up.
        var standsStill = time - _lastTime < _lastLength / 2;
        (_lastTime, _lastLength) = (Math.Max(time, _lastTime), (double)frames / _pcm.SampleRate);
        var gap = time - _origin + _shift - Position;
        if (standsStill || Math.Abs(gap) <= Tolerance)
            gap = 0;
        else if (gap < -LongestOverlap || (gap > 0 && Position + gap > Latest()))
            (_shift, gap) = (_shift - gap, 0);

        var moved = (long)Math.Round(gap * _pcm.SampleRate);
        if (moved > 0)
        {
            Missing += _position == 0 ? 0 : gap;
            Silence(moved);
        }
        var skipped = (int)Math.Min(Math.Max(-moved, 0), frames);
        Append(interleaved[(skipped * channels)..]);
    }

    /// <summary>Adds what follows without a time of its own.</summary>
    /// <param name="interleaved">Whole frames.</param>
    public void AddNext(ReadOnlySpan<float> interleaved) => Append(interleaved);

    private double Latest() => _expectedEnd is { } end ? Math.Max(end, Position) + BeyondEnd : Position + LongestHole;

    private void Silence(long frames)
    {
        var from = Math.Max(_position, _first);
        _position += frames;
        _pcm.AppendSilence(Math.Max(0, Math.Min(_position, _end) - from));
    }

    private void Append(ReadOnlySpan<float> interleaved)
    {
        var frames = interleaved.Length / _pcm.Channels;
        var from = (int)Math.Clamp(_first - _position, 0, frames);
        var to = (int)Math.Clamp(_end - _position, from, frames);
        _position += frames;
        _pcm.Append(interleaved[(from * _pcm.Channels)..(to * _pcm.Channels)]);
    }
}
