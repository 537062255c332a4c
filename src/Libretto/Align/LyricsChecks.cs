using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>Finds the passages of aligned lyrics that are worth checking by ear.</summary>
internal static class LyricsChecks
{
    /// <summary>Evidence a word below which a line is hardly heard: natural logarithm, 0 is as likely as in silence.</summary>
    private const double HardlyHeard = 1;

    /// <summary>Recognised words in a row that no given word explains, from which on something else is sung.</summary>
    private const int UnexplainedWords = 6;

    public static IReadOnlyList<LyricsCheck> Find(
        GivenText text, double[] times, PlacedWord?[] placed, IReadOnlyList<Anchor> anchors, IReadOnlyList<LyricsWord> heard,
        CancellationToken cancellationToken = default) =>
        [.. HardlyHeardLines(text, times, placed).Concat(Unexplained(text, anchors, heard, cancellationToken))
            .OrderBy(check => check.Start)];

    private static IEnumerable<LyricsCheck> HardlyHeardLines(GivenText text, double[] times, PlacedWord?[] placed)
    {
        for (var line = 0; line < text.Lines; line++)
        {
            var words = placed[text.WordsOf(line)];
            if (words.Length > 0 && words.Sum(word => word?.Evidence ?? 0) < HardlyHeard * words.Length)
                yield return new LyricsCheck(times[text.First(line)], text.EndOf(times, line), "the words are hardly heard here");
        }
    }

    private static IEnumerable<LyricsCheck> Unexplained(GivenText text, IReadOnlyList<Anchor> anchors, IReadOnlyList<LyricsWord> heard,
        CancellationToken cancellationToken)
    {
        var explained = anchors.Select(anchor => anchor.Heard).Append(heard.Count).Order();
        var from = 0;
        foreach (var at in explained)
        {
            if (at - from >= UnexplainedWords)
            {
                var passage = heard.Skip(from).Take(at - from).ToList();
                var again = LyricsMatch.Find(text.Words, passage, cancellationToken).Count >= 0.6 * passage.Count;
                yield return new LyricsCheck(
                    passage[0].Start, passage[^1].End, again
                        ? "given words seem to be sung here once more" : "something else seems to be sung here");
            }
            from = at + 1;
        }
    }
}
