namespace Libretto;

/// <summary>Text from elsewhere as one line: it writes no lines, and moves no cursor, of its own.</summary>
public static class OneLine
{
    /// <summary>The text with a space in the place of each control character and line or paragraph separator.</summary>
    /// <param name="text">What a user, a site or a program said.</param>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));
    }
}
