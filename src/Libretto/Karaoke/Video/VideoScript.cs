using System.Globalization;
using System.Text;
using Libretto.Karaoke.Fonts;
using Libretto.Karaoke.Layout;
using Libretto.Lyrics.Formats.Subtitles;

namespace Libretto.Karaoke.Video;

/// <summary>
/// What libass draws over the video: title card, lines filled while they are sung, dots that count down to a line after a pause, a bar
/// that runs through a break. Written for a screen of 1280 x 720, which libass scales.
/// </summary>
internal sealed class VideoScript
{
    private const int Width = 1280, Height = 720, Middle = Width / 2;

    // The room for a line; what libass measures may differ a little from what we do.
    private const double Widest = 1140;

    /// <summary>From here on a stretch without voice is counted down at its end, seconds.</summary>
    public const double CountdownFrom = 4;

    private const double BreakFrom = 8;
    private const int Dots = 3;

    // The title is read in this time, and no longer needed when the first line is looked at.
    private const double LongestTitle = 8, ShortestTitle = 1.5, FirstLineAhead = 3.2;

    // Between a line and the next row's.
    private const int BelowLine = 54;

    private static readonly int[] s_rows = [330, 450, 570, 190];

    private readonly StringBuilder _events = new();
    private readonly KaraokeSong _song;
    private readonly FontSet _fonts;
    private readonly float _em;

    private VideoScript(KaraokeSong song, FontSet fonts)
    {
        _song = song;
        _fonts = fonts;
        // libass takes a size for the height from the highest letter to the lowest, not for the em.
        var (above, below) = fonts.Extent(1);
        _em = 1 / (above + below);
    }

    /// <summary>The script of a song.</summary>
    public static string Write(KaraokeSong song, FontSet fonts, AssStyles styles) => new VideoScript(song, fonts).Write(styles);

    private string Write(AssStyles styles)
    {
        var lines = DisplayLines.Of(_song.Lines, Widest, text => _fonts.Width(text, AssStyles.LineSize * _em));
        var titleEnds = WriteTitle(lines);
        var plan = StagePlan.For(lines, titleEnds);
        foreach (var line in plan.Lines)
            WriteLine(line);
        foreach (var pause in plan.Pauses(CountdownFrom))
            WriteCountdown(pause);
        foreach (var pause in plan.Pauses(BreakFrom).Where(pause => pause.Start > 0))
            WriteBreak(pause);
        if (lines.Count == 0)
            WriteEvent(AssStyles.Artist, titleEnds, _song.Duration,
                $"{{\\an5\\pos({Middle},{Height / 2})\\fad(300,300)}}Nobody was heard to sing here.");
        return $"""
            [Script Info]
            ScriptType: v4.00+
            WrapStyle: 0
            ScaledBorderAndShadow: yes
            PlayResX: {Width}
            PlayResY: {Height}

            {styles.Section}
            [Events]
            Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
            {_events}
            """.ReplaceLineEndings("\n");
    }

    /// <summary>A card before the first line, if there is time for one; else a small one above the lines.</summary>
    /// <returns>When lines may appear.</returns>
    private double WriteTitle(IReadOnlyList<DisplayLine> lines)
    {
        var room = (lines.Count == 0 ? Math.Min(_song.Duration, LongestTitle) : lines[0].Start) - (lines.Count == 0 ? 0 : FirstLineAhead);
        var (title, artist) = (AssText.Escape(_song.Title), AssText.Escape(_song.Artist));
        if (title.Length + artist.Length == 0)
            return 0;
        if (room < ShortestTitle)
        {
            var small = artist.Length == 0 ? title : title.Length == 0 ? artist : $"{title} – {artist}";
            WriteEvent(AssStyles.Artist, 0, Math.Min(_song.Duration, 4), $"{{\\an5\\pos({Middle},90)\\fs36\\fad(0,300)}}{small}");
            return 0;
        }
        var end = Math.Min(room, LongestTitle);
        if (title.Length > 0)
            WriteEvent(AssStyles.Title, 0, end, $"{{\\an5\\pos({Middle},310){Fit(_song.Title, 84)}\\fad(300,300)}}{title}");
        if (artist.Length > 0)
            WriteEvent(AssStyles.Artist, 0, end, $"{{\\an5\\pos({Middle},410){Fit(_song.Artist, 48)}\\fad(300,300)}}{artist}");
        return end;
    }

    private void WriteLine(StagedLine staged)
    {
        var line = staged.Line;
        var start = AssText.Hundredths(staged.Appears);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"{{\\an5\\pos({Middle},{s_rows[staged.Row]}){Fit(line.Text, line.IsBackground ? 44 : AssStyles.LineSize)}");
        text.Append(CultureInfo.InvariantCulture,
            $"\\fad({(line.Start - staged.Appears > 0.5 ? 200 : 0)},{(staged.Goes - line.End > 0.2 ? 150 : 0)})}}");
        AppendFill(text, line, start);
        WriteEvent(AssStyles.Of(line.Voice, line.IsBackground), staged.Appears, staged.Goes, text.ToString());
        if (line.Below is { } below)
            WriteEvent(AssStyles.Below, staged.Appears, staged.Goes,
                $"{{\\an5\\pos({Middle},{s_rows[staged.Row] + BelowLine}){Fit(below, AssStyles.BelowSize)}\\fad(200,150)}}" +
                AssText.Escape(below));
    }

    /// <summary>Each piece fills from its start to its end; each tag is the difference of rounded times, so that none drifts.</summary>
    private static void AppendFill(StringBuilder text, DisplayLine line, long start)
    {
        // libass fills from the left, whatever the direction: words written from right to left change at once.
        var fill = line.IsRightToLeft ? "\\k" : "\\kf";
        var filled = start;
        for (var i = 0; i < line.Pieces.Count; i++)
        {
            var piece = line.Pieces[i];
            var from = Math.Max(filled, AssText.Hundredths(piece.Start));
            var to = Math.Max(from, AssText.Hundredths(piece.End));
            if (from > filled)
                text.Append(CultureInfo.InvariantCulture, $"{{\\k{from - filled}}}");
            if (i > 0)
                text.Append(piece.Gap);
            text.Append(CultureInfo.InvariantCulture, $"{{{fill}{to - from}}}").Append(AssText.Escape(piece.Text));
            filled = to;
        }
    }

    /// <summary>Three dots over the line, of which one goes each second.</summary>
    private void WriteCountdown(Pause pause)
    {
        const string Dot = "m 0 -11 b 6 -11 11 -6 11 0 b 11 6 6 11 0 11 b -6 11 -11 6 -11 0 b -11 -6 -6 -11 0 -11";
        var (x, y) = (Middle - 40 * (Dots - 1) / 2, s_rows[pause.Next.Row] - 72);
        for (var i = 0; i < Dots; i++)
            WriteEvent(
                AssStyles.Mark, pause.End - Dots, pause.End - i,
                string.Create(CultureInfo.InvariantCulture, $"{{\\an7\\pos({x + 40 * i},{y})\\bord2\\shad0\\p1\\fad(120,80)}}{Dot}"));
    }

    private void WriteBreak(Pause pause)
    {
        const int Wide = 520, High = 10, Y = 110, X = Middle - Wide / 2;
        var (start, end) = (pause.Start + 0.8, pause.End - Dots - 0.2);
        var bar = $"m 0 0 l {Wide} 0 {Wide} {High} 0 {High}";
        WriteEvent(AssStyles.Mark, start, end, $"{{\\an7\\pos({X},{Y})\\bord2\\shad0\\1a&HA0&\\p1\\fad(200,200)}}{bar}");
        WriteEvent(AssStyles.Mark, start, end,
            $"{{\\an7\\pos({X},{Y})\\bord0\\shad0\\clip({X},{Y},{X},{Y + High})" +
            $"\\t(\\clip({X},{Y},{X + Wide},{Y + High}))\\p1\\fad(200,200)}}{bar}");
    }

    /// <summary>Less wide, and if that is not enough smaller, where a text has no room in its style's size.</summary>
    private string Fit(string text, float size)
    {
        var width = _fonts.Width(text, size * _em);
        if (width <= Widest)
            return "";
        var scale = Math.Max(0.25, Widest / width);
        return string.Create(CultureInfo.InvariantCulture, $"\\fscx{100 * scale:0}\\fscy{100 * Math.Max(scale, 0.5):0}\\q2");
    }

    private void WriteEvent(string style, double start, double end, string text)
    {
        var (from, to) = (AssText.Hundredths(Math.Max(0, start)), AssText.Hundredths(Math.Min(end, Math.Max(start, _song.Duration))));
        if (to > from)
            _events.Append(CultureInfo.InvariantCulture, $"Dialogue: 0,{AssText.Clock(from)},{AssText.Clock(to)},{style},,0,0,0,,{text}\n");
    }
}
