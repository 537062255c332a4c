using System.Globalization;
using System.Text;

namespace Libretto.Server.Web.Edit.Paste;

/// <summary>Finds the words of one text in another, in order: the cheapest way from the one to the other.</summary>
internal static class WordMatch
{
    // What a step costs; only the relations matter. A word that takes another's place costs less than one that goes and one that comes,
    // so that its time is found.
    private const int Gap = 3;
    private const int Alike = 3;
    private const int Other = 5;
    private const int OtherPlace = 1;

    // Beyond it, texts have nothing to do with each other, or are no lyrics; a song of 2,000 words against 8,000 is within.
    private const int MostSteps = 16_000_000;

    /// <summary>The words of both in order, those that belong together as one.</summary>
    public static IReadOnlyList<WordPair> Of(IReadOnlyList<MatchedWord> before, IReadOnlyList<MatchedWord> after)
    {
        var head = 0;
        while (head < before.Count && head < after.Count && before[head] == after[head])
            head++;
        var tail = 0;
        while (tail < before.Count - head && tail < after.Count - head && before[^(tail + 1)] == after[^(tail + 1)])
            tail++;
        List<WordPair> pairs = [.. Enumerable.Range(0, head).Select(i => new WordPair(i, i, true))];
        MatchedWord[] gone = [.. before.Take(before.Count - tail).Skip(head)];
        MatchedWord[] come = [.. after.Take(after.Count - tail).Skip(head)];
        pairs.AddRange(((long)gone.Length * come.Length > MostSteps ? Apart(gone.Length, come.Length) : Middle(gone, come))
            .Select(pair => new WordPair(pair.Before + head, pair.After + head, pair.IsAlike)));
        pairs.AddRange(Enumerable.Range(0, tail)
            .Select(i => new WordPair(before.Count - tail + i, after.Count - tail + i, true)));
        return pairs;
    }

    /// <summary>What a word is compared by: its letters and digits, whatever their case and accents.</summary>
    public static string Key(string word)
    {
        var key = new StringBuilder(word.Length);
        foreach (var letter in word.Normalize(NormalizationForm.FormD))
            if (char.GetUnicodeCategory(letter) is not (>= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation) &&
                letter is not (>= '\u0300' and <= '\u036F'))
                key.Append(char.ToLowerInvariant(letter));
        return key.Length > 0 ? key.ToString() : word;
    }

    private static IEnumerable<WordPair> Apart(int gone, int come) =>
        [.. Enumerable.Range(0, gone).Select(i => new WordPair(i, null, false)),
            .. Enumerable.Range(0, come).Select(i => new WordPair(null, i, false))];

    private static Stack<WordPair> Middle(MatchedWord[] before, MatchedWord[] after)
    {
        var (wide, least) = (after.Length + 1, new int[after.Length + 1]);
        var step = new byte[(before.Length + 1) * wide];
        for (var j = 1; j < wide; j++)
            (least[j], step[j]) = (j * Gap, Come);
        for (var i = 1; i <= before.Length; i++)
        {
            var corner = least[0];
            (least[0], step[i * wide]) = (i * Gap, Go);
            for (var j = 1; j < wide; j++)
            {
                var (both, goes, comes) = (corner + Cost(before[i - 1], after[j - 1]), least[j] + Gap, least[j - 1] + Gap);
                corner = least[j];
                least[j] = Math.Min(both, Math.Min(goes, comes));
                step[(i * wide) + j] = least[j] == both ? Both : least[j] == comes ? Come : Go;
            }
        }

        var pairs = new Stack<WordPair>();
        for (var (i, j) = (before.Length, after.Length); i > 0 || j > 0;)
        {
            var taken = step[(i * wide) + j];
            (i, j) = (taken == Come ? i : i - 1, taken == Go ? j : j - 1);
            pairs.Push(new WordPair(taken == Come ? null : i, taken == Go ? null : j,
                taken == Both && (before[i].Key == after[j].Key || AreAlike(before[i].Key, after[j].Key))));
        }
        return pairs;
    }

    private const byte Both = 0;
    private const byte Go = 1;
    private const byte Come = 2;

    private static int Cost(MatchedWord before, MatchedWord after) =>
        (before.Key == after.Key ? 0 : AreAlike(before.Key, after.Key) ? Alike : Other) +
        (before.BeginsLine == after.BeginsLine ? 0 : OtherPlace);

    /// <summary>Whether one may be the other, written otherwise: the most of their letters are the same from the ends on.</summary>
    private static bool AreAlike(string one, string other)
    {
        var (shorter, longer) = (Math.Min(one.Length, other.Length), Math.Max(one.Length, other.Length));
        // Short words differ in too few letters to be taken for each other.
        if (longer < 4 || shorter * 2 < longer)
            return false;
        var same = 0;
        while (same < shorter && one[same] == other[same])
            same++;
        var end = 0;
        while (end < shorter - same && one[^(end + 1)] == other[^(end + 1)])
            end++;
        return (same + end) * 2 >= longer;
    }
}

/// <summary>A word as it is compared.</summary>
/// <param name="Key">By <see cref="WordMatch.Key"/>.</param>
/// <param name="BeginsLine">Whether a line begins with it.</param>
internal readonly record struct MatchedWord(string Key, bool BeginsLine);

/// <summary>A word of one text, the other or both.</summary>
/// <param name="Before">Its number in the first text, from 0; null for one that is new.</param>
/// <param name="After">Its number in the second; null for one that goes.</param>
/// <param name="IsAlike">Whether both are the same word, perhaps written otherwise.</param>
internal readonly record struct WordPair(int? Before, int? After, bool IsAlike);
