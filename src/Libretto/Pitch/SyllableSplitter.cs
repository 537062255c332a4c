using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Pitch;

/// <summary>
/// Splits words into the syllables they are sung in: by the language's hyphenation patterns where there are any, and what they leave whole
/// (they never leave one letter alone, as <c>o-ver</c> does) by its vowels. Korean is split into its blocks, kana into morae.
/// </summary>
/// <param name="language">An ISO 639 code; null when unknown.</param>
/// <param name="patterns">The language's patterns; null where there are none.</param>
internal sealed class SyllableSplitter(string? language, HyphenationPatterns? patterns)
{
    /// <summary>Whether it knows the language's patterns.</summary>
    public bool HasPatterns => patterns is not null;

    /// <summary>The syllables of a word: one or more, none of them empty, which together are the word.</summary>
    /// <param name="word">A word as it stands in lyrics, with its punctuation.</param>
    public IReadOnlyList<string> Split(string word)
    {
        if (word.EnumerateRunes().Any(IsOwnSyllable))
            return SplitBlocks(word);
        var (first, end) = LettersOf(word);
        if (end - first < 2)
            return [word];
        var core = word[first..end].ToLowerInvariant();
        // Lower case that is longer than the word (a dotted I) would shift every place.
        if (core.Length != end - first)
            return [word];
        var cuts = new SortedSet<int>();
        foreach (var (start, length) in Parts(core))
        {
            var part = core.Substring(start, length);
            foreach (var place in patterns?.Places(part) ?? [])
                cuts.Add(start + place);
        }
        foreach (var (from, to) in Between(cuts, core.Length).ToList())
            foreach (var place in Vowels.Places(core[from..to], language))
                cuts.Add(from + place);
        return Assemble(word, first, Sung(core, cuts));
    }

    /// <summary>A cut that leaves a side without anything to sing on is none, such as before the <c>n't</c> of <c>couldn't</c>.</summary>
    private IEnumerable<int> Sung(string core, SortedSet<int> cuts)
    {
        if (!Vowels.AreKnownIn(core))
            return cuts;
        var kept = new List<int>();
        var from = 0;
        foreach (var cut in cuts)
            if (Vowels.Count(core[from..cut], language) > 0 && Vowels.Count(core[cut..], language) > 0)
            {
                kept.Add(cut);
                from = cut;
            }
        return kept;
    }

    private static List<string> Assemble(string word, int first, IEnumerable<int> cuts)
    {
        var syllables = new List<string>();
        var from = 0;
        foreach (var cut in cuts)
        {
            syllables.Add(word[from..(first + cut)]);
            from = first + cut;
        }
        syllables.Add(word[from..]);
        return syllables;
    }

    /// <summary>From the first letter to the last: what stands around them belongs to the syllables beside it.</summary>
    private static (int First, int End) LettersOf(string word)
    {
        var first = 0;
        while (first < word.Length && !char.IsLetter(word[first]) && !char.IsSurrogate(word[first]))
            first++;
        var end = word.Length;
        while (end > first && !char.IsLetter(word[end - 1]) && !IsMark(word[end - 1]) && !char.IsSurrogate(word[end - 1]))
            end--;
        return (first, end);
    }

    /// <summary>The runs of letters of a word with hyphens or apostrophes within; an apostrophe stays with its letters.</summary>
    private static IEnumerable<(int Start, int Length)> Parts(string core)
    {
        var start = 0;
        for (var i = 0; i <= core.Length; i++)
        {
            if (i < core.Length && (char.IsLetter(core[i]) || IsMark(core[i]) || core[i] is '\'' or '’'))
                continue;
            if (i > start)
                yield return (start, i - start);
            start = i + 1;
        }
    }

    private static IEnumerable<(int From, int To)> Between(SortedSet<int> cuts, int length)
    {
        var from = 0;
        foreach (var cut in cuts)
        {
            yield return (from, cut);
            from = cut;
        }
        yield return (from, length);
    }

    private static List<string> SplitBlocks(string word)
    {
        var syllables = new List<string>();
        foreach (var rune in word.EnumerateRunes())
        {
            var starts = IsOwnSyllable(rune) && !Scripts.BelongsToThePrevious(rune);
            // Opening punctuation before the first block goes with it.
            if (syllables.Count == 0 || (starts && syllables[^1].EnumerateRunes().Any(IsOwnSyllable)))
                syllables.Add("");
            syllables[^1] += rune.ToString();
        }
        return syllables;
    }

    private static bool IsOwnSyllable(Rune rune) => rune.Value is >= 0xAC00 and <= 0xD7A3 || Scripts.IsIdeographOrKana(rune);

    private static bool IsMark(char letter) => char.GetUnicodeCategory(letter) is
        System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
