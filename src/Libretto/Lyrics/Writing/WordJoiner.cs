using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>Joins words to the text of a line: with spaces, except where a script writes none.</summary>
internal static class WordJoiner
{
    public static string Join(IEnumerable<string> words)
    {
        var line = new StringBuilder();
        var before = "";
        foreach (var word in words)
        {
            if (NeedsSpace(before, word))
                line.Append(' ');
            line.Append(word);
            before = word;
        }
        return line.ToString();
    }

    /// <summary>Whether a space parts two neighbouring words.</summary>
    public static bool NeedsSpace(string before, string after) =>
        before.Length > 0 && after.Length > 0
        && Rune.DecodeLastFromUtf16(before, out var last, out _) >= 0
        && Rune.DecodeFromUtf16(after, out var first, out _) >= 0
        && NeedsSpace(last, first);

    /// <summary>Whether a space parts two words of which one ends and the other begins with these characters.</summary>
    public static bool NeedsSpace(Rune last, Rune first)
    {
        if (Scripts.IsWidePunctuation(last) || Scripts.IsWidePunctuation(first))
            return false;
        var leftWide = Scripts.WritesNoSpaces(last);
        var rightWide = Scripts.WritesNoSpaces(first);
        // "3月" is written without a space, "我 love 你" with.
        return !(leftWide && rightWide) && !(leftWide && Rune.IsDigit(first)) && !(Rune.IsDigit(last) && rightWide);
    }
}
