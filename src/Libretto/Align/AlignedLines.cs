using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Timing;

namespace Libretto.Align;

/// <summary>Puts placed words back into the lines they were given in.</summary>
internal static class AlignedLines
{
    /// <summary>Seconds a unit of text below which a line is doubted: it was squeezed in where there was no room.</summary>
    private const double FastestPace = 0.05;

    /// <summary>Lines with times.</summary>
    /// <param name="given">The lines as they were given.</param>
    /// <param name="text">Their words in a row.</param>
    /// <param name="estimate">A start for each word, and the text's end, for words that no window placed.</param>
    /// <param name="placed">What the windows saw.</param>
    /// <param name="activity">Where someone sings: a word does not go on into silence.</param>
    /// <param name="duration">Length of the song, seconds.</param>
    /// <param name="edges">Where sounds end, for words that no window placed; when null, these last up to the next one or to silence.
    /// </param>
    public static IReadOnlyList<LyricsLine> Make(
        IReadOnlyList<LyricsLine> given, GivenText text, double[] estimate, PlacedWord?[] placed, IReadOnlyList<TimeRange> activity,
        double duration, SoundEdges? edges = null)
    {
        var starts = Starts(estimate, placed, duration);
        var lines = new List<LyricsLine>();
        for (var line = 0; line < text.Lines; line++)
        {
            var (first, end) = (text.First(line), text.First(line + 1));
            if (first == end)
                continue;
            var words = new LyricsWord[end - first];
            for (var word = first; word < end; word++)
                words[word - first] = new LyricsWord(text.Words[word], starts[word], End(word))
                {
                    Confidence = placed[word] is { } seen ? Math.Clamp(seen.Probability, 0, 1) : null,
                    Estimated = placed[word] is null ? true : null,
                };
            lines.Add(given[line] with
            {
                Start = words[0].Start,
                End = words[^1].End,
                Words = words,
                Sung = IsUnheard(line) ? false : null,
            });
        }
        return lines;

        double End(int word)
        {
            var next = starts[word + 1];
            var seen = placed[word]?.End ?? edges?.End(starts[word], next) ?? next;
            var range = activity.FirstOrDefault(range => range.End > starts[word], new TimeRange(0, duration));
            var silence = range.Start <= starts[word] ? range.End : next;
            return WordOrder.End(starts[word], Math.Min(seen, silence), next, DocumentRules.ShortestWord);
        }

        // A line that nothing speaks for and that was given no time to be sung in.
        bool IsUnheard(int line)
        {
            var (first, end) = (text.First(line), text.First(line + 1));
            var evidence = Enumerable.Range(first, end - first).Sum(word => placed[word]?.Evidence ?? 0);
            var units = text.UnitsBefore(end - 1) - text.UnitsBefore(first);
            return evidence < 1 && units > 2 && starts[end - 1] - starts[first] < units * FastestPace;
        }
    }

    private static double[] Starts(double[] estimate, PlacedWord?[] placed, double duration)
    {
        var starts = new double[estimate.Length];
        for (var word = 0; word < placed.Length; word++)
        {
            var start = Math.Clamp(placed[word]?.Start ?? estimate[word], 0, duration);
            starts[word] = word == 0 ? start : Math.Max(start, starts[word - 1]);
        }
        starts[^1] = duration;
        return starts;
    }
}
