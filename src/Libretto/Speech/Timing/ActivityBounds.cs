using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Speech.Timing;

/// <summary>
/// Fits words' times to where someone is heard: attention drifts into the silence before and after a phrase, the sound's own
/// edges do not. Held notes stay whole, since only silence ends a word, never a longest length.
/// </summary>
internal static class ActivityBounds
{
    /// <summary>How far an onset may pull the first word that follows it, seconds.</summary>
    public const double SnapDistance = 0.25;

    private const double ShortestWord = 0.04;

    /// <summary>Moves starts out of silence and to near onsets, and ends words where the sound ends.</summary>
    /// <param name="words">Words in order of time.</param>
    /// <param name="activity">Where someone is heard, in order, not overlapping.</param>
    /// <returns>The same words, monotone, each longer than nothing.</returns>
    public static LyricsWord[] Apply(IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> activity)
    {
        var bounded = new LyricsWord[words.Count];
        var range = 0;
        var snapped = -1;
        var earliest = 0.0;
        for (var i = 0; i < words.Count; i++)
        {
            var next = i + 1 < words.Count ? words[i + 1].Start : double.PositiveInfinity;
            var start = words[i].Start;
            range = NearestRange(activity, range, start);
            if (range < activity.Count)
            {
                var (onset, offset) = (activity[range].Start, activity[range].End);
                var isFirst = snapped != range;
                if (start < onset || (isFirst && start - onset <= SnapDistance && next > onset + ShortestWord))
                {
                    start = onset;
                    snapped = range;
                }
                else if (start < offset)
                {
                    snapped = range;
                }
                next = Math.Min(next, Math.Max(offset, start + ShortestWord));
            }
            start = Math.Max(start, earliest);
            var end = Math.Max(Math.Min(next, Math.Max(words[i].End, start + ShortestWord)), start + ShortestWord);
            bounded[i] = words[i] with { Start = start, End = end };
            earliest = start + ShortestWord;
        }
        for (var i = 0; i + 1 < bounded.Length; i++)
            if (bounded[i].End > bounded[i + 1].Start)
                bounded[i] = bounded[i] with { End = bounded[i + 1].Start };
        return bounded;
    }

    /// <summary>The range that holds the time, or the one whose edge is nearest, not before <paramref name="from"/>.</summary>
    private static int NearestRange(IReadOnlyList<TimeRange> activity, int from, double time)
    {
        var range = from;
        while (range + 1 < activity.Count && time >= activity[range].End
            && activity[range + 1].Start - time < time - activity[range].End)
            range++;
        return activity.Count == 0 ? 0 : range;
    }
}
