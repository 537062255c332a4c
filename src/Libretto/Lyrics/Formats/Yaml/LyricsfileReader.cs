using System.Globalization;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Libretto.Lyrics.Formats.Yaml;

/// <summary>Reads Lyricsfiles of any writer: words with times, lines with times, or plain lines.</summary>
internal static class LyricsfileReader
{
    private const string Format = "Lyricsfile";

    // A Lyricsfile is four deep; no more is followed, however deep a hostile file goes.
    private const int Deepest = 8;

    // Broken entries that are taken out, and characters that are read for it in all.
    private const int MostMended = 20, MostRead = 3_000_000;

    // The scanner's time for each token grows with how deep it stands.
    private const int DeepestSkipped = 64;

    public static LyricsDocument Read(string text, LyricsNotices? notices)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (ReadYaml(text, notices) is not Dictionary<string, object?> root || !(root.ContainsKey("lines") || root.ContainsKey("plain")))
            throw LyricsFormatException.NotThisFormat(Format, "it has neither lines nor plain lyrics.");
        var metadata = root.GetValueOrDefault("metadata") as Dictionary<string, object?> ?? [];
        var duration = Number(metadata, "duration_ms", "metadata", notices);
        var offset = Number(metadata, "offset_ms", "metadata", notices) ?? 0;
        if (offset != 0)
            notices?.Add("its times are moved by the offset it names");
        var drafts = Maps(root, "lines", "", notices)
            .Select(line => Draft(line.Map, line.Place, offset, notices)).OfType<LineDraft>().ToList();
        var document = drafts.Count > 0 || Text(root, "plain") is not { } plain
            ? DocumentBuilder.Build(drafts, duration, notices)
            : LyricsFormats.PlainText.Read(plain, notices);
        return document with
        {
            Title = Said(metadata, "title"),
            Artist = Said(metadata, "artist"),
            Language = Said(metadata, "language"),
            Duration = document.IsTimed ? Math.Max(document.Duration, Milliseconds.ToSeconds(duration ?? 0)) : document.Duration,
        };
    }

    private static LineDraft? Draft(Dictionary<string, object?> line, string place, long offset, LyricsNotices? notices)
    {
        var words = Maps(line, "words", place + ".", notices)
            .Select(word => new TextPiece(Text(word.Map, "text") ?? "", Moved(Number(word.Map, "start_ms", word.Place, notices), offset),
                Moved(Number(word.Map, "end_ms", word.Place, notices), offset)))
            .Where(piece => piece.Text.Length > 0).ToList();
        if ((Number(line, "start_ms", place, notices) is { } given ? Moved(given, offset) : words.FirstOrDefault().Start) is not { } start)
        {
            notices?.Add($"what stands at {place} has no time; it was left out");
            return null;
        }
        if (words.Count == 0 && string.IsNullOrWhiteSpace(Text(line, "text")))
            notices?.Add($"what stands at {place} has no text; it was left out");
        return new LineDraft(start, Moved(Number(line, "end_ms", place, notices), offset), words.Count > 0
            ? words : [new TextPiece(Text(line, "text") ?? "")]);
    }

    /// <summary>The maps of a list, each with its place for people, as <c>lines[3]</c>.</summary>
    private static IEnumerable<(Dictionary<string, object?> Map, string Place)> Maps(
        Dictionary<string, object?> parent, string key, string before, LyricsNotices? notices)
    {
        var value = parent.GetValueOrDefault(key);
        if (value is not (null or List<object?>))
            notices?.Add($"what stands at {before}{key} is no list; it was left out");
        foreach (var (i, item) in (value as List<object?> ?? []).Index())
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{before}{key}[{i}]");
            if (item is Dictionary<string, object?> map)
                yield return (map, place);
            else
                notices?.Add($"what stands at {place} cannot be read; it was left out");
        }
    }

    private static long? Moved(long? milliseconds, long offset) => milliseconds is { } time ? Math.Max(0, time + offset) : null;

    private static string? Text(Dictionary<string, object?> map, string key) => map.GetValueOrDefault(key) as string;

    private static string? Said(Dictionary<string, object?> map, string key) => WordText.Clean(Text(map, key)) is { Length: > 0 } text
        ? text : null;

    private static long? Number(Dictionary<string, object?> map, string key, string place, LyricsNotices? notices)
    {
        if (map.GetValueOrDefault(key) is not { } value)
            return null;
        if (double.TryParse(value as string, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e9)
            return (long)Math.Round(number);
        notices?.Add($"what stands at {place}.{key} is no number of milliseconds; it was left out");
        return null;
    }

    /// <summary>What the YAML holds, without entries of lists that break it, where whoever reads it wants to be told.</summary>
    private static object? ReadYaml(string text, LyricsNotices? notices)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        LyricsFormatException? first = null;
        for (var left = notices is null ? 0 : Math.Min(MostMended, MostRead / Math.Max(1, text.Length)); ; left--)
        {
            try
            {
                return Parse(text);
            }
            catch (YamlException e)
            {
                first ??= LyricsFormatException.Broken(Format, (int)e.Start.Line, e.InnerException?.Message ?? e.Message, e);
                if (left <= 0 || YamlLines.WithoutEntry(text, (int)e.Start.Line) is not var (shorter, line))
                    throw first;
                notices!.Add("its YAML is broken there; the entry was left out", line);
                text = shorter;
            }
        }
    }

    private static object? Parse(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            return parser.TryConsume<DocumentStart>(out _) ? ReadNode(parser, 0) : null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or EndOfStreamException)
        {
            // What the library's scanner says of some damage that it does not expect.
            throw LyricsFormatException.NotThisFormat(Format, "its YAML is broken.", e);
        }
    }

    private static object? ReadNode(Parser parser, int depth)
    {
        if (parser.TryConsume<Scalar>(out var scalar))
            return scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" ? null : scalar.Value;
        if (depth < Deepest && parser.TryConsume<SequenceStart>(out _))
        {
            var list = new List<object?>();
            while (!parser.TryConsume<SequenceEnd>(out _))
                list.Add(ReadNode(parser, depth + 1));
            return list;
        }
        if (depth < Deepest && parser.TryConsume<MappingStart>(out _))
        {
            var map = new Dictionary<string, object?>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var key = ReadNode(parser, depth + 1) as string;
                var value = ReadNode(parser, depth + 1);
                if (key is not null)
                    map[key] = value;
            }
            return map;
        }
        // Deeper ones, and what points at another place: nothing of a Lyricsfile.
        Skip(parser);
        return null;
    }

    private static void Skip(Parser parser)
    {
        var open = 0;
        do
        {
            var passed = parser.Consume<ParsingEvent>();
            open += passed is MappingStart or SequenceStart ? 1 : passed is MappingEnd or SequenceEnd ? -1 : 0;
            if (open > DeepestSkipped)
                throw LyricsFormatException.NotThisFormat(Format, "it is nested far deeper than any.");
        }
        while (open > 0);
    }
}
