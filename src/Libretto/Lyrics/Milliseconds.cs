using System.Globalization;

namespace Libretto.Lyrics;

/// <summary>Times as whole milliseconds, in which every rule and every format reckons, and their spellings.</summary>
internal static class Milliseconds
{
    /// <summary>The longest time held, 277 hours: far above any song, far below any overflow.</summary>
    private const double Longest = 1e9;

    /// <summary>Seconds to the nearest millisecond; what is negative or no number is 0.</summary>
    public static long From(double seconds) =>
        seconds > 0 ? (long)Math.Min(Longest, Math.Floor(seconds * 1000 + 0.5)) : 0;

    public static double ToSeconds(long milliseconds) => milliseconds / 1000.0;

    public static double Round(double seconds) => ToSeconds(From(seconds));

    /// <summary>To the nearest hundredth. Times 20 ms apart stay so, for 20 ms are whole hundredths.</summary>
    public static long ToHundredths(long milliseconds) => (milliseconds + 5) / 10;

    /// <summary><c>mm:ss.xx</c>, the minutes growing past 99.</summary>
    public static string MinutesHundredths(long hundredths) =>
        string.Create(CultureInfo.InvariantCulture, $"{hundredths / 6000:00}:{hundredths / 100 % 60:00}.{hundredths % 100:00}");

    /// <summary><c>hh:mm:ss.mmm</c>, with the separator given before the milliseconds.</summary>
    public static string Clock(long milliseconds, char separator = '.') => string.Create(
        CultureInfo.InvariantCulture,
        $"{milliseconds / 3_600_000:00}:{milliseconds / 60_000 % 60:00}:{milliseconds / 1000 % 60:00}{separator}{milliseconds % 1000:000}");

    /// <summary>Milliseconds of a decimal fraction's digits: <c>5</c> is 500, <c>05</c> is 50; digits past the third are dropped.</summary>
    public static long Fraction(ReadOnlySpan<char> digits)
    {
        long value = 0;
        for (var i = 0; i < 3; i++)
            value = value * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        return value;
    }
}
