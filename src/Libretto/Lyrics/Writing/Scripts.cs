using System.Globalization;
using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>Which characters belong to scripts that write words without spaces (the list is Whisper's).</summary>
internal static class Scripts
{
    /// <summary>Chinese, Japanese, Thai, Lao, Burmese and Khmer letters, and the wide punctuation they use.</summary>
    public static bool WritesNoSpaces(Rune rune) =>
        IsIdeographOrKana(rune) || IsWidePunctuation(rune) || rune.Value is
            >= 0x0E00 and <= 0x0EFF or // Thai, Lao
            >= 0x1000 and <= 0x109F or >= 0xA9E0 and <= 0xA9FF or >= 0xAA60 and <= 0xAA7F or // Burmese
            >= 0x1780 and <= 0x17FF or >= 0x19E0 and <= 0x19FF; // Khmer

    /// <summary>Chinese characters, hiragana, katakana and bopomofo.</summary>
    public static bool IsIdeographOrKana(Rune rune) => rune.Value is
        >= 0x2E80 and <= 0x2FDF or 0x3005 or 0x3006 or 0x3007 or
        >= 0x3041 and <= 0x30FA or >= 0x30FC and <= 0x312F or >= 0x31A0 and <= 0x31BF or >= 0x31F0 and <= 0x31FF or
        >= 0x3400 and <= 0x4DBF or >= 0x4E00 and <= 0x9FFF or >= 0xF900 and <= 0xFAFF or
        >= 0xFF66 and <= 0xFF9F or >= 0x20000 and <= 0x3FFFD;

    /// <summary>Punctuation as wide as a Chinese character, which brings its own space along.</summary>
    public static bool IsWidePunctuation(Rune rune) => rune.Value is
        >= 0x3001 and <= 0x3004 or >= 0x3008 and <= 0x3020 or 0x3030 or 0x303D or 0x30FB or
        >= 0xFF01 and <= 0xFF0F or >= 0xFF1A and <= 0xFF20 or >= 0xFF3B and <= 0xFF40 or >= 0xFF5B and <= 0xFF65;

    /// <summary>Whether a character cannot begin a word: a combining or closing mark, a small kana, a lengthening stroke.</summary>
    public static bool BelongsToThePrevious(Rune rune) =>
        rune.Value is 0x3005 or 0x30FC or 0xFF70 or 0x3041 or 0x3043 or 0x3045 or 0x3047 or 0x3049 or 0x3063 or 0x3083 or 0x3085 or 0x3087
            or 0x308E or 0x30A1 or 0x30A3 or 0x30A5 or 0x30A7 or 0x30A9 or 0x30C3 or 0x30E3 or 0x30E5 or 0x30E7 or 0x30EE or
            0x30F5 or 0x30F6
            or >= 0xFF67 and <= 0xFF6F or 0x200D or >= 0xFE00 and <= 0xFE0F
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.EnclosingMark or UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation
            or UnicodeCategory.OtherPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.ModifierLetter;

    /// <summary>
    /// Whether a cluster of Thai, Lao, Khmer or Burmese begins between two letters of them: a consonant that takes no part in the one
    /// before, or a vowel written before its consonant.
    /// </summary>
    public static bool StartsCluster(Rune before, Rune rune) =>
        IsSoutheastAsian(before) && IsSoutheastAsian(rune)
        && Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherLetter
        && !IsLeadingVowel(before) && !IsFollowingVowel(rune)
        // Stacked consonants follow a sign that says so.
        && before.Value is not (0x17D2 or 0x1039);

    private static bool IsSoutheastAsian(Rune rune) =>
        WritesNoSpaces(rune) && !IsIdeographOrKana(rune) && !IsWidePunctuation(rune);

    private static bool IsLeadingVowel(Rune rune) => rune.Value is >= 0x0E40 and <= 0x0E44 or >= 0x0EC0 and <= 0x0EC4;

    private static bool IsFollowingVowel(Rune rune) => rune.Value is 0x0E30 or 0x0E32 or 0x0E33 or 0x0E45 or 0x0EB0 or 0x0EB2 or 0x0EB3;
}
