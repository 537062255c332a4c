using System.Globalization;
using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>What a word's text may hold: one line of printable characters, without white space that separates words.</summary>
internal static class WordText
{
    /// <summary>
    /// A single line: white space and control characters become spaces, no space at the ends nor two in a row, and what no
    /// text file can hold (lone surrogates, byte order marks, non-characters) is gone. No-break spaces within stay: they
    /// bind a French <c>?</c> to its word.
    /// </summary>
    public static string Clean(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0xFEFF || (rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF ||
                rune == Rune.ReplacementChar)
                continue;
            if (!IsGap(rune) && !Rune.IsControl(rune))
                clean.Append(rune);
            else if (clean.Length > 0 && clean[^1] != ' ')
                clean.Append(' ');
        }
        return clean.ToString().Trim();
    }

    /// <summary>The cleaned pieces between white space; none where nothing can be seen.</summary>
    public static string[] Split(string? text) =>
        Clean(text).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// The words of a line of text: what stands between white space, and in scripts that write none each character (Chinese, Japanese) or
    /// cluster of a consonant and its vowels (Thai, Lao, Khmer, Burmese) with the marks that belong to it. <see cref="WordJoiner"/> makes
    /// the same line of them again.
    /// </summary>
    public static IReadOnlyList<string> Words(string? line)
    {
        var words = new List<string>();
        foreach (var piece in Split(line))
            SplitIdeographs(piece, words);
        return words;
    }

    public static bool IsGap(Rune rune) => Rune.IsWhiteSpace(rune) && rune.Value is not (0x00A0 or 0x2007 or 0x202F);

    private static void SplitIdeographs(string piece, List<string> words)
    {
        var start = 0;
        var at = 0;
        var opening = false;
        Rune? before = null;
        foreach (var rune in piece.EnumerateRunes())
        {
            if (before is { } last && !opening && StartsWord(last, rune))
            {
                words.Add(piece[start..at]);
                start = at;
            }
            opening = Rune.GetUnicodeCategory(rune) is UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation;
            before = rune;
            at += rune.Utf16SequenceLength;
        }
        words.Add(piece[start..]);
    }

    private static bool StartsWord(Rune before, Rune rune) => Scripts.StartsCluster(before, rune) ||
        (Scripts.IsIdeographOrKana(before) || Scripts.IsIdeographOrKana(rune))
        && !WordJoiner.NeedsSpace(before, rune)
        && !Scripts.BelongsToThePrevious(rune)
        && !(Rune.IsDigit(before) && Rune.IsDigit(rune));
}
