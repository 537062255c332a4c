using System.Xml.Linq;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>Translations and romanizations: within a line, as AMLL writes them, or in the head by the line's key, as Apple does.</summary>
internal sealed class TtmlTranslations
{
    private readonly Dictionary<string, LyricsTranslation> _translations = [];
    private readonly Dictionary<string, string> _romanized = [];

    public TtmlTranslations(XElement root)
    {
        foreach (var track in root.Descendants().Where(element => element.Name.LocalName is "translation" or "transliteration"))
        {
            var language = Language(track);
            foreach (var text in track.Elements().Where(element => element.Name.LocalName == "text"))
            {
                if (text.Attribute("for")?.Value is not { } key || WordText.Clean(text.Value) is not { Length: > 0 } clean)
                    continue;
                if (track.Name.LocalName == "translation")
                    _translations.TryAdd(key, new LyricsTranslation(language, clean));
                else
                    _romanized.TryAdd(key, clean);
            }
        }
    }

    public LyricsTranslation? TranslationOf(XElement paragraph) =>
        Own(paragraph, "x-translation") is { } own && WordText.Clean(own.Value) is { Length: > 0 } text
            ? new LyricsTranslation(Language(own), text)
            : KeyOf(paragraph) is { } key ? _translations.GetValueOrDefault(key) : null;

    public string? RomanizedOf(XElement paragraph) =>
        Own(paragraph, "x-roman") is { } own && WordText.Clean(own.Value) is { Length: > 0 } text
            ? text
            : KeyOf(paragraph) is { } key ? _romanized.GetValueOrDefault(key) : null;

    private static XElement? Own(XElement paragraph, string role) => paragraph.Elements().FirstOrDefault(element =>
        element.Attributes().Any(attribute => attribute.Name.LocalName == "role" &&
            attribute.Value.StartsWith(role, StringComparison.Ordinal)));

    private static string? KeyOf(XElement paragraph) =>
        paragraph.Attributes().FirstOrDefault(attribute => attribute.Name.LocalName == "key")?.Value;

    private static string? Language(XElement element) =>
        WordText.Clean(element.Attribute(XNamespace.Xml + "lang")?.Value) is { Length: > 0 } code ? code : null;
}
