using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>The texts of notes.</summary>
internal static partial class UltraStarText
{
    /// <summary>What stands for a syllable that goes on over another note.</summary>
    public const string Held = "~";

    /// <summary>A syllable that would be read as one that goes on gets an invisible character before it.</summary>
    public static string Protect(string text) => FormatText.Protect(text, Tilde());

    public static string Unguard(string text) => FormatText.Unguard(text, Tilde());

    [GeneratedRegex("(?=~)(?<=^\u2060*)")]
    private static partial Regex Tilde();
}
