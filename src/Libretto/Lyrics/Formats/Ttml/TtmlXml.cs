using System.Net;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Ttml;

/// <summary>
/// Loads the XML of a TTML file: no document type, nothing from outside, no deeper than any lyrics are; a stray ampersand is mended.
/// </summary>
internal static partial class TtmlXml
{
    private const int Deepest = 64;

    public static XElement Load(string text, LyricsNotices? notices)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.TrimStart('\uFEFF').TrimStart();
        try
        {
            return Parse(text);
        }
        catch (XmlException exception)
        {
            if (DocumentType().Match(text) is { Success: true } type)
                throw LyricsFormatException.Broken(
                    "TTML", text.AsSpan(0, type.Index).Count('\n') + 1,
                    "it has a document type (<!DOCTYPE …>), which is not read, for it can hide other text. Take it out.", exception);
            var mended = Entity().Replace(text, Mend);
            if (mended == text)
                throw Broken(exception);
            try
            {
                var root = Parse(mended);
                notices?.Add("an & stands in the text by itself, or in a name that XML does not know; it was read as people mean it",
                    Math.Max(1, exception.LineNumber));
                return root;
            }
            catch (XmlException again)
            {
                throw Broken(again);
            }
        }
    }

    private static XElement Parse(string text)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LyricsReader.LargestFile,
            CheckCharacters = false,
        };
        using (var depth = XmlReader.Create(new StringReader(text), settings))
        {
            while (depth.Read())
            {
                if (depth.Depth > Deepest)
                    throw LyricsFormatException.Broken("TTML", ((IXmlLineInfo)depth).LineNumber,
                        "its elements lie within each other deeper than those of any lyrics.");
            }
        }
        using var reader = XmlReader.Create(new StringReader(text), settings);
        return XDocument.Load(reader, LoadOptions.SetLineInfo | LoadOptions.PreserveWhitespace).Root!;
    }

    private static LyricsFormatException Broken(XmlException exception) => LyricsFormatException.Broken(
        "TTML", Math.Max(1, exception.LineNumber),
        $"its XML is broken at column {Math.Max(1, exception.LinePosition)}: a tag or a quotation mark is missing there, or it is no XML " +
            $"at all.", exception);

    private static string Mend(Match match) => match.Value switch
    {
        "&amp;" or "&lt;" or "&gt;" or "&quot;" or "&apos;" => match.Value,
        "&" => "&amp;",
        _ when match.Value.StartsWith("&#", StringComparison.Ordinal) => match.Value,
        _ when WebUtility.HtmlDecode(match.Value) is var decoded && decoded != match.Value => decoded,
        _ => "&amp;" + match.Value[1..],
    };

    [GeneratedRegex(@"&(?:#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z][A-Za-z0-9]{1,30};)?")]
    private static partial Regex Entity();

    [GeneratedRegex(@"<!DOCTYPE", RegexOptions.IgnoreCase)]
    private static partial Regex DocumentType();
}
