using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Transcribe.Hosted;

/// <summary>Gives words the marks and capitals that engines write in their text, but leave out of their list of words.</summary>
internal static class WordMarks
{
    /// <summary>How many words of the text may have no counterpart in the list, one after the other.</summary>
    private const int Lookahead = 6;

    /// <summary>The same words at the same times, as the text writes them where it has them.</summary>
    /// <param name="words">Words in order.</param>
    /// <param name="text">The text they belong to.</param>
    public static List<LyricsWord> Restore(List<LyricsWord> words, string? text)
    {
        var written = WordText.Words(text);
        var next = 0;
        return words.ConvertAll(word =>
        {
            var letters = Letters(word.Text);
            for (var at = next; letters.Length > 0 && at < Math.Min(written.Count, next + Lookahead); at++)
                if (Letters(written[at]) == letters)
                {
                    next = at + 1;
                    return word with { Text = written[at] };
                }
            return word;
        });
    }

    /// <summary>A word's letters and digits in lower case.</summary>
    public static string Letters(string word)
    {
        var letters = new StringBuilder(word.Length);
        foreach (var rune in word.EnumerateRunes())
            if (Rune.IsLetterOrDigit(rune))
                letters.Append(Rune.ToLowerInvariant(rune));
        return letters.ToString();
    }
}
