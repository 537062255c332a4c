using System.Buffers;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Pitch;

/// <summary>Syllables by their vowels, for Latin, Greek and Cyrillic letters: each group of vowels that sounds is one.</summary>
internal static class Vowels
{
    private static readonly SearchValues<char> s_latin = SearchValues.Create("aeiouy");
    private static readonly SearchValues<char> s_others = SearchValues.Create("αεηιουωаеёиоуыэюяіїєў");

    // Consonants that begin a syllable together; what stands before them belongs to the syllable before.
    private static readonly HashSet<string> s_onsets =
    [
        "bl", "br", "ch", "ck", "cl", "cr", "dl", "dr", "fl", "fr", "gh", "gl", "gn", "gr", "kl", "kn", "kr", "ll", "ph", "pl", "pr",
        "qu", "rr", "sc",
        "sch", "sh", "sk", "sl", "sm", "sn", "sp", "st", "str", "sw", "th", "tl", "thr", "tr", "tw", "wh", "wr", "бл", "бр", "вл", "вр",
        "гл", "гр", "др",
        "зл", "зн", "кл", "кр", "пл", "пр", "ск", "сл", "см", "сн", "сп", "ст", "стр", "тр", "фл", "фр", "хр",
    ];

    /// <summary>Whether a word is written with letters whose vowels are known here.</summary>
    public static bool AreKnownIn(string word) => word.Any(letter => IsLatin(Plain(letter)) || s_others.Contains(Plain(letter)));

    /// <summary>How many syllables a word or a part of one has by its vowels.</summary>
    /// <param name="word">In lower case.</param>
    /// <param name="language">An ISO 639 code, or null.</param>
    public static int Count(string word, string? language) => Groups(word, language).Count;

    /// <summary>
    /// Where a word is split by its vowels: before the consonant, or the consonants that begin a syllable, of each vowel but the first.
    /// </summary>
    /// <param name="word">In lower case.</param>
    /// <param name="language">An ISO 639 code, or null.</param>
    public static IReadOnlyList<int> Places(string word, string? language)
    {
        var groups = Groups(word, language);
        var places = new List<int>();
        for (var i = 1; i < groups.Count; i++)
        {
            var (from, to) = (groups[i - 1].End, groups[i].Start);
            places.Add(OnsetOf(word, from, to));
        }
        return places;
    }

    private static int OnsetOf(string word, int from, int to)
    {
        if (to - from <= 1)
            return from;
        for (var length = Math.Min(3, to - from); length >= 2; length--)
            if (s_onsets.Contains(word.Substring(to - length, length)))
                // A doubled consonant is split: hel-lo.
                return word[to - 1] == word[to - 2] ? to - 1 : to - length;
        return to - 1;
    }

    private static List<(int Start, int End)> Groups(string word, string? language)
    {
        var groups = new List<(int Start, int End)>();
        for (var i = 0; i < word.Length; i++)
        {
            if (!IsVowel(word, i))
                continue;
            var start = i;
            while (i + 1 < word.Length && IsVowel(word, i + 1) && !Parts(word[i], word[i + 1]))
                i++;
            groups.Add((start, i + 1));
        }
        if (groups.Count > 1 && IsSilent(word, groups[^1], language))
            groups.RemoveAt(groups.Count - 1);
        return groups;
    }

    /// <summary>Two vowels that are never one sound: with a diaeresis, or as Cyrillic writes each.</summary>
    private static bool Parts(char before, char after) =>
        after is 'ï' or 'ë' || (s_others.Contains(before) && before >= 'а' && after != 'й');

    private static bool IsVowel(string word, int at)
    {
        var letter = Plain(word[at]);
        if (s_others.Contains(letter))
            return true;
        if (!s_latin.Contains(letter))
            return false;
        var before = at > 0 ? Plain(word[at - 1]) : '\0';
        var after = at + 1 < word.Length ? Plain(word[at + 1]) : '\0';
        return letter switch
        {
            'y' => !s_latin.Contains(after) || (at > 0 && !s_latin.Contains(before)),
            'u' => before != 'q',
            _ => true,
        };
    }

    /// <summary>The e that English and French write but do not sing at the end of a word, alone or with what inflection adds.</summary>
    private static bool IsSilent(string word, (int Start, int End) group, string? language)
    {
        if (language is not ("en" or "fr" or null) || group.End - group.Start != 1 || word[group.Start] != 'e' || group.Start == 0)
            return false;
        var (before, tail) = (word[group.Start - 1], word[group.End..].TrimEnd('\'', '’'));
        if (tail.Length == 0)
            // lit-tle
            return !(before is 'l' or 'r' && group.Start > 1 && !IsVowel(word, group.Start - 2) && word[group.Start - 2] != 'r');
        return language != "fr" && tail switch
        {
            "d" => before is not ('t' or 'd'),
            "s" or "'s" or "’s" => before is not ('s' or 'z' or 'x' or 'c' or 'g' or 'h'),
            _ => false,
        };
    }

    private static bool IsLatin(char letter) => letter is >= 'a' and <= 'z';

    private static char Plain(char letter) => letter < 128 ? letter : Accents.Spellings(letter).Last() is [var plain, ..] ? plain : letter;
}
