using System.Globalization;
using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>What words are compared by: case, accents and punctuation do not count.</summary>
internal static class WordKey
{
    /// <summary>The letters and digits of a word, folded; empty for bare punctuation.</summary>
    public static string Of(string word)
    {
        var key = new StringBuilder(word.Length);
        foreach (var letter in Accents.Compose(word.ToLowerInvariant()))
            foreach (var plain in Accents.Spellings(letter).Last())
                if (char.IsLetterOrDigit(plain) || char.IsSurrogate(plain) ||
                    char.GetUnicodeCategory(plain) == UnicodeCategory.SpacingCombiningMark)
                    key.Append(plain);
        return key.ToString();
    }

    /// <summary>How alike two keys are: 1 when equal, falling with the share of letters to change, 0 when nothing is alike.</summary>
    public static double Similarity(string a, string b)
    {
        if (a == b)
            return 1;
        var longer = Math.Max(a.Length, b.Length);
        // Short words differ in too few letters to be taken for each other.
        if (longer < 4 || Math.Abs(a.Length - b.Length) > longer / 2)
            return 0;
        return 1 - (double)Distance(a, b) / longer;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[64];
        if (b.Length >= row.Length)
            row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(diagonal + (a[i - 1] == b[j - 1] ? 0 : 1), Math.Min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
