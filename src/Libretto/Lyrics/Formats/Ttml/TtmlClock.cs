using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>Reads the times of TTML by the file's frame and tick rates.</summary>
internal sealed partial class TtmlClock(XElement root, LyricsNotices? notices)
{
    private readonly Dictionary<string, long?> _known = new(StringComparer.Ordinal);
    private readonly double _frameRate = Rate(root, "frameRate") ?? 30;
    private readonly double _tickRate = Rate(root, "tickRate") ?? Rate(root, "frameRate") ?? 1;

    public long? Begin(XElement element) => Read(element, "begin");

    public long? End(XElement element) => Read(element, "end") ?? Read(element, "begin") + Read(element, "dur");

    /// <summary>Milliseconds; null where there is none, and where it is no time, which is told.</summary>
    public long? Read(XElement element, string name)
    {
        var text = element.Attribute(name)?.Value.Trim();
        if (string.IsNullOrEmpty(text) || text == "indefinite")
            return null;
        // Each is looked at several times, and the same ones come again.
        if (!_known.TryGetValue(text, out var time))
            _known[text] = time = Parse(text);
        if (time is not null)
            return time;
        notices?.Add($"{name}=\"{text[..Math.Min(text.Length, 30)]}\" is not a time such as 00:01:23.450 or 83.45s; it was left out",
            LineOf(element));
        return null;
    }

    private long? Parse(string text)
    {
        if (ClockTime().Match(text) is { Success: true } clock)
            return Milliseconds.From(Number(clock, "h") * 3600 + Number(clock, "m") * 60 + Number(clock, "s") +
                Number(clock, "f") / _frameRate);
        return OffsetTime().Match(text) is { Success: true } offset
            ? Milliseconds.From(Number(offset, "n") * Unit(offset.Groups["u"].Value))
            : null;
    }

    public static int LineOf(XElement element) => Math.Max(1, ((IXmlLineInfo)element).LineNumber);

    private double Unit(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "ms" => 0.001,
        "f" => 1 / _frameRate,
        "t" => 1 / _tickRate,
        _ => 1,
    };

    private static double? Rate(XElement root, string name) =>
        root.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == name)?.Value is { } text
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var rate) && rate > 0 ? rate : null;

    private static double Number(Match match, string group) =>
        match.Groups[group].Success ? double.Parse(match.Groups[group].Value, NumberStyles.Float, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"^(?:(?<h>[0-9]{1,4}):)?(?<m>[0-9]{1,3}):(?<s>[0-9]{1,2}(?:[.][0-9]{1,9})?)(?::(?<f>[0-9]{1,9}(?:\.[0-9]{1,9})?))?$")]
    private static partial Regex ClockTime();

    [GeneratedRegex(@"^(?<n>[0-9]{1,12}(?:\.[0-9]{1,9})?)(?<u>h|m|s|ms|f|t)?$")]
    private static partial Regex OffsetTime();
}
