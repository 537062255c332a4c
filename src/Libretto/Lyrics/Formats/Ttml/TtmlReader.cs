using System.Xml.Linq;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// Reads TTML of any namespace, as Apple's, AMLL's and subtitle programs write it: clock, frame, tick and offset times, <c>dur</c>, spans
/// for
/// words or syllables, voices, backgrounds, translations and romanizations in the lines or in the head, parts of the song. Times within a
/// paragraph count from the song's start or from the paragraph's, as most of them fit.
/// </summary>
internal static class TtmlReader
{
    /// <summary>How far a word may begin outside its paragraph, milliseconds: files round.</summary>
    private const long Slack = 60;

    /// <summary>What is said of readings.</summary>
    public const string RubyLeftOut = "readings above the characters (ruby) are left out";

    public static LyricsDocument Read(string text, LyricsNotices? notices)
    {
        var root = TtmlXml.Load(text, notices);
        if (root.Name.LocalName != "tt")
            throw LyricsFormatException.NotThisFormat("TTML", $"its root is <{root.Name.LocalName}>, not <tt>.");
        var clock = new TtmlClock(root, notices);
        var body = root.Elements().FirstOrDefault(element => element.Name.LocalName == "body");
        var paragraphs = (body ?? root).Descendants().Where(element => element.Name.LocalName == "p").ToList();
        var document = paragraphs.Count == 0 || paragraphs.Any(TtmlText.IsTimed)
            ? DocumentBuilder.Build(Drafts(root, paragraphs, clock, notices), body is null ? null : clock.Read(body, "dur"), notices)
            : DocumentBuilder.Untimed(Untimed(paragraphs));
        return document with
        {
            Title = Text(root, "title") ?? MetaOf(root, "musicName"),
            Artist = Text(root, "name") ?? MetaOf(root, "artists"),
            Language = root.Attribute(XNamespace.Xml + "lang")?.Value is { Length: > 0 } language ? WordText.Clean(language) : null,
        };
    }

    private static IEnumerable<string> Untimed(List<XElement> paragraphs)
    {
        XElement? division = null;
        foreach (var paragraph in paragraphs)
        {
            if (division is not null && paragraph.Parent != division)
                yield return "";
            division = paragraph.Parent;
            yield return string.Concat(TtmlText.Of(paragraph, spacesInside: false).Select(found => found.Text));
        }
    }

    private static List<LineDraft> Drafts(XElement root, List<XElement> paragraphs, TtmlClock clock, LyricsNotices? notices)
    {
        var voices = new TtmlVoices(root, paragraphs, notices);
        var other = new TtmlTranslations(root);
        var relative = AreRelative(paragraphs, clock);
        var isInDivision = CountFromDivisions(paragraphs, clock);
        if (paragraphs.Any(TtmlText.HasRuby))
            notices?.Add(RubyLeftOut);
        var drafts = new List<LineDraft>();
        XElement? division = null;
        var end = 0L;
        foreach (var paragraph in paragraphs)
        {
            var spacesInside = TtmlText.HasSpacesInside(paragraph);
            foreach (var (line, isBackground) in TtmlText.Lines(paragraph))
            {
                if (Draft(line, paragraph, spacesInside, isBackground, end) is not { IsBlank: false } draft)
                    continue;
                if (isInDivision && clock.Begin(paragraph) is not null)
                    draft = Later(draft, Divisions(paragraph).Sum(division => clock.Begin(division) ?? 0));
                var begins = !isBackground && paragraph.Parent != division;
                drafts.Add(draft with
                {
                    Voice = voices.Of(paragraph),
                    Background = isBackground ? true : null,
                    Translation = other.TranslationOf(line),
                    Romanized = other.RomanizedOf(line),
                    Stanza = begins && division is not null ? true : null,
                    Section = begins ? SongPart(paragraph.Parent) : null,
                    LineNumber = TtmlClock.LineOf(paragraph),
                });
                if (!isBackground)
                    division = paragraph.Parent;
                end = Math.Max(end, draft.End ?? draft.Start);
            }
        }
        return drafts;

        LineDraft? Draft(XElement line, XElement paragraph, bool spacesInside, bool isBackground, long before)
        {
            var pieces = new List<TextPiece>();
            foreach (var (text, timed) in TtmlText.Of(line, spacesInside))
            {
                var within = timed is null || timed == line && isBackground ? 0 : relative ? TtmlText.Offset(timed, clock) : 0;
                pieces.Add(timed is null || timed == line && isBackground
                    ? new TextPiece(text)
                    : new TextPiece(text, clock.Begin(timed) + within, TtmlText.IsReading(timed) ? null : clock.End(timed) + within));
            }
            if (pieces.All(piece => string.IsNullOrWhiteSpace(piece.Text)))
                return null;
            var offset = isBackground && relative ? TtmlText.Offset(line, clock) : 0;
            var first = pieces.Where(piece => piece.Start is not null && !string.IsNullOrWhiteSpace(piece.Text)).Min(piece => piece.Start);
            var start = clock.Begin(line) + offset ?? first ?? clock.Begin(paragraph);
            if (start is null)
                notices?.Add("the line has no time; it was put after the one before it", TtmlClock.LineOf(paragraph));
            var last = clock.End(line) + offset ?? pieces.Max(piece => piece.End) ?? (isBackground ? clock.End(paragraph) : null);
            if (last < (start ?? before))
            {
                notices?.Add("the line ends before it begins; its end was guessed", TtmlClock.LineOf(paragraph));
                last = null;
            }
            return new LineDraft(start ?? before, last, pieces);
        }
    }

    private static IEnumerable<XElement> Divisions(XElement paragraph) =>
        paragraph.Ancestors().Where(element => element.Name.LocalName is "div" or "body");

    private static LineDraft Later(LineDraft draft, long by) => draft with
    {
        Start = draft.Start + by,
        End = draft.End + by,
        Pieces = [.. draft.Pieces.Select(piece => piece with { Start = piece.Start + by, End = piece.End + by })],
    };

    /// <summary>Whether the times of paragraphs count from the division that they stand in, told in the same way.</summary>
    private static bool CountFromDivisions(List<XElement> paragraphs, TtmlClock clock)
    {
        var votes = 0;
        foreach (var paragraph in paragraphs)
        {
            var division = Divisions(paragraph).FirstOrDefault(one => clock.Begin(one) > 0);
            if (division is null || clock.Begin(paragraph) is not { } at)
                continue;
            var begin = clock.Begin(division)!.Value;
            var end = clock.End(division) ?? long.MaxValue / 2;
            var fromSong = at >= begin - Slack && at <= end + Slack;
            var fromDivision = at <= end - begin + Slack;
            votes += fromSong == fromDivision ? 0 : fromDivision ? 1 : -1;
        }
        return votes > 0;
    }

    /// <summary>Whether the times of words count from their paragraph: what most of those say that can only be meant in one way.</summary>
    private static bool AreRelative(List<XElement> paragraphs, TtmlClock clock)
    {
        var votes = 0;
        foreach (var paragraph in paragraphs)
        {
            if (clock.Begin(paragraph) is not { } begin)
                continue;
            var end = clock.End(paragraph) ?? long.MaxValue / 2;
            foreach (var span in paragraph.Descendants().Where(element => !string.IsNullOrWhiteSpace(element.Value)))
            {
                if (span.Attribute("begin") is null || clock.Begin(span) is not { } at)
                    continue;
                var fromSong = at >= begin - Slack && at <= end + Slack;
                var fromParagraph = at <= end - begin + Slack;
                votes += fromSong == fromParagraph ? 0 : fromParagraph ? 1 : -1;
            }
        }
        return votes > 0;
    }

    private static string? SongPart(XElement? division) =>
        division?.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName is "song-part" or "songPart")?.Value;

    private static string? Text(XElement root, string name)
    {
        var found = root.Descendants().FirstOrDefault(element =>
            element.Name.LocalName == name && element.Name.NamespaceName.EndsWith("#metadata", StringComparison.Ordinal));
        return WordText.Clean(found?.Value) is { Length: > 0 } text ? text : null;
    }

    private static string? MetaOf(XElement root, string key)
    {
        var found = root.Descendants().FirstOrDefault(element => element.Name.LocalName == "meta" &&
            element.Attribute("key")?.Value == key);
        return WordText.Clean(found?.Attribute("value")?.Value) is { Length: > 0 } text ? text : null;
    }
}
