using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Audio.Activity;

namespace Libretto.Speech.Whisper;

/// <summary>
/// Cuts a recording into windows the network can take: none where all is silent, cuts where it is quietest. Works on the
/// level alone, 50 values a second, so that an hour takes no more memory than minutes.
/// </summary>
internal sealed class WindowPlan
{
    /// <summary>The longest window, seconds.</summary>
    public const double Longest = 30;

    private const double Step = 0.02;
    private const double Margin = 0.2;
    private const double ShortestSound = 0.1;
    // A cut is looked for in the last part of a window; earlier would waste the network's time.
    private const double EarliestCut = 20;
    // Smoothing over a breath, so that the gap between two syllables is not taken for one.
    private const int CutHalfWidth = 10;
    private const double MergedGap = 3;

    private readonly float[] _levels;
    private readonly double _duration;

    /// <summary>Plans windows.</summary>
    /// <param name="audio">16 kHz mono.</param>
    /// <param name="activity">Where someone sings; null to go by the level.</param>
    /// <param name="cancellationToken">Checked for every second of audio.</param>
    public WindowPlan(PcmFile audio, IReadOnlyList<TimeRange>? activity, CancellationToken cancellationToken)
    {
        _duration = audio.Duration;
        _levels = Measure(audio, cancellationToken);
        if (activity is not null)
            SilenceOutside(activity);
        Windows = Cut([.. WithinRecording(activity ?? Joined(ActivityDetector.Detect(audio, null, cancellationToken)))]);
    }

    /// <summary>The windows in order of time, none longer than <see cref="Longest"/>.</summary>
    public IReadOnlyList<TimeRange> Windows { get; }

    /// <summary>Where to cut between two times, seconds.</summary>
    public double QuietestTime(double from, double to)
    {
        var (first, last) = ((int)(from / Step), Math.Min((int)(to / Step), _levels.Length - 1));
        var (best, quietest) = (last, float.MaxValue);
        for (var i = first; i <= last; i++)
        {
            var low = Math.Max(0, i - CutHalfWidth);
            var high = Math.Min(_levels.Length, i + CutHalfWidth + 1);
            var level = TensorPrimitives.Sum<float>(_levels.AsSpan(low, high - low)) / (high - low);
            // The later of two equal places: fewer windows.
            if (level <= quietest)
                (best, quietest) = (i, level);
        }
        return best * Step;
    }

    /// <summary>Energy of each step, mean square.</summary>
    private static float[] Measure(PcmFile audio, CancellationToken cancellationToken)
    {
        var step = (int)(Step * audio.SampleRate);
        var levels = new float[(audio.Frames + step - 1) / step];
        var block = new float[50 * step];
        for (var first = 0; first < levels.Length; first += 50)
        {
            cancellationToken.ThrowIfCancellationRequested();
            audio.Read((long)first * step, block);
            for (var i = 0; i < 50 && first + i < levels.Length; i++)
            {
                var energy = TensorPrimitives.SumOfSquares<float>(block.AsSpan(i * step, step)) / step;
                levels[first + i] = float.IsFinite(energy) ? energy : 0;
            }
        }
        return levels;
    }

    private void SilenceOutside(IReadOnlyList<TimeRange> activity)
    {
        var range = 0;
        for (var i = 0; i < _levels.Length; i++)
        {
            var time = i * Step;
            while (range < activity.Count && activity[range].End < time)
                range++;
            if (range == activity.Count || time < activity[range].Start)
                _levels[i] = 0;
        }
    }

    /// <summary>The ranges cut to the recording, those too short to hold a sound left out.</summary>
    private IEnumerable<TimeRange> WithinRecording(IReadOnlyList<TimeRange> ranges) => ranges
        .Select(range => new TimeRange(Math.Max(0, range.Start), Math.Min(range.End, _duration)))
        .Where(range => range.Length >= ShortestSound);

    private static List<TimeRange> Joined(IReadOnlyList<TimeRange> ranges)
    {
        var joined = new List<TimeRange>();
        foreach (var range in ranges)
        {
            if (joined.Count > 0 && range.Start - joined[^1].End <= MergedGap)
                joined[^1] = joined[^1] with { End = range.End };
            else
                joined.Add(range);
        }
        return joined;
    }

    private List<TimeRange> Cut(IReadOnlyList<TimeRange> activity)
    {
        var windows = new List<TimeRange>();
        var next = 0;
        var from = 0.0;
        while (true)
        {
            while (next < activity.Count && activity[next].End <= from + Step)
                next++;
            if (next == activity.Count)
                return windows;
            var start = Math.Max(from, activity[next].Start - Margin);
            var end = EndOf(start, activity, next);
            if (end <= start)
                throw new InvalidOperationException($"A window from {start} to {end} s would never end.");
            windows.Add(new TimeRange(start, end));
            from = end;
        }
    }

    /// <summary>The end of the last range that fits whole with little silence before it, or the quietest place near the limit.</summary>
    private double EndOf(double start, IReadOnlyList<TimeRange> activity, int next)
    {
        var limit = Math.Min(start + Longest, _duration);
        var last = next;
        while (last + 1 < activity.Count && activity[last + 1].Start < limit - Margin)
            last++;
        if (activity[last].End + Margin <= limit)
            return Math.Min(activity[last].End + Margin, _duration);
        return _duration <= start + Longest ? _duration : QuietestTime(start + EarliestCut, limit);
    }
}
