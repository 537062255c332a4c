using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// WebVTT, a line of the song a cue, with the start of each further word as a time within it. Holds text and, to 1 ms, the
/// starts and ends of lines and the starts of words; pauses between the words of a line are not held. The song ends with its last line.
/// Reads the rolling captions that yt-dlp fetches from YouTube too, where each cue repeats the line before.
/// </summary>
internal sealed partial class WebVttFormat : ILyricsFormat
{
    public string Name => "vtt";

    public string Extension => ".vtt";

    public string MediaType => "text/vtt";

    public string Keeps => "lines and starts of words to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document)
    {
        var vtt = new StringBuilder("WEBVTT\n");
        foreach (var line in FormatText.SungLines(document, Name))
        {
            var start = Milliseconds.From(line.Start);
            var end = Milliseconds.From(line.End);
            vtt.Append('\n').Append(Milliseconds.Clock(start)).Append(" --> ").Append(Milliseconds.Clock(end)).Append('\n');
            AppendWords(vtt, line, start, end);
            vtt.Append('\n');
        }
        return vtt.ToString();
    }

    public LyricsDocument Read(string text)
    {
        var lines = FormatText.Lines(text);
        if (!Header().IsMatch(lines[0]))
            throw LyricsFormatException.Broken("WebVTT", 1, "the file does not begin with WEBVTT.");
        var cues = CueReader.Read(lines, "WebVTT");
        var rolling = cues.Any(cue => cue.Lines.Any(line => line.Contains("<c>", StringComparison.Ordinal) && InnerTime().IsMatch(line)));
        // Where words have times, the first of a cue has the cue's.
        var timed = cues.Any(cue => cue.Lines.Any(InnerTime().IsMatch));
        return DocumentBuilder.Build(CueReader.Merge(cues.Select(cue => Draft(cue, rolling, timed))));
    }

    private static void AppendWords(StringBuilder vtt, LyricsLine line, long start, long end)
    {
        var before = "";
        var last = start;
        foreach (var word in line.Words)
        {
            vtt.Append(WordJoiner.NeedsSpace(before, word.Text) ? " " : "");
            // The standard wants inner times to rise strictly within the cue.
            if (Milliseconds.From(word.Start) is var at && at > last && at < end)
            {
                vtt.Append('<').Append(Milliseconds.Clock(at)).Append('>');
                last = at;
            }
            vtt.Append(word.Text.Replace("&", "&amp;", StringComparison.Ordinal)
                .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal));
            before = word.Text;
        }
    }

    private static LineDraft Draft(Cue cue, bool rolling, bool timed)
    {
        // Only the line with times in it is new in a rolling caption; a cue without any repeats what was there.
        var lines = rolling ? cue.Lines.Where(line => InnerTime().IsMatch(line)) : cue.Lines;
        var text = string.Join(' ', lines);
        var pieces = new List<TextPiece>();
        long? start = timed ? cue.Start : null;
        var from = 0;
        foreach (Match tag in InnerTime().Matches(text))
        {
            pieces.Add(Piece(text[from..tag.Index], start));
            start = CueReader.Time(tag.Groups[1].Value, "WebVTT", cue.LineNumber);
            from = tag.Index + tag.Length;
        }
        pieces.Add(Piece(text[from..], start));
        return new LineDraft(cue.Start, cue.End, pieces);
    }

    private static TextPiece Piece(string markup, long? start) => new(WebUtility.HtmlDecode(Tag().Replace(markup, "")), start);

    [GeneratedRegex(@"^WEBVTT(\s|$)")]
    private static partial Regex Header();

    [GeneratedRegex(@"<([0-9][0-9:.]*)>")]
    private static partial Regex InnerTime();

    [GeneratedRegex(@"<[^<>]*>")]
    private static partial Regex Tag();
}
