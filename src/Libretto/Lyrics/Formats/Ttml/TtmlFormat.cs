using System.Text;
using System.Xml;
using System.Xml.Linq;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// TTML as lyric players use it: a paragraph a line, a span a word, all times from the song's start. Holds title, artist,
/// language, length and, to 1 ms, the start and end of every word. <see cref="TtmlReader"/> says what is read.
/// </summary>
internal sealed class TtmlFormat : ILyricsFormat
{
    public static readonly XNamespace Tt = "http://www.w3.org/ns/ttml";
    public static readonly XNamespace Metadata = "http://www.w3.org/ns/ttml#metadata";

    public string Name => "ttml";

    public string Extension => ".ttml";

    public string MediaType => "application/ttml+xml";

    public string Keeps => "title, artist, language, length, voices, sections, translations; every word to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        document = DocumentRules.Normalize(document);
        var lines = FormatText.SungLines(document, Name).ToList();
        FormatLimits.Tell(document, Holds.Overlaps | Holds.Voices | Holds.Translations | Holds.Sections, notices);
        var keys = new Dictionary<LyricsLine, string>(ReferenceEqualityComparer.Instance);
        var divisions = Divisions(document, lines, keys);
        var root = new XElement(Tt + "tt",
            new XAttribute(XNamespace.Xmlns + "ttm", Metadata),
            new XAttribute(XNamespace.Xmlns + "itunes", TtmlHead.Apple),
            new XAttribute(TtmlHead.Apple + "timing", "Word"),
            new XAttribute(XNamespace.Xml + "lang", WordText.Clean(document.Language)),
            TtmlHead.Of(document, [.. lines.Where(keys.ContainsKey).Select(line => (keys[line], line))]),
            "\n  ",
            new XElement(Tt + "body", new XAttribute("dur", Clock(document.Duration)), divisions, "\n  "),
            "\n");
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Serialize(root) + "\n";
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => TtmlReader.Read(text, notices);

    /// <summary>
    /// A division for each part of the song and each stanza; backgrounds within the line before them that the same voice sings.
    /// </summary>
    /// <param name="document">The song.</param>
    /// <param name="lines">Its lines that are sung.</param>
    /// <param name="keys">Receives the key of each line that becomes a paragraph.</param>
    private static List<object> Divisions(LyricsDocument document, List<LyricsLine> lines, Dictionary<LyricsLine, string> keys)
    {
        var parts = document.Sections?.ToLookup(section => section.Line, section => section.Name);
        var names = new Dictionary<LyricsLine, string>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < document.Lines.Count; i++)
            if (parts?[i].LastOrDefault() is { } heading)
                names[document.Lines[i]] = heading;

        var division = new XElement(Tt + "div");
        List<object> content = ["\n    ", division];
        XElement? paragraph = null;
        LyricsLine? main = null;
        var count = 0;
        foreach (var line in lines)
        {
            if (line.Background == true && paragraph is not null && (main!.Voice ?? LyricsVoice.First) == (line.Voice ?? main.Voice
                ?? LyricsVoice.First))
            {
                var behind = new XElement(Tt + "span", new XAttribute(Metadata + "role", "x-bg"), Times(line.Start, line.End));
                if (line.Translation is not null || line.Romanized is not null)
                    behind.Add(new XAttribute(TtmlHead.Apple + "key", keys[line] = $"{keys[main!]}b{keys.Count}"));
                paragraph.Add(Words(behind, line));
                continue;
            }
            var name = names.GetValueOrDefault(line);
            if ((name is not null || line.Stanza == true) && division.HasElements)
            {
                division.Add("\n    ");
                content.AddRange(["\n    ", division = new XElement(Tt + "div")]);
            }
            if (name is not null)
                division.Add(new XAttribute(TtmlHead.Apple + "songPart", name));
            keys[line] = $"L{++count}";
            division.Add("\n      ", paragraph = Paragraph(line, keys[line]));
            main = line;
        }
        division.Add("\n    ");
        return content;
    }

    private static XElement Paragraph(LyricsLine line, string key)
    {
        var paragraph = new XElement(Tt + "p", Times(line.Start, line.End), new XAttribute(TtmlHead.Apple + "key", key));
        if (line.Voice is { } voice)
            paragraph.Add(new XAttribute(Metadata + "agent", voice == LyricsVoice.Both ? "v1000" : $"v{(int)voice}"));
        if (line.Background == true)
            paragraph.Add(new XAttribute(Metadata + "role", "x-bg"));
        return Words(paragraph, line);
    }

    private static XElement Words(XElement element, LyricsLine line)
    {
        var before = "";
        foreach (var word in line.Words)
        {
            if (WordJoiner.NeedsSpace(before, word.Text))
                element.Add(" ");
            if (word.Syllables is { Count: > 1 } syllables && syllables[0].Start == word.Start && syllables[^1].End == word.End)
                element.Add(syllables.Select(syllable => new XElement(Tt + "span", Times(syllable.Start, syllable.End), syllable.Text)));
            else
                element.Add(new XElement(Tt + "span", Times(word.Start, word.End), word.Text));
            before = word.Text;
        }
        return element;
    }

    public static XAttribute[] Times(double start, double end) => [new("begin", Clock(start)), new("end", Clock(end))];

    private static string Serialize(XElement root)
    {
        var xml = new StringBuilder();
        using (var writer = XmlWriter.Create(xml, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineChars = "\n" }))
            root.WriteTo(writer);
        return xml.ToString();
    }

    private static string Clock(double seconds) => Milliseconds.Clock(Milliseconds.From(seconds));
}
