using System.Globalization;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>The times of LRC, in all the shapes that programs give them.</summary>
internal static partial class LrcTime
{
    /// <summary>
    /// Milliseconds of <c>mm:ss.xx</c>: hours may come first, one to nine decimals after point, comma or colon; negative times are below 0.
    /// </summary>
    /// <returns>Null when it is none: seconds past 99 are no time.</returns>
    public static long? Read(string text)
    {
        var match = Pattern().Match(text.Trim());
        if (!match.Success)
            return null;
        long Number(string group) => match.Groups[group].Success ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var time = (Number("h") * 3600 + Number("m") * 60 + Number("s")) * 1000 + Milliseconds.Fraction(match.Groups["f"].ValueSpan);
        return match.Groups["minus"].Success ? -time : time;
    }

    /// <summary>Whether a time is written to less than a second; a text's own <c>[3:16]</c> among such times is none of them.</summary>
    public static bool IsExact(string text) => text.Count(character => character is ':' or '.' or ',') > 1;

    [GeneratedRegex(@"^(?<minus>-)?(?:(?<h>[0-9]{1,2}):(?=[0-9]+:[0-9]+[.,]))?(?<m>[0-9]{1,4}):" +
        @"(?<s>[0-9]{1,2})(?:[.,:](?<f>[0-9]{1,9}))?$")]
    private static partial Regex Pattern();
}
