using System.Globalization;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// Reads LRC of every kind met in the field: several time tags before a line, tags within it as <c>&lt;mm:ss.xx&gt;</c> or
/// <c>[mm:ss.xx]</c>, decimals after point, comma or colon or none, hours, <c>[offset:]</c>, lines in any order, voices and
/// <c>[bg:]</c>. A second line at the same time is a translation or a romanization, and a line without a time after one
/// that has one is shown along with it: neither is sung.
/// </summary>
internal static partial class LrcReader
{
    /// <summary>Fields that say nothing a document can hold, and nothing that anyone misses.</summary>
    private static readonly HashSet<string> s_passedOver = ["al", "au", "by", "re", "ve", "tool", "id", "hash", "sign", "total", "qq",
        "kana", "encoding", "#", "lr", "length"];

    /// <summary>Where text would be taken for a time tag.</summary>
    public static Regex LooksLikeTag { get; } = LooksLikeTagPattern();

    public static LyricsDocument Read(string text, LyricsNotices? notices)
    {
        var file = new LrcFile(notices);
        var lines = FormatText.Lines(text);
        for (var i = 0; i < lines.Length; i++)
            ReadLine(lines[i], i + 1, file);
        if (file.Lines.Count == 0 && file.FirstComment > 0)
            throw LyricsFormatException.Broken(
                "LRC", file.FirstComment, "no line of the file has a time such as [01:23.45]. Name plain lyrics .txt instead.");

        var drafts = Ends(file.Lines.Select(draft => Shift(draft, -file.Offset)).Select(draft => FromZero(draft, notices))
            .OrderBy(line => line.Start));
        return DocumentBuilder.Build(drafts, file.Length, notices) with
        {
            Title = file.Title,
            Artist = file.Artist,
            Language = file.Language,
        };
    }

    private static void ReadLine(string line, int number, LrcFile file)
    {
        var from = line.Length - line.TrimStart().Length;
        var starts = new List<long>();
        var exact = false;
        while (LeadingTag().Match(line, from) is { Success: true } tag && LrcTime.Read(tag.Groups[1].Value) is { } start)
        {
            // "[00:14.00][3:16] a verse": the second is the text's.
            if (starts.Count > 0 && LrcTime.IsExact(tag.Groups[1].Value.Trim()) != exact)
                break;
            exact = LrcTime.IsExact(tag.Groups[1].Value.Trim());
            starts.Add(start);
            from = tag.Index + tag.Length;
        }
        var rest = line[from..];
        if (starts.Count > 0)
        {
            AddLine(rest, starts, exact, number, file);
        }
        else if (Background().Match(rest) is { Success: true } background)
        {
            AddBackground(background.Groups[1].Value, number, file);
        }
        else if (Field().Match(rest) is { Success: true } field)
        {
            ReadField(field.Groups[1].Value.ToLowerInvariant(), WordText.Clean(field.Groups[2].Value), number, file);
        }
        else if (rest.Length > 0)
        {
            AddUntimed(rest, number, file);
        }
    }

    private static void AddLine(string text, List<long> starts, bool exact, int number, LrcFile file)
    {
        var (sung, voice, background) = file.Voices.Take(text, number, file.Notices);
        var draft = new LineDraft(starts[0], null, Pieces(sung, exact)) { Voice = voice, Background = background, LineNumber = number };
        foreach (var start in starts)
            file.Lines.Add(Shift(draft, start - starts[0]));
    }

    /// <summary>The background of the line before: at its own times, or where it has none at that line's.</summary>
    private static void AddBackground(string text, int number, LrcFile file)
    {
        var before = file.Lines.LastOrDefault();
        var pieces = Pieces(text, exact: true);
        var start = pieces.FirstOrDefault(piece => piece.Start is not null).Start ?? before?.Start;
        if (start is null)
            file.Notices?.Add("a background line has no time and no line before it; it was left out", number);
        else
            file.Lines.Add(new LineDraft(start.Value, null, pieces) { Background = true, Voice = before?.Voice, LineNumber = number });
    }

    /// <summary>A line without a time: a heading, a remark before the song, or what is shown along with the line before it.</summary>
    private static void AddUntimed(string text, int number, LrcFile file)
    {
        var isHeading = Headings.Find([text], null)[0].Name is not null;
        var isRemark = text[0] is '#' || text.StartsWith("//", StringComparison.Ordinal);
        if (file.FirstComment == 0)
            file.FirstComment = number;
        if (isHeading)
        {
            file.Lines.Add(new LineDraft(file.Lines.LastOrDefault()?.Start ?? 0, null, [new TextPiece(text)]) { LineNumber = number });
        }
        else if (isRemark || file.Lines.Count == 0)
        {
            file.Notices?.Add("the line has no time; it was left out as a remark", number);
        }
        else
        {
            file.Notices?.Add("the line has no time; it is kept as one that goes with the line before it, but is not sung", number);
            file.Lines.Add(new LineDraft(file.Lines[^1].Start, null, [new TextPiece(text)]) { Sung = false, LineNumber = number });
        }
    }

    private static void ReadField(string name, string value, int number, LrcFile file)
    {
        if (value.Length == 0)
            return;
        if (name == "ti")
            file.Title = value;
        else if (name == "ar")
            file.Artist = value;
        else if (name is "la" or "lang" or "language")
            file.Language = value;
        else if (name == "length" && LrcTime.Read(value) is >= 0 and var length)
            file.Length = length;
        else if (name == "offset")
            ReadOffset(value, number, file);
        else if (Headings.Find([$"[{name}: {value}]"], null)[0].Name is not null)
            file.Lines.Add(new LineDraft(file.Lines.LastOrDefault()?.Start ?? 0, null,
                [new TextPiece($"[{name}: {value}]")]) { LineNumber = number });
        else if (!s_passedOver.Contains(name))
            file.Notices?.Add($"the tag [{name}:] is not known; it was left out", number);
    }

    private static void ReadOffset(string value, int number, LrcFile file)
    {
        var digits = value.EndsWith("ms", StringComparison.OrdinalIgnoreCase) ? value[..^2].TrimEnd() : value;
        if (long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset) &&
            Math.Abs(offset) < 86_400_000)
            file.Offset = offset;
        else
            file.Notices?.Add($"the offset '{value[..Math.Min(value.Length, 30)]}' is not a number of milliseconds; it was left out",
                number);
    }

    private static List<TextPiece> Pieces(string text, bool exact)
    {
        var pieces = new List<TextPiece>();
        long? start = null;
        var from = 0;
        foreach (Match tag in InnerTag().Matches(text))
        {
            if (LrcTime.Read(tag.Groups[1].Value) is not { } time || (tag.Value[0] == '[' && LrcTime.IsExact(tag.Groups[1].Value) != exact))
                continue;
            Add(text[from..tag.Index]);
            start = time;
            from = tag.Index + tag.Length;
        }
        Add(text[from..]);
        return pieces;

        void Add(string piece) => pieces.Add(new TextPiece(FormatText.Unguard(piece, LooksLikeTag), start));
    }

    /// <summary>
    /// An empty line ends the one before it; lines at the time of another are what it means or how it is read, unless another voice sings
    /// them.
    /// </summary>
    private static List<LineDraft> Ends(IEnumerable<LineDraft> lines)
    {
        var drafts = new List<LineDraft>();
        var (texts, sung) = (new HashSet<(string, LyricsVoice?, bool?)>(), new Dictionary<(LyricsVoice?, bool?), int>());
        var shown = new Dictionary<int, List<string>>();
        var at = -1L;
        var last = -1;
        foreach (var line in lines)
        {
            if (at != line.Start)
            {
                texts.Clear();
                sung.Clear();
                at = line.Start;
            }
            if (line.IsBlank)
            {
                if (last >= 0 && drafts[last].End is null && drafts[last].Start < line.Start)
                    drafts[last] = drafts[last] with { End = line.Start };
                continue;
            }
            if (!texts.Add((line.Text.Trim(), line.Voice, line.Background)))
                continue;
            var isHeading = IsHeading(line);
            var isShown = line.Sung == false || (!isHeading && !sung.TryAdd((line.Voice, line.Background), drafts.Count));
            if (isShown && line.Sung != false && sung[(line.Voice, line.Background)] is var of &&
                (shown.GetValueOrDefault(of) ?? (shown[of] = [])) is var beside && beside.Count < LrcSecondLines.PlacesFor(drafts[of]))
            {
                beside.Add(line.Text);
                continue;
            }
            drafts.Add(isShown ? line with { Sung = false } : line);
            if (!isShown && !isHeading && line.Background != true)
                last = drafts.Count - 1;
        }
        LrcSecondLines.Give(drafts, shown);
        return drafts;
    }

    private static bool IsHeading(LineDraft draft) => !draft.HasWordTimes && Headings.Find([draft.Text], null)[0].Name is not null;

    private static LineDraft FromZero(LineDraft line, LyricsNotices? notices)
    {
        if (line.Start >= 0 && line.Pieces.All(piece => piece.Start is not < 0))
            return line;
        if (!line.IsBlank)
            notices?.Add("the time lies before the song's start; it was put there", line.LineNumber);
        return line with
        {
            Start = Math.Max(0, line.Start),
            Pieces = [.. line.Pieces.Select(piece => piece.Start < 0 ? piece with { Start = 0 } : piece)],
        };
    }

    private static LineDraft Shift(LineDraft line, long by) => by == 0 ? line : line with
    {
        Start = line.Start + by,
        End = line.End + by,
        Pieces = [.. line.Pieces.Select(piece => piece with { Start = piece.Start + by })],
    };

    [GeneratedRegex(@"(?=-?[0-9])(?<=[\[<]\u2060*)|(?=:)(?<=^\s*(?:v[0-9]{1,4}|bg|[FMD])\u2060*)")]
    private static partial Regex LooksLikeTagPattern();

    [GeneratedRegex(@"\G\s*\[\s*(-?[0-9]+:[0-9:.,]*)\s*\]")]
    private static partial Regex LeadingTag();

    [GeneratedRegex(@"[\[<](-?[0-9]{1,4}:[0-9]{1,2}(?:[.,:][0-9]{1,9}){0,2})[\]>]")]
    private static partial Regex InnerTag();

    [GeneratedRegex(@"^\[bg:(.*?)\]?\s*$", RegexOptions.IgnoreCase)]
    private static partial Regex Background();

    [GeneratedRegex(@"^\[([A-Za-z#_][A-Za-z_ ]{0,30}):(.*)\]\s*$")]
    private static partial Regex Field();

    /// <summary>What is gathered while reading.</summary>
    private sealed class LrcFile(LyricsNotices? notices)
    {
        public LyricsNotices? Notices { get; } = notices;

        public LrcVoices Voices { get; } = new();

        public List<LineDraft> Lines { get; } = [];

        public string? Title { get; set; }

        public string? Artist { get; set; }

        public string? Language { get; set; }

        public long? Length { get; set; }

        public long Offset { get; set; }

        public int FirstComment { get; set; }
    }
}
