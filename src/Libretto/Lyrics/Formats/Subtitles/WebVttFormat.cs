using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Formats.Ttml;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

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

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
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
        FormatLimits.Tell(document, Holds.Overlaps, notices);
        return vtt.ToString();
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null)
    {
        var lines = FormatText.Lines(text.TrimStart('\uFEFF', '\n', '\r', ' '));
        var cues = CueReader.Read(lines, notices);
        if (cues.Count == 0 && Array.FindIndex(lines, line => line.Contains("-->", StringComparison.Ordinal)) is >= 0 and var broken)
            throw LyricsFormatException.Broken("WebVTT", broken + 1, "no cue of the file has times such as 00:00:01.200 --> 00:00:03.410.");
        if (!Header().IsMatch(lines[0]))
        {
            if (cues.Count == 0)
                throw LyricsFormatException.Broken("WebVTT", 1, "the file does not begin with WEBVTT.");
            notices?.Add("the file does not begin with WEBVTT; it is read all the same");
        }
        var rolling = cues.Any(cue => cue.Lines.Any(line => line.Contains("<c>", StringComparison.Ordinal) && InnerTime().IsMatch(line)));
        // Where words have times, the first of a cue has the cue's.
        var timed = cues.Any(cue => cue.Lines.Any(InnerTime().IsMatch));
        var voices = new VttVoices(notices);
        return DocumentBuilder.Build(
            CueReader.Merge((rolling ? VttRolling.New(cues, PlainText) : cues).Select(cue => Draft(cue, timed, voices, notices)), notices),
            null, notices);
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
            var text = line.Words.Count == 1 ? Headings.Protect(word.Text) : word.Text;
            vtt.Append(text.Replace("&", "&amp;", StringComparison.Ordinal)
                .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal));
            before = word.Text;
        }
    }

    private static LineDraft Draft(Cue cue, bool timed, VttVoices voices, LyricsNotices? notices)
    {
        var text = string.Join(' ', cue.Lines.Where(line => !string.IsNullOrWhiteSpace(line)));
        var plain = Reading().Replace(text, "");
        if (plain.Length < text.Length)
            notices?.Add(TtmlReader.RubyLeftOut);
        text = plain;
        var voice = VoiceTag().Match(text) is { Success: true } named ? voices.Of(named.Groups[1].Value, cue.LineNumber)
            : (LyricsVoice?)null;
        var pieces = new List<TextPiece>();
        long? start = timed ? cue.Start : null;
        var from = 0;
        foreach (Match tag in InnerTime().Matches(text))
        {
            if (CueReader.Time(tag.Groups[1].Value) is not { } time)
                continue;
            pieces.Add(Piece(text[from..tag.Index], start));
            start = time;
            from = tag.Index + tag.Length;
        }
        pieces.Add(Piece(text[from..], start));
        return new LineDraft(cue.Start, cue.End, pieces) { Voice = voice, LineNumber = cue.LineNumber, HasCueTimes = true };
    }

    private static TextPiece Piece(string markup, long? start) => new(PlainText(markup), start);

    private static string PlainText(string markup) => WebUtility.HtmlDecode(Tag().Replace(markup, ""));

    [GeneratedRegex(@"<v(?:\.[^<>\s]*)?\s+([^<>]+)>")]
    private static partial Regex VoiceTag();

    [GeneratedRegex(@"^WEBVTT(\s|$)")]
    private static partial Regex Header();

    [GeneratedRegex(@"<([0-9][0-9:.]*)>")]
    private static partial Regex InnerTime();

    [GeneratedRegex(@"<r[tp]>.*?(?:</r[tp]>|(?=<r[tp]>|</ruby>)|$)", RegexOptions.Singleline)]
    private static partial Regex Reading();

    [GeneratedRegex(@"<[^<>]*>")]
    private static partial Regex Tag();
}
