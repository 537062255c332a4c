using System.Text.Json;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>
/// OpenAI's <c>verbose_json</c>: a segment for each line, the words beside them. Holds language, length and every word to
/// 1 ms, with its confidence. Reads words at the top, in the segments, or none (then each segment's text is spread over it);
/// words without segments are broken into lines. A segment's log probability is that of its words' confidence, its tokens
/// are left empty.
/// </summary>
internal sealed class VerboseJsonFormat : ILyricsFormat
{
    private const string Dialect = "verbose_json";

    public string Name => "verbose_json";

    public string Extension => ".verbose.json";

    public string MediaType => "application/json";

    public string Keeps => "language, length; every word to 1 ms";

    public bool CanRead => true;

    public string Write(LyricsDocument document, LyricsNotices? notices = null)
    {
        var lines = FormatText.SungLines(document, Name).ToList();
        FormatLimits.Tell(document, Holds.Overlaps, notices);
        var answer = new VerboseTranscription
        {
            Task = "transcribe",
            Language = document.Language is { } code ? Languages.EnglishName(code) ?? code : null,
            Duration = document.Duration,
            Text = string.Join(' ', lines.Select(line => line.Text)),
            Segments = [.. lines.Select(Segment)],
            Words = [.. lines.SelectMany(line => line.Words).Select(word => new VerboseWord
            {
                Word = word.Text,
                Start = word.Start,
                End = word.End,
                Probability = word.Confidence,
            })],
        };
        return JsonSerializer.Serialize(answer, LyricsJson.Readable.VerboseTranscription) + "\n";
    }

    public LyricsDocument Read(string text, LyricsNotices? notices = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        using var json = JsonText.Parse(text, Dialect);
        var answer = VerboseDialects.Read(json.RootElement, notices);
        if (answer is { Segments: null, Words: null })
            throw LyricsFormatException.NotThisFormat(
                Dialect, "it has neither segments nor words. Ask for response_format=verbose_json with word and segment times.");

        var document = Document(answer, VerboseWords.Lines(answer), notices);
        return document with { Language = answer.Language is { Length: > 0 } language ? Languages.Find(language) ?? language : null };
    }

    private static LyricsDocument Document(VerboseTranscription answer, List<List<LyricsWord>> lines, LyricsNotices? notices)
    {
        // Words are normalized all together, then cut into the same lines again.
        var words = lines.SelectMany(line => line).ToList();
        LyricsReader.Limit(words.Count);
        var length = Math.Max(Milliseconds.From(answer.Duration ?? 0), words.Select(word => Milliseconds.From(word.End))
            .Append(words.Count).Max());
        var normalized = DocumentRules.Repair(words, length, shortest: 1);
        var moved = normalized.Where((word, i) => !double.IsNaN(words[i].Start) && Math.Abs(word.Start - words[i].Start) > 0.05).Count();
        if (moved > 0)
            notices?.Add($"words were out of order; their times were put between those of their neighbours ({moved})");
        var document = new LyricsDocument { Duration = Milliseconds.ToSeconds(length), Lines = [] };
        if (answer.Segments is null)
            return document with { Lines = LineBreaker.Break(normalized) };
        var next = 0;
        return document with
        {
            Lines = [.. lines.Where(line => line.Count > 0).Select(line => LyricsLine.Of(normalized[next..(next += line.Count)]))],
        };
    }

    private static VerboseSegment Segment(LyricsLine line, int index)
    {
        var text = line.Text;
        var sure = line.Words.Where(word => word.Confidence > 0).Select(word => Math.Log(word.Confidence!.Value)).ToList();
        return new VerboseSegment
        {
            Id = index,
            Start = line.Start,
            End = line.End,
            Text = text,
            Tokens = [],
            AverageLogProbability = sure.Count > 0 ? sure.Average() : 0,
            CompressionRatio = Repetition.CompressionRatio(text),
        };
    }
}
