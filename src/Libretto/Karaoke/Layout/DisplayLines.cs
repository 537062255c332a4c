using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Karaoke.Layout;

/// <summary>Breaks a song's lines so that each fits on a screen: where the parts are as even as words allow.</summary>
internal static class DisplayLines
{
    /// <summary>The lines to show.</summary>
    /// <param name="lines">The song's lines, in order.</param>
    /// <param name="widest">The room there is.</param>
    /// <param name="width">How wide a text is, in the same unit.</param>
    public static IReadOnlyList<DisplayLine> Of(IEnumerable<LyricsLine> lines, double widest, Func<string, double> width) =>
        [.. lines.SelectMany(line => Break(line, widest, width)).OrderBy(line => line.Start)];

    private static IEnumerable<DisplayLine> Break(LyricsLine line, double widest, Func<string, double> width)
    {
        var parts = Math.Max(1, (int)Math.Ceiling(width(line.Text) / widest));
        // An even share may not fit, as words are not cut: then there is one part more.
        for (; parts <= line.Words.Count; parts++)
            if (Cut(line.Words, parts, widest, width) is { } cut)
                return Parts(line, cut);
        return Parts(line, [.. line.Words.Select(word => new List<LyricsWord> { word })]);
    }

    /// <summary>What stands below goes along word by word where it can, else with the first part.</summary>
    private static IEnumerable<DisplayLine> Parts(LyricsLine line, List<List<LyricsWord>> parts)
    {
        var read = line.RomanizedWords;
        var at = 0;
        foreach (var words in parts)
        {
            var below = read is not null ? string.Join(' ', read.Skip(at).Take(words.Count)) : at == 0 ? KaraokeSong.BelowOf(line) : null;
            at += words.Count;
            yield return Of(line, words) with { Below = below };
        }
    }

    private static List<List<LyricsWord>>? Cut(IReadOnlyList<LyricsWord> words, int parts, double widest, Func<string, double> width)
    {
        var share = width(WordJoiner.Join(words.Select(word => word.Text))) / parts;
        var cut = new List<List<LyricsWord>> { new() };
        foreach (var word in words)
        {
            var with = WordJoiner.Join([.. cut[^1].Select(each => each.Text), word.Text]);
            var without = WordJoiner.Join(cut[^1].Select(each => each.Text));
            var isFull = cut[^1].Count > 0 && (width(with) > widest || (cut.Count < parts && width(with) - share > share - width(without)));
            if (isFull)
                cut.Add([]);
            cut[^1].Add(word);
        }
        return cut.Count <= parts ? cut : null;
    }

    private static DisplayLine Of(LyricsLine line, IReadOnlyList<LyricsWord> words)
    {
        var pieces = new List<DisplayPiece>();
        var before = "";
        foreach (var word in words)
        {
            var gap = WordJoiner.NeedsSpace(before, word.Text) ? " " : "";
            before = word.Text;
            if (word.Syllables is not { Count: > 1 } syllables || JoinsLetters(word.Text))
            {
                pieces.Add(new DisplayPiece(word.Text, gap, word.Start, word.End));
                continue;
            }
            foreach (var syllable in syllables)
            {
                // A syllable that goes on over another note is filled along with itself.
                if (syllable.Text.Length == 0)
                    pieces[^1] = pieces[^1] with { End = syllable.End };
                else
                    pieces.Add(new DisplayPiece(syllable.Text, syllable == syllables[0] ? gap : "", syllable.Start, syllable.End));
            }
        }
        return new DisplayLine(pieces, line.Voice, line.Background == true, IsRightToLeft(line.Text));
    }

    /// <summary>Whether the letters of a word change their shapes by their neighbours, so that parting them would show.</summary>
    private static bool JoinsLetters(string text) => text.EnumerateRunes().Any(
        rune => rune.Value is >= 0x0600 and <= 0x08FF or >= 0x0900 and <= 0x0DFF or >= 0x1000 and <= 0x109F or >= 0x1780 and <= 0x18AF);

    /// <summary>By its first letter of a direction, as the Unicode bidirectional algorithm has it (rule P2).</summary>
    private static bool IsRightToLeft(string text) =>
        text.EnumerateRunes().Where(Rune.IsLetter).Select(rune => rune.Value is >= 0x0590 and <= 0x08FF or >= 0xFB1D and <= 0xFDFF or
            >= 0xFE70 and <= 0xFEFF)
            .FirstOrDefault();
}
