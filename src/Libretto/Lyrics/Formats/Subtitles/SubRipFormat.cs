using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// SubRip subtitles, a line of the song a cue. Holds text and, to 1 ms, the starts and ends of lines; words are spread over their
/// line when read back. The song ends with its last line. What looks like a style tag is parted by an invisible word joiner, for
/// SubRip has no escapes.
/// </summary>
internal sealed partial class SubRipFormat : ILyricsFormat
{
    public string Name => "srt";

    public string Extension => ".srt";

    public string MediaType => "application/x-subrip";

    public string Keeps => "lines to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        var srt = new StringBuilder();
        var number = 0;
        foreach (var line in FormatText.SungLines(document, Name))
        {
            srt.Append(CultureInfo.InvariantCulture, $"{++number}\n")
                .Append(Milliseconds.Clock(Milliseconds.From(line.Start), ',')).Append(" --> ")
                .Append(Milliseconds.Clock(Milliseconds.From(line.End), ',')).Append('\n')
                .Append(Headings.Protect(FormatText.Protect(line.Text, LooksLikeTag()))).Append("\n\n");
        }
        FormatLimits.Tell(document, Holds.Overlaps, notices);
        return srt.ToString();
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null)
    {
        var lines = FormatText.Lines(text);
        var cues = CueReader.Read(lines, notices);
        var stray = Array.FindIndex(lines, line => !string.IsNullOrWhiteSpace(line));
        if (cues.Count == 0 && stray >= 0)
            throw LyricsFormatException.Broken("SubRip", stray + 1, "the file has no times such as 00:00:01,200 --> 00:00:03,410.");
        return DocumentBuilder.Build(CueReader.Merge(cues.Select(Draft), notices), null, notices);
    }

    private static LineDraft Draft(Cue cue)
    {
        var text = string.Join(' ', cue.Lines.Where(line => !string.IsNullOrWhiteSpace(line)));
        return new LineDraft(cue.Start, cue.End, [new TextPiece(FormatText.Unguard(StyleTag().Replace(text, ""), LooksLikeTag()))])
        {
            LineNumber = cue.LineNumber,
        };
    }

    [GeneratedRegex(@"(?=[A-Za-z/!?])(?<=<\u2060*)|(?=[^\u2060])(?<=\{\u2060*)|$(?<=\{\u2060*)|(?=>)(?<=-\u2060*)")]
    private static partial Regex LooksLikeTag();

    [GeneratedRegex(@"</?[A-Za-z][^<>]*>|\{[\\][^{}]*\}")]
    private static partial Regex StyleTag();
}
