using System.Globalization;
using System.Text;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// Advanced SubStation Alpha with karaoke: <c>\kf</c> fills a word while it is sung, <c>\k</c> waits between words. For players
/// and for ffmpeg's <c>ass</c> filter; <see cref="AssReader"/> reads it. Times are right to 10 ms, without drift along a line, as each tag
/// is the
/// difference of rounded times. Braces become their wide twins and a word joiner disarms backslashes: the format has no
/// escape that every player knows.
/// </summary>
internal sealed class AssFormat : ILyricsFormat
{
    private const string StyleFields =
        "Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, " +
        "StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding";

    public string Name => "ass";

    public string Extension => ".ass";

    public string MediaType => "text/x-ssa";

    public string Keeps => "title; starts and ends of words to 10 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        var lines = FormatText.SungLines(document, Name);
        FormatLimits.Tell(document, Holds.Overlaps, notices);
        var title = WordText.Clean(document.Title);
        var ass = new StringBuilder($"""
            [Script Info]
            Title: {(title.Length > 0 ? title : "Lyrics")}
            ScriptType: v4.00+
            WrapStyle: 0
            ScaledBorderAndShadow: yes
            PlayResX: 1280
            PlayResY: 720

            [V4+ Styles]
            Format: {StyleFields}
            Style: Karaoke,Arial,60,&H0000C8FF,&H00FFFFFF,&H00202020,&H80000000,-1,0,0,0,100,100,0,0,1,3,1,2,60,60,60,1

            [Events]
            Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text

            """.ReplaceLineEndings("\n"));
        foreach (var line in lines)
        {
            var start = AssText.Hundredths(line.Start);
            ass.Append("Dialogue: 0,").Append(AssText.Clock(start)).Append(',').Append(AssText.Clock(AssText.Hundredths(line.End)))
                .Append(",Karaoke,,0,0,0,,");
            AppendWords(ass, line, start);
            ass.Append('\n');
        }
        return ass.ToString();
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null) => AssReader.Read(text, notices);

    private static void AppendWords(StringBuilder ass, LyricsLine line, long start)
    {
        var filled = start;
        var before = "";
        foreach (var word in line.Words)
        {
            var from = Math.Max(filled, AssText.Hundredths(word.Start));
            var to = Math.Max(from, AssText.Hundredths(word.End));
            var space = WordJoiner.NeedsSpace(before, word.Text) ? " " : "";
            if (from > filled)
                ass.Append(CultureInfo.InvariantCulture, $"{{\\k{from - filled}}}{space}");
            else
                ass.Append(space);
            ass.Append(CultureInfo.InvariantCulture, $"{{\\kf{to - from}}}").Append(AssText.Escape(word.Text));
            filled = to;
            before = word.Text;
        }
    }
}
