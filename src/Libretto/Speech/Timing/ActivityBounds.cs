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


    /// <summary>Moves starts out of silence and to near onsets, and ends words where the sound ends.</summary>
    /// <param name="words">Words in order of time.</param>
    /// <param name="activity">Where someone is heard, in order, not overlapping.</param>
    /// <returns>The same words, monotone, each longer than nothing.</returns>
    public static LyricsWord[] Apply(IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> activity)
    {
        var (starts, limits) = (new double[words.Count], new double[words.Count]);
        var range = 0;
        var snapped = -1;
        for (var i = 0; i < words.Count; i++)
        {
            var next = i + 1 < words.Count ? words[i + 1].Start : double.PositiveInfinity;
            var start = words[i].Start;
            range = NearestRange(activity, range, start);
            if (range < activity.Count)
            {
                var (onset, offset) = (activity[range].Start, activity[range].End);
                var isFirst = snapped != range;
                // A word in the silence before a range starts with it; so does the first word in it that is near its edge.
                if (start < onset || (isFirst && start - onset <= SnapDistance && next > onset + DocumentRules.ShortestWord))
                {
                    start = onset;
                    snapped = range;
                }
                else if (start < offset)
                {
                    snapped = range;
                }
                next = Math.Min(next, Math.Max(offset, start + DocumentRules.ShortestWord));
            }
            (starts[i], limits[i]) = (start, next);
        }
        WordOrder.Space(starts, first: 0, double.PositiveInfinity, DocumentRules.ShortestWord);
        return [.. words.Select((word, i) => word.MoveTo(
            starts[i],
            WordOrder.End(
                starts[i], Math.Min(word.End, limits[i]), i + 1 < starts.Length ? starts[i + 1] : double.PositiveInfinity,
                DocumentRules.ShortestWord)))];
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
