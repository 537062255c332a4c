using Libretto.Lyrics;

namespace Libretto.Pipeline.Timing;

/// <summary>
/// For whoever asks why a word starts when it does: which of the places that set or move a word's time had the last word. They are the
/// engine, what is known of the vocals, the alignment, and the document's rules (docs/architecture.md).
/// </summary>
internal static class TimeTrace
{
    /// <summary>The engine's own times.</summary>
    public const string Engine = "engine";

    /// <summary>Bounded by where someone sings.</summary>
    public const string Vocals = "vocals";

    /// <summary>Moved so that the document keeps its rules.</summary>
    public const string Document = "document";

    // The document's times are whole milliseconds.
    private const double Rounding = 0.00051;

    /// <summary>Says of each sung word who timed it.</summary>
    /// <param name="document">The document as it will be.</param>
    /// <param name="places">
    /// Names and the words as each place left them, in order; those of other words than the document's are passed over.
    /// </param>
    public static LyricsDocument Mark(LyricsDocument document, IReadOnlyList<(string Name, IReadOnlyList<LyricsWord> Words)> places)
    {
        var count = document.Lines.Where(TimingResult.IsSung).Sum(line => line.Words.Count);
        var known = places.Where(place => place.Words.Count == count).ToList();
        if (known.Count == 0)
            return document;
        var next = 0;
        return document with
        {
            Lines = [.. document.Lines.Select(line => TimingResult.IsSung(line)
                ? line with { Words = [.. line.Words.Select(word => word with { TimedBy = Last(word, next++) })] }
                : line)],
        };

        string Last(LyricsWord word, int index)
        {
            var last = known[0].Name;
            for (var place = 1; place < known.Count; place++)
                if (Differ(known[place - 1].Words[index], known[place].Words[index]))
                    last = known[place].Name;
            return Differ(known[^1].Words[index], word) ? Document : last;
        }
    }

    private static bool Differ(LyricsWord a, LyricsWord b) => Math.Abs(a.Start - b.Start) > Rounding || Math.Abs(a.End - b.End) > Rounding;
}
