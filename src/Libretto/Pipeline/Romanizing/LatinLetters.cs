using System.Text;
using AnyAscii;
using Libretto.Lyrics.Writing;

namespace Libretto.Pipeline.Romanizing;

/// <summary>How a letter gets into Latin ones.</summary>
internal enum Romanization
{
    /// <summary>It is one, or no letter.</summary>
    NotNeeded,

    /// <summary>Its own sound is enough.</summary>
    ByLetter,

    /// <summary>A Chinese character: its sound depends on the language.</summary>
    Ideograph,

    /// <summary>A Japanese syllable.</summary>
    Kana,

    /// <summary>Its script does not write down what is sung, or not in its order.</summary>
    NotOffered,
}

/// <summary>Words in Latin letters, letter by letter, for scripts that write what is sung.</summary>
internal static class LatinLetters
{
    private const int Virama = 0x4D, Nukta = 0x3C;

    /// <summary>Which way a character takes.</summary>
    public static Romanization WayOf(Rune rune) => rune.Value switch
    {
        _ when Kana.Is(rune) => Romanization.Kana,
        _ when !Rune.IsLetter(rune) => Romanization.NotNeeded,
        < 0x0370 or >= 0x1E00 and < 0x1F00 or >= 0x2C60 and < 0x2C80 or >= 0xA720 and < 0xA800 or >= 0xFB00 and < 0xFB07
            or >= 0xFF21 and < 0xFF5B or >= 0x1D400 and < 0x1D800 => Romanization.NotNeeded,
        >= 0x0370 and < 0x0590 or >= 0x10A0 and < 0x1400 or >= 0x1C80 and < 0x1CC0 or >= 0x1F00 and < 0x2000
            or >= 0x2D00 and < 0x2E00 or >= 0xA640 and < 0xA6A0 or >= 0x3105 and < 0x3190 or >= 0xAC00 and < 0xD7B0
            or >= 0x0900 and < 0x0D80 => Romanization.ByLetter,
        _ when Scripts.IsIdeographOrKana(rune) => Romanization.Ideograph,
        _ => Romanization.NotOffered,
    };

    /// <summary>A word in Latin letters; what has no letters stays as it is.</summary>
    /// <param name="word">The word.</param>
    /// <param name="language">The language sung, as an ISO 639 code; null when unknown.</param>
    public static string Of(string word, string? language)
    {
        var latin = new StringBuilder();
        Rune[] runes = [.. Greek(word).EnumerateRunes()];
        for (var i = 0; i < runes.Length; i++)
        {
            var way = WayOf(runes[i]);
            if (runes[i].Value is 'ь' or 'Ь' or 'ъ' or 'Ъ')
                // What only softens or parts in Russian is a vowel in Bulgarian.
                latin.Append(language == "bg" && runes[i].Value is 'ъ' or 'Ъ' ? "a" : "");
            else if (way == Romanization.NotNeeded && !IsMark(runes[i]) && !Scripts.IsWidePunctuation(runes[i]))
                latin.Append(runes[i]);
            else
                latin.Append(Sound(runes[i])).Append(OwnVowel(runes, i));
        }
        var text = WordText.Clean(latin.ToString()).Replace(" ", "", StringComparison.Ordinal);
        return text.Length > 0 ? text : word;
    }

    private static string Sound(Rune rune)
    {
        if (rune.Value is '「' or '」' or '『' or '』')
            return "\"";
        var sound = rune.ToString().Transliterate();
        // Capitals only mark where a character's sound begins.
        var isSyllable = WayOf(rune) == Romanization.Ideograph || rune.Value is (>= 0x1100 and < 0x1200) or >= 0xAC00;
        return isSyllable ? sound.ToLowerInvariant() : sound;
    }

    private static bool IsMark(Rune rune) => rune.Value is >= 0x0900 and < 0x0D80;

    /// <summary>
    /// The vowel that an Indic consonant has where no other is written: sung at a word's end in the south of India, mute in the north.
    /// </summary>
    private static string OwnVowel(Rune[] runes, int at)
    {
        if (!IsConsonant(runes[at]))
            return "";
        var next = at + 1 < runes.Length ? runes[at + 1] : default;
        if (IsMark(next) && (next.Value & 0x7F) == Nukta)
            next = at + 2 < runes.Length ? runes[at + 2] : default;
        if (IsMark(next) && (next.Value & 0x7F) is (>= 0x3E and <= Virama) or >= 0x55 and <= 0x57)
            return "";
        var block = runes[at].Value & ~0x7F;
        var isNorthern = block is 0x0900 or 0x0980 or 0x0A00 or 0x0A80;
        var isLast = !IsMark(next);
        return isNorthern && isLast && runes[..at].Any(IsMark) ? "" : block == 0x0980 ? "o" : "a";
    }

    private static bool IsConsonant(Rune rune) => IsMark(rune) && (rune.Value & 0x7F) is (>= 0x15 and <= 0x39) or (>= 0x58 and <= 0x5F);

    /// <summary>Greek pairs of vowels that are one sound.</summary>
    private static string Greek(string word)
    {
        if (!word.AsSpan().ContainsAny('υ', 'ύ'))
            return word;
        foreach (var (pair, sound) in new[] { ("ο", "ou"), ("Ο", "Ou"), ("α", "av"), ("Α", "Av"), ("ε", "ev"), ("Ε", "Ev") })
            word = word.Replace(pair + "υ", sound, StringComparison.Ordinal).Replace(pair + "ύ", sound, StringComparison.Ordinal);
        return word;
    }
}
