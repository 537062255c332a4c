using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// TTML as lyric players use it: a paragraph a line, a span a word, all times from the song's start. Holds title, artist,
/// language, length and, to 1 ms, the start and end of every word. <see cref="TtmlReader"/> says what is read.
/// </summary>
internal sealed class TtmlFormat : ILyricsFormat
{
    public static readonly XNamespace Tt = "http://www.w3.org/ns/ttml";
    public static readonly XNamespace Metadata = "http://www.w3.org/ns/ttml#metadata";
    private const string Apple = "http://music.apple.com/lyric-ttml-internal";

    public string Name => "ttml";

    public string Extension => ".ttml";

    public string MediaType => "application/ttml+xml";

    public string Keeps => "title, artist, language, length; every word to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document)
    {
        var lines = FormatText.SungLines(document, Name);
        var root = new XElement(Tt + "tt",
            new XAttribute(XNamespace.Xmlns + "ttm", Metadata),
            new XAttribute(XNamespace.Xmlns + "itunes", Apple),
            new XAttribute(XName.Get("timing", Apple), "Word"),
            new XAttribute(XNamespace.Xml + "lang", WordText.Clean(document.Language)),
            Head(WordText.Clean(document.Title), WordText.Clean(document.Artist)),
            "\n  ",
            new XElement(Tt + "body", new XAttribute("dur", Clock(document.Duration)),
                "\n    ", new XElement(Tt + "div", lines.Select(line => new object[] { "\n      ", Paragraph(line) }), "\n    "), "\n  "),
            "\n");
        return "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + Serialize(root) + "\n";
    }

    public LyricsDocument Read(string text) => TtmlReader.Read(text);

    private static object[]? Head(string title, string artist) => title.Length + artist.Length == 0 ? null :
    [
        "\n  ",
        new XElement(Tt + "head", "\n    ",
            new XElement(Tt + "metadata",
                title.Length > 0 ? new object[] { "\n      ", new XElement(Metadata + "title", title) } : null,
                artist.Length > 0
                    ? new object[]
                    {
                        "\n      ",
                        new XElement(Metadata + "agent", new XAttribute("type", "person"), new XAttribute(XNamespace.Xml + "id", "v1"),
                            new XElement(Metadata + "name", new XAttribute("type", "full"), artist)),
                    }
                    : null,
                "\n    "),
            "\n  "),
    ];

    private static XElement Paragraph(LyricsLine line)
    {
        var paragraph = new XElement(Tt + "p", new XAttribute("begin", Clock(line.Start)), new XAttribute("end", Clock(line.End)));
        var before = "";
        foreach (var word in line.Words)
        {
            if (WordJoiner.NeedsSpace(before, word.Text))
                paragraph.Add(" ");
            paragraph.Add(new XElement(Tt + "span",
                new XAttribute("begin", Clock(word.Start)), new XAttribute("end", Clock(word.End)), word.Text));
            before = word.Text;
        }
        return paragraph;
    }

    private static string Serialize(XElement root)
    {
        var xml = new StringBuilder();
        using (var writer = XmlWriter.Create(xml, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineChars = "\n" }))
            root.WriteTo(writer);
        return xml.ToString();
    }

    private static string Clock(double seconds) => Milliseconds.Clock(Milliseconds.From(seconds));
}
