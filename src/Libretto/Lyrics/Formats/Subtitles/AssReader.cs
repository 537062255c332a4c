using System.Globalization;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Subtitles;

/// <summary>
/// Reads Advanced SubStation Alpha: dialogue with <c>\k</c>, <c>\K</c>, <c>\kf</c> and <c>\ko</c> as syllables in hundredths, other tags,
/// drawings
/// and comments passed over. Lines that an effect repeats are read once; a karaoke script's own lines, kept as comments, are read where the
/// file has only effects besides.
/// </summary>
internal static partial class AssReader
{
    private const int Fields = 10;

    public static LyricsDocument Read(string text, LyricsNotices? notices)
    {
        var lines = FormatText.Lines(text);
        var order = Layout([]);
        var events = new List<AssEvent>();
        string? title = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimStart();
            if (line.StartsWith("Title:", StringComparison.OrdinalIgnoreCase))
                title ??= WordText.Clean(line[6..]);
            else if (line.StartsWith("Format:", StringComparison.OrdinalIgnoreCase) &&
                line.Contains("Text", StringComparison.OrdinalIgnoreCase))
                order = Layout(line[7..].Split(','));
            else if (Event(line, order, i + 1, notices) is { } found)
                events.Add(found);
        }
        if (events.Count == 0 && !lines.Any(line => line.Contains("[Script Info]", StringComparison.OrdinalIgnoreCase)))
            throw LyricsFormatException.Broken(
                "ASS", 1, "it has no lines such as 'Dialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,text'.");

        return DocumentBuilder.Build(Drafts(events, notices), null, notices) with { Title = title is { Length: > 0 } and not "Lyrics"
            ? title : null };
    }

    private static List<LineDraft> Drafts(List<AssEvent> events, LyricsNotices? notices)
    {
        var sung = events.Where(one => !one.IsComment).ToList();
        var comments = events.Count - sung.Count;
        if (sung.Count == 0)
        {
            sung = [.. events.Where(one => Karaoke().IsMatch(one.Text))];
            comments -= sung.Count;
        }
        var originals = events.Where(one => one.IsComment && one.Effect == "karaoke" && Karaoke().IsMatch(one.Text)).ToList();
        var made = sung.Count(one => one.Effect == "fx");
        if (made > 0 && originals.Count > 0)
        {
            // An effect cuts lines into syllables and repeats them; what it was made from stands beside.
            sung = [.. sung.Where(one => one.Effect != "fx"), .. originals];
            comments -= originals.Count;
            notices?.Add($"lines that a karaoke effect made are left out for those it was made from ({made})");
        }
        if (comments > 0)
            notices?.Add($"comments are left out ({comments})");
        var drafts = new List<LineDraft>();
        var seen = new HashSet<(long, long?, string)>();
        foreach (var one in sung.OrderBy(one => one.Start))
        {
            var draft = Draft(one, notices);
            if (draft.IsBlank || !seen.Add((draft.Start, draft.End, WordText.Clean(draft.Text))))
                continue;
            drafts.Add(draft);
        }
        return drafts;
    }

    private static LineDraft Draft(AssEvent line, LyricsNotices? notices)
    {
        var pieces = new List<TextPiece>();
        var at = line.Start;
        long? start = null;
        var isDrawing = false;
        var from = 0;
        var last = 0L;
        foreach (Match block in Override().Matches(line.Text))
        {
            Add(line.Text[from..block.Index]);
            from = block.Index + block.Length;
            if (Drawing().Match(block.Value) is { Success: true } drawing)
                isDrawing = drawing.Groups[1].Value != "0";
            foreach (Match tag in Karaoke().Matches(block.Value))
            {
                at += last;
                last = Hundredths(tag.Groups[2].Value) * 10;
                if (tag.Groups[1].Value == "t")
                    (at, last) = (line.Start + last, 0);
                start = at;
            }
        }
        Add(line.Text[from..]);
        if (isDrawing)
            notices?.Add("drawings are left out", line.Number);
        var end = line.End < line.Start ? null : line.End;
        if (end is null)
            notices?.Add("the line ends before it begins; its end was guessed", line.Number);
        return new LineDraft(line.Start, end, pieces) { LineNumber = line.Number, Voice = null };

        void Add(string text)
        {
            if (isDrawing || text.Length == 0)
                return;
            var plain = text.Replace("\\N", " ", StringComparison.Ordinal).Replace("\\n", " ", StringComparison.Ordinal)
                .Replace("\\h", "\u00A0", StringComparison.Ordinal).Replace("\\\u2060", "\\", StringComparison.Ordinal)
                .Replace('\uFF5B', '{').Replace('\uFF5D', '}');
            pieces.Add(start is null ? new TextPiece(plain) : new TextPiece(plain, start, start + last));
        }
    }

    private static AssEvent? Event(string line, AssLayout order, int number, LyricsNotices? notices)
    {
        var isComment = line.StartsWith("Comment:", StringComparison.OrdinalIgnoreCase);
        if (!isComment && !line.StartsWith("Dialogue:", StringComparison.OrdinalIgnoreCase))
            return null;
        // The text comes last and may hold commas.
        var fields = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(',', order.Count);
        if (fields.Length < order.Count || CueReader.Time(fields[order.Start].Trim()) is not { } start ||
            CueReader.Time(fields[order.End].Trim()) is not { } end)
        {
            notices?.Add("the line has no times such as 0:00:01.00; it was left out", number);
            return null;
        }
        var effect = order.Effect < 0 ? "" : fields[order.Effect].Trim().ToLowerInvariant();
        return new AssEvent(Math.Max(0, start), end, fields[order.Text], isComment, effect, number);
    }

    private static AssLayout Layout(string[] names)
    {
        int Find(string name, int usual) =>
            Array.FindIndex(names, field => field.Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? at : usual;
        return names.Length < 3
            ? new AssLayout(Fields, 1, 2, Fields - 2, Fields - 1)
            : new AssLayout(names.Length, Find("Start", 1), Find("End", 2), Find("Effect", -1), names.Length - 1);
    }

    private static long Hundredths(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value < 1e7
        ? (long)Math.Max(0, value) : 0;

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Override();

    [GeneratedRegex(@"\\[kK]([fot]?)\s*([0-9]{1,9}(?:\.[0-9]{1,4})?)")]
    private static partial Regex Karaoke();

    [GeneratedRegex(@"\\p([0-9]+)")]
    private static partial Regex Drawing();

    private sealed record AssEvent(long Start, long? End, string Text, bool IsComment, string Effect, int Number);

    private readonly record struct AssLayout(int Count, int Start, int End, int Effect, int Text);
}
