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

    public static LyricsDocument Read(string text, LyricsNotices? notices)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (ReadYaml(text) is not Dictionary<string, object?> root || !(root.ContainsKey("lines") || root.ContainsKey("plain")))
            throw LyricsFormatException.NotThisFormat(Format, "it has neither lines nor plain lyrics.");
        var metadata = root.GetValueOrDefault("metadata") as Dictionary<string, object?> ?? [];
        var duration = Number(metadata, "duration_ms");
        var offset = Number(metadata, "offset_ms") ?? 0;
        if (offset != 0)
            notices?.Add("its times are moved by the offset it names");
        var drafts = (root.GetValueOrDefault("lines") as List<object?> ?? []).OfType<Dictionary<string, object?>>()
            .Select(line => Draft(line, offset, notices)).OfType<LineDraft>().ToList();
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

    private static LineDraft? Draft(Dictionary<string, object?> line, long offset, LyricsNotices? notices)
    {
        var words = (line.GetValueOrDefault("words") as List<object?> ?? []).OfType<Dictionary<string, object?>>()
            .Select(word => new TextPiece(Text(word, "text") ?? "", Moved(Number(word, "start_ms"), offset),
                Moved(Number(word, "end_ms"), offset)))
            .Where(piece => piece.Text.Length > 0).ToList();
        if ((Number(line, "start_ms") is { } given ? Moved(given, offset) : words.FirstOrDefault().Start) is not { } start)
        {
            notices?.Add("a line has no time and is left out");
            return null;
        }
        return new LineDraft(start, Moved(Number(line, "end_ms"), offset), words.Count > 0
            ? words : [new TextPiece(Text(line, "text") ?? "")]);
    }

    private static long? Moved(long? milliseconds, long offset) => milliseconds is { } time ? Math.Max(0, time + offset) : null;

    private static string? Text(Dictionary<string, object?> map, string key) => map.GetValueOrDefault(key) as string;

    private static string? Said(Dictionary<string, object?> map, string key) => WordText.Clean(Text(map, key)) is { Length: > 0 } text
        ? text : null;

    private static long? Number(Dictionary<string, object?> map, string key) =>
        double.TryParse(Text(map, key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1e9
        ? (long)Math.Round(number) : null;

    private static object? ReadYaml(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text.TrimStart('\uFEFF')));
            parser.Consume<StreamStart>();
            return parser.TryConsume<DocumentStart>(out _) ? ReadNode(parser, 0) : null;
        }
        catch (YamlException e)
        {
            throw LyricsFormatException.Broken(Format, (int)e.Start.Line, e.InnerException?.Message ?? e.Message, e);
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
        }
        while (open > 0);
    }
}
