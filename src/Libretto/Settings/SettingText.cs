using System.Globalization;

namespace Libretto.Settings;

/// <summary>Reads values of settings; each throws <see cref="FormatException"/> that says what is expected.</summary>
public static class SettingText
{
    /// <summary>One of some words, whatever its case.</summary>
    /// <param name="text">The value.</param>
    /// <param name="allowed">The words.</param>
    public static string OneOf(string text, params string[] allowed)
    {
        ArgumentNullException.ThrowIfNull(text);
        return allowed.FirstOrDefault(value => string.Equals(value, text.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new FormatException($"choose one of {string.Join(", ", allowed)}");
    }

    /// <summary>Any text but white space alone.</summary>
    public static string NotEmpty(string text) =>
        string.IsNullOrWhiteSpace(text) ? throw new FormatException("it must not be empty") : text;

    /// <summary>True or false, yes or no, 1 or 0.</summary>
    public static bool YesOrNo(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Trim().ToLowerInvariant() switch
        {
            "true" or "yes" or "1" => true,
            "false" or "no" or "0" => false,
            _ => throw new FormatException("give true or false"),
        };
    }

    /// <summary>A whole number within bounds, both included.</summary>
    public static int Whole(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"give a whole number from {least} to {most}"));

    /// <summary>A number within bounds, both included.</summary>
    public static double Number(string text, double least, double most) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"give a number from {least} to {most}"));

    /// <summary>Parts between separators, at least one.</summary>
    public static string[] List(string text, char separator)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length > 0 ? parts : throw new FormatException("it must not be empty");
    }

    /// <summary>The address of a web site, with a slash at its end.</summary>
    /// <param name="text">The value.</param>
    /// <param name="example">An address of the kind that is wanted.</param>
    public static Uri WebAddress(string text, string example)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
            ? uri
            : throw new FormatException($"give a web address such as {example}");
    }
}
