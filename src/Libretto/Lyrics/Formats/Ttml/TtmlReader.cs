using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// Reads TTML of any namespace: clock, frame, tick and offset times, <c>dur</c>, spans for words or syllables. Times within a
/// paragraph count from the song's start, as lyric programs write them, unless one lies outside its paragraph: then they
/// count from the paragraph's, as the standard has it. Translations and transliterations are left out. No document type
/// is accepted and nothing outside the file is read.
/// </summary>
internal static partial class TtmlReader
{
    private const int LongestFile = 32 * 1024 * 1024;

    public static LyricsDocument Read(string text)
    {
        var root = Parse(text);
        if (root.Name.LocalName != "tt")
            throw LyricsFormatException.NotThisFormat("TTML", $"its root is <{root.Name.LocalName}>, not <tt>.");
        var clock = new TtmlClock(root);
        var paragraphs = root.Descendants().Where(element => element.Name.LocalName == "p").ToList();
        var body = root.Elements().FirstOrDefault(element => element.Name.LocalName == "body");
        var document = paragraphs.Count == 0 || paragraphs.Any(IsTimed)
            ? DocumentBuilder.Build(Drafts(paragraphs, clock), body is null ? null : clock.Read(body, "dur"))
            : DocumentBuilder.Untimed(paragraphs.Select(paragraph => string.Concat(Texts(paragraph).Select(found => found.Text))));
        return document with
        {
            Title = Text(root, "title"),
            Artist = Text(root, "name"),
            Language = root.Attribute(XNamespace.Xml + "lang")?.Value is { Length: > 0 } language ? WordText.Clean(language) : null,
        };
    }

    private static XElement Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LongestFile,
        };
        try
        {
            using var reader = XmlReader.Create(new StringReader(text.TrimStart('\uFEFF').TrimStart()), settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Root!;
        }
        catch (XmlException exception)
        {
            throw LyricsFormatException.Broken("TTML", Math.Max(1, exception.LineNumber), exception.Message, exception);
        }
    }

    private static List<LineDraft> Drafts(List<XElement> paragraphs, TtmlClock clock)
    {
        var drafts = paragraphs.Select(paragraph => Draft(paragraph, clock)).Where(draft => !draft.IsBlank).ToList();
        var relative = drafts.Any(draft => draft.Pieces.Any(piece => piece.Start < draft.Start || piece.End > draft.End));
        return relative ? [.. drafts.Select(FromParagraph)] : drafts;
    }

    private static LineDraft Draft(XElement paragraph, TtmlClock clock)
    {
        var pieces = new List<TextPiece>();
        foreach (var (text, timed) in Texts(paragraph))
            pieces.Add(timed is null ? new TextPiece(text) : new TextPiece(text, clock.Read(timed, "begin"), clock.End(timed)));
        var start = clock.Read(paragraph, "begin") ?? pieces.Select(piece => piece.Start).FirstOrDefault(time => time is not null);
        if (start is null && !string.IsNullOrWhiteSpace(string.Concat(pieces.Select(piece => piece.Text))))
            throw LyricsFormatException.Broken("TTML", TtmlClock.LineOf(paragraph), "a paragraph with text has no begin.");
        return new LineDraft(start ?? 0, clock.End(paragraph) ?? pieces.Max(piece => piece.End), pieces);
    }

    private static LineDraft FromParagraph(LineDraft draft) => draft with
    {
        Pieces = [.. draft.Pieces.Select(piece => piece with { Start = piece.Start + draft.Start, End = piece.End + draft.Start })],
    };

    /// <summary>The texts of a paragraph, each with the innermost element within the paragraph that has a begin.</summary>
    private static IEnumerable<(string Text, XElement? Timed)> Texts(XElement paragraph)
    {
        foreach (var node in paragraph.DescendantNodes())
        {
            if (node is XElement { Name.LocalName: "br" })
                yield return (" ", null);
            if (node is not XText text)
                continue;
            var within = text.Ancestors().TakeWhile(element => element != paragraph).ToList();
            if (!within.Any(IsAside))
                yield return (text.Value, within.FirstOrDefault(element => element.Attribute("begin") is not null));
        }
    }

    private static bool IsAside(XElement element) =>
        element.Name.NamespaceName.EndsWith("#metadata", StringComparison.Ordinal)
        || element.Attributes().Any(attribute => attribute.Name.LocalName == "role" && attribute.Value is "x-translation" or "x-roman");

    private static bool IsTimed(XElement paragraph) =>
        paragraph.DescendantsAndSelf().Any(element => element.Attribute("begin") is not null);

    private static string? Text(XElement root, string name)
    {
        var found = root.Descendants().FirstOrDefault(element =>
            element.Name.LocalName == name && element.Name.NamespaceName.EndsWith("#metadata", StringComparison.Ordinal));
        return WordText.Clean(found?.Value) is { Length: > 0 } text ? text : null;
    }

    /// <summary>Reads times by the file's frame and tick rates.</summary>
    private sealed class TtmlClock(XElement root)
    {
        private readonly double _frameRate = Rate(root, "frameRate") ?? 30;
        private readonly double _tickRate = Rate(root, "tickRate") ?? Rate(root, "frameRate") ?? 1;

        public long? End(XElement element) => Read(element, "end") ?? Read(element, "begin") + Read(element, "dur");

        public long? Read(XElement element, string name)
        {
            var text = element.Attribute(name)?.Value.Trim();
            if (string.IsNullOrEmpty(text))
                return null;
            if (ClockTime().Match(text) is { Success: true } clock)
            {
                return Milliseconds.From(Number(clock, "h") * 3600 + Number(clock, "m") * 60 + Number(clock, "s") + Number(clock, "f") / _frameRate);
            }
            if (OffsetTime().Match(text) is { Success: true } offset)
                return Milliseconds.From(Number(offset, "n") * Unit(offset.Groups["u"].Value));
            throw LyricsFormatException.Broken("TTML", LineOf(element), $"{name}=\"{text}\" is not a time such as 00:01:23.450 or 83.45s.");
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
    }

    [GeneratedRegex(@"^(?:(?<h>[0-9]{1,4}):)?(?<m>[0-9]{1,3}):(?<s>[0-9]{1,2}(?:\.[0-9]+)?)(?::(?<f>[0-9]+(?:\.[0-9]+)?))?$")]
    private static partial Regex ClockTime();

    [GeneratedRegex(@"^(?<n>[0-9]{1,12}(?:\.[0-9]+)?)(?<u>h|m|s|ms|f|t)?$")]
    private static partial Regex OffsetTime();
}
