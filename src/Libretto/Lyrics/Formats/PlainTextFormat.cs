using System.Text;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats;

/// <summary>
/// Plain text, a line of the song a line, headings in brackets, a blank line before a stanza. Holds the words and the lines, no times: what
/// is read back is a document whose
/// <see cref="LyricsDocument.IsTimed"/> is false. Lines that are given but not sung are written too.
/// </summary>
internal sealed class PlainTextFormat : ILyricsFormat
{
    public string Name => "txt";

    public string Extension => ".txt";

    public string MediaType => "text/plain";

    public string Keeps => "words and lines, no times";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(document);
        document = DocumentRules.Normalize(document);
        FormatLimits.Tell(document, Holds.Overlaps | Holds.Sections | Holds.Unsung, notices);
        var text = Written(document, Headings.Protect);
        // Lines that look like another format's stay what they are behind a mark, as headings do.
        return FormatDetector.IsPlainText(text) ? text : Written(document, Headings.Guarded);
    }

    private static string Written(LyricsDocument document, Func<string, string> protect)
    {
        var sections = document.Sections?.ToLookup(section => section.Line, section => section.Name);
        var text = new StringBuilder();
        for (var i = 0; i <= document.Lines.Count; i++)
        {
            var headings = sections?[i].ToList() ?? [];
            if (text.Length > 0 && (headings.Count > 0 || (i < document.Lines.Count && document.Lines[i].Stanza == true)))
                text.Append('\n');
            foreach (var name in headings)
                text.Append('[').Append(name.Trim('[', ']')).Append("]\n");
            if (i < document.Lines.Count)
                text.Append(protect(document.Lines[i].Text)).Append('\n');
        }
        return text.ToString();
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => DocumentBuilder.Untimed(FormatText.Lines(text));
}
