using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

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

    public string Write(LyricsDocument document)
    {
        var srt = new StringBuilder();
        var number = 0;
        foreach (var line in FormatText.SungLines(document, Name))
        {
            srt.Append(CultureInfo.InvariantCulture, $"{++number}\n")
                .Append(Milliseconds.Clock(Milliseconds.From(line.Start), ',')).Append(" --> ")
                .Append(Milliseconds.Clock(Milliseconds.From(line.End), ',')).Append('\n')
                .Append(FormatText.Protect(line.Text, LooksLikeTag())).Append("\n\n");
        }
        return srt.ToString();
    }

    public LyricsDocument Read(string text)
    {
        var lines = FormatText.Lines(text);
        var cues = CueReader.Read(lines, "SubRip");
        var stray = Array.FindIndex(lines, line => !string.IsNullOrWhiteSpace(line));
        if (cues.Count == 0 && stray >= 0)
            throw LyricsFormatException.Broken("SubRip", stray + 1, "the file has no times such as 00:00:01,200 --> 00:00:03,410.");
        return DocumentBuilder.Build(CueReader.Merge(cues.Select(Draft)));
    }

    private static LineDraft Draft(Cue cue) => new(cue.Start, cue.End,
        [new TextPiece(FormatText.Unguard(StyleTag().Replace(string.Join(' ', cue.Lines), ""), LooksLikeTag()))]);

    [GeneratedRegex(@"(?<=<\u2060*)(?=[A-Za-z/!?])|(?<=\{\u2060*)(?=[^\u2060])|(?<=\{\u2060*)$|(?<=--\u2060*)(?=>)")]
    private static partial Regex LooksLikeTag();

    [GeneratedRegex(@"</?[A-Za-z][^<>]*>|\{[\\][^{}]*\}")]
    private static partial Regex StyleTag();
}
