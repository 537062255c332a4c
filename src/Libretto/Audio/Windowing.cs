using Libretto.Audio.Activity;

namespace Libretto.Audio;

/// <summary>Joins active ranges into windows of a length that a recogniser can take.</summary>
public static class Windowing
{
    // A longer pause ends a window even where more would fit: recognisers invent words in silence.
    private const double LongestPause = 3;

    private const int QuietHops = 20;

    /// <summary>
    /// Windows that hold all active ranges, in order, apart from each other. A range is cut only if it is longer than the longest
    /// window, then at its quietest place (200 ms) in the window's second half. Where ranges must be split, it is at the longest
    /// pause of the window's second half.
    /// </summary>
    /// <param name="audio">The recording.</param>
    /// <param name="active">Ranges in order, apart from each other.</param>
    /// <param name="longest">The longest window, seconds; 30 by default, more than 1.</param>
    /// <param name="cancellationToken">Checked for every second of audio.</param>
    public static IReadOnlyList<TimeRange> Cut(
        PcmFile audio, IReadOnlyList<TimeRange> active, double longest = 30, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentNullException.ThrowIfNull(active);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(longest, 1);
        var pieces = active.SelectMany(range => Split(audio, range, longest, cancellationToken)).ToList();
        var windows = new List<TimeRange>();
        for (var first = 0; first < pieces.Count;)
        {
            var next = NextWindow(pieces, first, longest);
            windows.Add(new TimeRange(pieces[first].Start, pieces[next - 1].End));
            first = next;
        }
        return windows;
    }

    /// <summary>Where the window that starts with this piece has to end: the first piece of the next one.</summary>
    private static int NextWindow(List<TimeRange> pieces, int first, double longest)
    {
        var start = pieces[first].Start;
        var next = first + 1;
        var best = next;
        var bestPause = -1.0;
        for (; next < pieces.Count; next++)
        {
            var pause = pieces[next].Start - pieces[next - 1].End;
            if (pause > LongestPause)
                return next;
            if (pieces[next - 1].End - start >= longest / 2 && pause >= bestPause)
                (best, bestPause) = (next, pause);
            if (pieces[next].End - start > longest)
                return bestPause >= 0 ? best : next;
        }
        return next;
    }

    private static IEnumerable<TimeRange> Split(PcmFile audio, TimeRange range, double longest, CancellationToken cancellationToken)
    {
        while (range.Length > longest)
        {
            var cut = QuietestTime(
                audio, new TimeRange(range.Start + (longest / 2), range.Start + longest), cancellationToken);
            yield return range with { End = cut };
            range = range with { Start = cut };
        }
        yield return range;
    }

    private static double QuietestTime(PcmFile audio, TimeRange range, CancellationToken cancellationToken)
    {
        var levels = VoiceLevels.Measure(audio, range, cancellationToken).Decibels;
        var sum = 0.0;
        var (least, place) = (double.MaxValue, 0);
        for (var i = 0; i < levels.Length; i++)
        {
            sum += levels[i] - (i >= QuietHops ? levels[i - QuietHops] : 0);
            if (i >= QuietHops - 1 && sum < least)
                (least, place) = (sum, i - (QuietHops / 2));
        }
        return Math.Clamp(range.Start + ((double)place / VoiceLevels.HopsPerSecond), range.Start, range.End);
    }
}
