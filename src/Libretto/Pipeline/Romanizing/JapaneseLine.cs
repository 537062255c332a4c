using System.Text;
using Libretto.Lyrics;
using Libretto.Lyrics.Writing;

namespace Libretto.Pipeline.Romanizing;

/// <summary>Puts the pieces that MeCab found into words that can be read, and that fall together with those of the line.</summary>
internal static class JapaneseLine
{
    /// <summary>The line in Latin letters. Where a piece and a word end in the same place, so does a word of the result.</summary>
    /// <param name="words">The line's words.</param>
    /// <param name="pieces">The same letters, parted by MeCab.</param>
    public static string? Of(IReadOnlyList<LyricsWord> words, IReadOnlyList<JapanesePiece> pieces)
    {
        var ends = new HashSet<int>();
        var length = 0;
        foreach (var word in words)
            ends.Add(length += WithoutGaps(word.Text).Length);
        var line = new List<string>();
        var open = new List<string>();
        var at = 0;
        for (var i = 0; i < pieces.Count; i++)
        {
            open.Add(pieces[i].Reading ?? LatinLetters.Of(pieces[i].Text, "ja"));
            at += pieces[i].Text.Length;
            var goesOn = i + 1 < pieces.Count && (pieces[i + 1].Joins || !HasLetters(pieces[i + 1].Text));
            // A verb's ending is sung and read with it, unless the line itself has it as a word, which is then parted by a space.
            if (!ends.Contains(at) || (goesOn && !AreWords(words, pieces)))
                continue;
            line.Add(string.Concat(Kana.Romanize(open)));
            open.Clear();
        }
        if (open.Count > 0)
            line.Add(string.Concat(Kana.Romanize(open)));
        return string.Join(' ', line.Where(word => word.Length > 0)) is { Length: > 0 } romanized ? romanized : null;
    }

    /// <summary>As MeCab gives a text back.</summary>
    public static string WithoutGaps(string text) => string.Concat(text.Where(letter => !char.IsWhiteSpace(letter)));

    /// <summary>Whether the line's words are words, and not single characters as where a reader parted them.</summary>
    private static bool AreWords(IReadOnlyList<LyricsWord> words, IReadOnlyList<JapanesePiece> pieces) => words.Count <= pieces.Count;

    private static bool HasLetters(string text) => text.EnumerateRunes().Any(Rune.IsLetterOrDigit);
}
