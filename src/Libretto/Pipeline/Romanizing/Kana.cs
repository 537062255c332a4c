using System.Text;
using AnyAscii;

namespace Libretto.Pipeline.Romanizing;

/// <summary>Japanese syllables in Latin letters, as Hepburn writes them and singers read them: long vowels are written out.</summary>
internal static class Kana
{
    private const string SmallVowels = "ァィゥェォ";
    private const string SmallY = "ャュョ";
    private const char Doubling = 'ッ', Long = 'ー', Nasal = 'ン';

    /// <summary>Whether a character is hiragana or katakana.</summary>
    public static bool Is(Rune rune) => rune.Value is >= 0x3041 and <= 0x3096 or >= 0x30A1 and <= 0x30FA or Long;

    /// <summary>Hiragana become katakana, all else stays; as many characters as before.</summary>
    public static string ToKatakana(string text) =>
        string.Concat(text.Select(letter => letter is >= '\u3041' and <= '\u3096' ? (char)(letter + 0x60) : letter));

    /// <summary>The Latin letters of texts that follow each other without a pause: what one begins may end in the next.</summary>
    /// <param name="texts">Kana; what is none stays as it is.</param>
    /// <returns>As many texts as were given.</returns>
    public static IReadOnlyList<string> Romanize(IReadOnlyList<string> texts)
    {
        var kana = ToKatakana(string.Concat(texts));
        var parts = new string[kana.Length];
        for (var i = 0; i < kana.Length; i++)
            parts[i] = Part(kana, i, parts);
        var romanized = new List<string>();
        var at = 0;
        foreach (var text in texts)
        {
            romanized.Add(string.Concat(parts[at..(at + text.Length)]));
            at += text.Length;
        }
        return romanized;
    }

    /// <summary>What one character adds. A small one changes what the character before it has added.</summary>
    private static string Part(string kana, int at, string[] parts)
    {
        var letter = kana[at];
        var before = at > 0 ? parts[at - 1] : "";
        if (letter == Long)
            return before.Length > 0 && IsVowel(before[^1]) ? before[^1..] : "";
        if (letter == Doubling)
            return Next(kana, at) is { Length: > 0 } next && char.IsAsciiLetter(next[0]) && !IsVowel(next[0])
                ? next.StartsWith("ch", StringComparison.Ordinal) ? "t" : next[..1]
                : "";
        if (letter == Nasal)
            return Next(kana, at) is { Length: > 0 } after && (IsVowel(after[0]) || after[0] == 'y') ? "n'" : "n";
        if (SmallY.Contains(letter) && before.EndsWith('i'))
        {
            parts[at - 1] = before[..^1];
            var vowel = "auo"[SmallY.IndexOf(letter)].ToString();
            // "shi" and "ya" are "sha", "ki" and "ya" are "kya".
            return before is "shi" or "chi" or "ji" ? vowel : "y" + vowel;
        }
        if (SmallVowels.Contains(letter) && before.Length > 0)
        {
            var vowel = "aiueo"[SmallVowels.IndexOf(letter)].ToString();
            if (before == "u")
                parts[at - 1] = "w";
            else if (before.Length > 1 && IsVowel(before[^1]))
                parts[at - 1] = before[..^1];
            return vowel;
        }
        return Single(letter);
    }

    private static string? Next(string kana, int at) => at + 1 < kana.Length ? Single(kana[at + 1]) : null;

    private static string Single(char letter) => letter switch
    {
        'ヂ' => "ji",
        'ヅ' => "zu",
        'ヴ' => "vu",
        'ヲ' => "o",
        _ when Is(new Rune(letter is >= '\ud800' and <= '\udfff' ? 'x' : letter)) =>
            letter.ToString().Transliterate().ToLowerInvariant(),
        _ => letter.ToString(),
    };

    private static bool IsVowel(char letter) => letter is 'a' or 'i' or 'u' or 'e' or 'o';
}
