using System.Globalization;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats.Lrc;

/// <summary>
/// Reads LRC of every kind met in the field: several time tags before a line, tags within it as <c>&lt;mm:ss.xx&gt;</c> or
/// <c>[mm:ss.xx]</c>, one to three decimals after point, comma or colon, none at all, hours, <c>[offset:]</c>, lines in any order.
/// Lines without a time tag are comments, as players take them. A second line at the same time is a translation: not sung.
/// </summary>
internal static partial class LrcReader
{
    /// <summary>Where text would be taken for a time tag.</summary>
    public static Regex LooksLikeTag { get; } = LooksLikeTagPattern();

    public static LyricsDocument Read(string text)
    {
        var file = new LrcFile();
        var lines = FormatText.Lines(text);
        for (var i = 0; i < lines.Length; i++)
            ReadLine(lines[i], i + 1, file);
        if (file.Lines.Count == 0 && file.FirstComment > 0)
            throw LyricsFormatException.Broken("LRC", file.FirstComment, "no line of the file has a time such as [01:23.45]. Name plain lyrics .txt instead.");

        var drafts = Ends(file.Lines.OrderBy(line => line.Start).ToList());
        return DocumentBuilder.Build(drafts.Select(draft => Shift(draft, -file.Offset)), file.Length) with
        {
            Title = file.Title,
            Artist = file.Artist,
            Language = file.Language,
        };
    }

    private static void ReadLine(string line, int number, LrcFile file)
    {
        var rest = line.TrimStart();
        var starts = new List<long>();
        while (LeadingTag().Match(rest) is { Success: true } tag)
        {
            starts.Add(Time(tag.Groups[1].Value) ?? throw LyricsFormatException.Broken(
                "LRC", number, $"'[{tag.Groups[1].Value}]' is not a time such as [01:23.45]."));
            rest = rest[tag.Length..];
        }
        if (starts.Count > 0)
        {
            var pieces = Pieces(rest, number);
            foreach (var start in starts)
                file.Lines.Add(Shift(new LineDraft(starts[0], null, pieces), start - starts[0]));
        }
        else if (Field().Match(rest) is { Success: true } field)
        {
            ReadField(field.Groups[1].Value.ToLowerInvariant(), WordText.Clean(field.Groups[2].Value), number, file);
        }
        else if (file.FirstComment == 0 && rest.Length > 0)
        {
            file.FirstComment = number;
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
        else if (name == "la")
            file.Language = value;
        else if (name == "length")
            file.Length = Time(value);
        else if (name == "offset")
            file.Offset = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var offset) && Math.Abs(offset) < 86_400_000
                ? offset
                : throw LyricsFormatException.Broken("LRC", number, $"the offset '{value}' is not a number of milliseconds.");
    }

    private static List<TextPiece> Pieces(string text, int number)
    {
        var pieces = new List<TextPiece>();
        long? start = null;
        var from = 0;
        foreach (Match tag in InnerTag().Matches(text))
        {
            Add(text[from..tag.Index]);
            start = Time(tag.Groups[1].Value) ?? throw LyricsFormatException.Broken(
                "LRC", number, $"'{tag.Value}' is not a time such as <01:23.45>.");
            from = tag.Index + tag.Length;
        }
        Add(text[from..]);
        return pieces;

        void Add(string piece) => pieces.Add(new TextPiece(FormatText.Unguard(piece, LooksLikeTag), start));
    }

    /// <summary>An empty line ends the one before it; lines at the time of another are its translations.</summary>
    private static List<LineDraft> Ends(List<LineDraft> lines)
    {
        var drafts = new List<LineDraft>();
        foreach (var line in lines)
        {
            var last = drafts.FindLastIndex(draft => draft.Sung != false);
            if (line.IsBlank)
            {
                if (last >= 0 && drafts[last].End is null && drafts[last].Start < line.Start)
                    drafts[last] = drafts[last] with { End = line.Start };
            }
            else if (last < 0 || drafts[last].Start != line.Start)
            {
                drafts.Add(line);
            }
            else if (!drafts.Any(draft => draft.Start == line.Start && draft.Text.Trim() == line.Text.Trim()))
            {
                drafts.Add(line with { Sung = false });
            }
        }
        return drafts;
    }

    private static LineDraft Shift(LineDraft line, long by) => by == 0 ? line : line with
    {
        Start = Math.Max(0, line.Start + by),
        End = line.End + by is { } end ? Math.Max(0, end) : null,
        Pieces = [.. line.Pieces.Select(piece => piece.Start is { } start ? piece with { Start = Math.Max(0, start + by) } : piece)],
    };

    /// <summary>Milliseconds of a tag's time; null when it is none.</summary>
    private static long? Time(string text)
    {
        var match = TimePattern().Match(text.Trim());
        if (!match.Success)
            return null;
        long Number(string group) => match.Groups[group].Success ? long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture) : 0;
        var seconds = Number("s");
        return seconds > 59
            ? null
            : (Number("h") * 3600 + Number("m") * 60 + seconds) * 1000 + Milliseconds.Fraction(match.Groups["f"].ValueSpan);
    }

    [GeneratedRegex(@"(?<=[\[<]\u2060*)(?=[0-9])")]
    private static partial Regex LooksLikeTagPattern();

    [GeneratedRegex(@"^\[([0-9]+:[^\]]*)\]")]
    private static partial Regex LeadingTag();

    [GeneratedRegex(@"[\[<]([0-9]{1,4}:[0-9]{1,2}(?:[.,:][0-9]{1,3}){0,2})[\]>]")]
    private static partial Regex InnerTag();

    [GeneratedRegex(@"^\[([A-Za-z#_]+):(.*)\]\s*$")]
    private static partial Regex Field();

    [GeneratedRegex(@"^(?:(?<h>[0-9]{1,2}):(?=[0-9]+:[0-9]+[.,]))?(?<m>[0-9]{1,4}):(?<s>[0-9]{1,2})(?:[.,:](?<f>[0-9]{1,3}))?$")]
    private static partial Regex TimePattern();

    /// <summary>What is gathered while reading.</summary>
    private sealed class LrcFile
    {
        public List<LineDraft> Lines { get; } = [];

        public string? Title { get; set; }

        public string? Artist { get; set; }

        public string? Language { get; set; }

        public long? Length { get; set; }

        public long Offset { get; set; }

        public int FirstComment { get; set; }
    }
}
