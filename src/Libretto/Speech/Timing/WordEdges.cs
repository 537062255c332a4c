using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Speech.Timing;

/// <summary>Words that begin and end with their sounds rather than when attention moves on.</summary>
internal static class WordEdges
{
    private const double ShortestWord = 0.04;

    /// <summary>Moves starts to where sounds begin and ends to where they end.</summary>
    /// <param name="words">Words in order of time.</param>
    /// <param name="onsets">Between which times attention came to each word; empty where that is not known, and starts are kept
    /// then.</param>
    /// <param name="edges">The sounds' edges over all of the words.</param>
    /// <returns>As many words, in order, each longer than nothing; none ends later than it did or than the next one starts.</returns>
    public static LyricsWord[] Apply(IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> onsets, SoundEdges edges)
    {
        var timed = words.ToArray();
        var earliest = 0.0;
        for (var i = 0; i < timed.Length && onsets.Count == timed.Length; i++)
        {
            timed[i] = timed[i] with { Start = edges.Onset(onsets[i], earliest) };
            earliest = timed[i].Start + ShortestWord;
        }
        for (var i = 0; i < timed.Length; i++)
        {
            var next = i + 1 < timed.Length ? timed[i + 1].Start : double.PositiveInfinity;
            // A word that reached up to the next one still does, wherever that one starts now.
            var latest = i + 1 < words.Count && words[i].End >= words[i + 1].Start ? next : Math.Min(words[i].End, next);
            timed[i] = timed[i] with { End = Math.Max(edges.End(timed[i].Start, latest), Math.Min(timed[i].Start + ShortestWord, next)) };
        }
        return timed;
    }
}
