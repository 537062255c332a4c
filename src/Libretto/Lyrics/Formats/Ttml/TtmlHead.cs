using System.Xml.Linq;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// The head of a TTML file: title, singers, and translations and romanizations by the keys of their lines, where players look for them
/// (Apple's <c>iTunesMetadata</c>). Within a line they would be taken for words of it.
/// </summary>
internal static class TtmlHead
{
    public static readonly XNamespace Apple = "http://music.apple.com/lyric-ttml-internal";

    /// <summary>The head; null where there is nothing to say.</summary>
    /// <param name="document">The song.</param>
    /// <param name="lines">Its lines that are paragraphs, each with its key.</param>
    public static object[]? Of(LyricsDocument document, IReadOnlyList<(string Key, LyricsLine Line)> lines)
    {
        var (title, artist) = (WordText.Clean(document.Title), WordText.Clean(document.Artist));
        var hasVoices = document.Lines.Any(line => line.Voice is not null);
        List<XElement> items =
        [
            .. title.Length > 0 ? [new XElement(TtmlFormat.Metadata + "title", title)] : Array.Empty<XElement>(),
            .. artist.Length > 0 || hasVoices ? [Agent("v1", "person", artist)] : Array.Empty<XElement>(),
            .. hasVoices ? [Agent("v2", "person", ""), Agent("v1000", "group", "")] : Array.Empty<XElement>(),
            .. Tracks(document, lines),
        ];
        return items.Count == 0 ? null :
        [
            "\n  ",
            new XElement(TtmlFormat.Tt + "head", "\n    ",
                new XElement(TtmlFormat.Tt + "metadata", items.SelectMany(item => new object[] { "\n      ", item }), "\n    "),
                "\n  "),
        ];
    }

    private static XElement Agent(string id, string type, string name) => new(
        TtmlFormat.Metadata + "agent", new XAttribute("type", type), new XAttribute(XNamespace.Xml + "id", id),
        name.Length > 0 ? new XElement(TtmlFormat.Metadata + "name", new XAttribute("type", "full"), name) : null);

    private static IEnumerable<XElement> Tracks(LyricsDocument document, IReadOnlyList<(string Key, LyricsLine Line)> lines)
    {
        var translations = lines.Where(line => line.Line.Translation is not null)
            .GroupBy(line => line.Line.Translation!.Language ?? "", line => (line.Key, (object)line.Line.Translation!.Text))
            .Select(track => Track("translation", track.Key, track)).ToList();
        var romanized = lines.Where(line => line.Line.Romanized is not null).Select(line => (line.Key, Romanized(line.Line))).ToList();
        if (translations.Count + romanized.Count == 0)
            yield break;
        // BCP 47's way to say that a language is written in Latin letters.
        var language = WordText.Clean(document.Language) is { Length: > 0 } code ? $"{code}-Latn" : "und-Latn";
        yield return new XElement(Apple + "iTunesMetadata", new XAttribute("xmlns", Apple),
            translations.Count > 0 ? new XElement(Apple + "translations", translations) : null,
            romanized.Count > 0 ? new XElement(Apple + "transliterations", Track("transliteration", language, romanized)) : null);
    }

    /// <summary>Word by word, each at its own time, where there are as many as in the line.</summary>
    private static object Romanized(LyricsLine line) => line.RomanizedWords is { } words
        ? words.SelectMany((word, i) => new object[]
        {
            i > 0 ? " " : "", new XElement(TtmlFormat.Tt + "span", new XAttribute("xmlns", TtmlFormat.Tt),
                TtmlFormat.Times(line.Words[i].Start, line.Words[i].End), word),
        }).ToArray()
        : line.Romanized!;

    private static XElement Track(string name, string language, IEnumerable<(string Key, object Text)> texts) => new(
        Apple + name, language.Length > 0 ? new XAttribute(XNamespace.Xml + "lang", language) : null,
        name == "translation" ? new XAttribute("type", "subtitle") : null,
        texts.Select(text => new XElement(Apple + "text", new XAttribute("for", text.Key), text.Text)));
}
