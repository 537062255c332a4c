using System.Globalization;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>What is written in Advanced SubStation Alpha: texts and times.</summary>
internal static class AssText
{
    /// <summary>
    /// A text that is no tag: braces become their wide twins and a word joiner disarms backslashes, as the format has no escape that every
    /// player knows.
    /// </summary>
    public static string Escape(string text) => text
        .Replace('{', '\uFF5B').Replace('}', '\uFF5D').Replace("\\", "\\\u2060", StringComparison.Ordinal);

    /// <summary>Seconds as hundredths, in which the format counts.</summary>
    public static long Hundredths(double seconds) => Milliseconds.ToHundredths(Milliseconds.From(seconds));

    /// <summary><c>h:mm:ss.xx</c>.</summary>
    public static string Clock(long hundredths) => string.Create(
        CultureInfo.InvariantCulture,
        $"{hundredths / 360_000}:{hundredths / 6000 % 60:00}:{hundredths / 100 % 60:00}.{hundredths % 100:00}");
}
