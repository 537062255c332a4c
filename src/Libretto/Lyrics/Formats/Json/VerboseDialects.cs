using System.Globalization;
using System.Text.Json;
using Libretto.Lyrics.Formats.Subtitles;
using Libretto.Lyrics.Reading;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>
/// Reads what the relatives of Whisper write as JSON into one shape: OpenAI's and Groq's answers, whisperX (<c>score</c>,
/// <c>word_segments</c>), faster-whisper and stable-ts (words in segments), lists of segments, whisper.cpp (<c>transcription</c>) and
/// transformers
/// (<c>chunks</c>). A segment or word that cannot be read costs itself.
/// </summary>
internal static class VerboseDialects
{
    /// <summary>How long a segment without an end may last, milliseconds.</summary>
    private const long ShortestGuess = 1500, LongestGuess = 8000;

    public static VerboseTranscription Read(JsonElement root, LyricsNotices? notices)
    {
        if (root.ValueKind == JsonValueKind.Array)
            return new VerboseTranscription { Segments = Segments(root, notices) };
        if (root.ValueKind != JsonValueKind.Object)
            return new VerboseTranscription();
        if (root.TryGetProperty("result", out var result) && result.ValueKind == JsonValueKind.Object &&
            !root.TryGetProperty("segments", out _)
            && !root.TryGetProperty("transcription", out _))
        {
            return Read(result, notices);
        }

        var segments = Get(root, "segments", "transcription") is { ValueKind: JsonValueKind.Array } list ? Segments(list, notices) : null;
        var words = Get(root, "words", "word_segments") is { ValueKind: JsonValueKind.Array } top ? Words(top, notices) : null;
        if (Get(root, "chunks") is { ValueKind: JsonValueKind.Array } chunks && segments is null && words is null)
            (segments, words) = Chunks(chunks, notices);
        return new VerboseTranscription
        {
            Language = Text(Get(root, "language")) ?? (Get(root, "result") is { ValueKind: JsonValueKind.Object } about
                ? Text(Get(about, "language")) : null),
            Duration = Number(Get(root, "duration")),
            Segments = segments,
            Words = words is { Count: 0 } && segments is not null ? null : words,
        };
    }

    private static List<VerboseSegment> Segments(JsonElement list, LyricsNotices? notices)
    {
        var segments = new List<VerboseSegment>();
        var endless = new List<int>();
        foreach (var segment in list.EnumerateArray())
        {
            if (segment.ValueKind != JsonValueKind.Object)
            {
                notices?.Add("segments that cannot be read were left out");
                continue;
            }
            var (start, end) = Times(segment);
            var words = Get(segment, "words") is { ValueKind: JsonValueKind.Array } own ? Words(own, notices) : null;
            var text = Text(Get(segment, "text", "sentence"));
            start ??= words?.FirstOrDefault(word => word.Start is not null)?.Start;
            end ??= words?.LastOrDefault(word => word.End is not null)?.End;
            if (start is null && words is not { Count: > 0 } && !string.IsNullOrWhiteSpace(text))
                notices?.Add("segments without times were put after those before them");
            // One that came without an end has to have one before another follows it.
            if (start is null && endless.Count > 0 && endless[^1] == segments.Count - 1)
                segments[^1] = segments[^1] with { End = GuessedEnd(segments[^1], null) };
            start ??= segments.LastOrDefault()?.End ?? 0;
            if (end is null)
                endless.Add(segments.Count);
            segments.Add(new VerboseSegment { Start = start.Value, End = end ?? start.Value, Text = text, Words = words });
        }
        foreach (var i in endless)
            segments[i] = segments[i] with { End = GuessedEnd(segments[i], i + 1 < segments.Count ? segments[i + 1].Start : null) };
        return segments;
    }

    /// <summary>Where a segment ends that does not say so: after the time its text takes, or where the next one begins.</summary>
    private static double GuessedEnd(VerboseSegment segment, double? next)
    {
        var guess = segment.Start + LineSpread.Guess(segment.Text ?? "", ShortestGuess, LongestGuess) / 1000.0;
        return next > segment.Start ? Math.Min(guess, next.Value) : guess;
    }

    private static List<VerboseWord> Words(JsonElement list, LyricsNotices? notices)
    {
        var words = new List<VerboseWord>();
        foreach (var word in list.EnumerateArray())
        {
            if (word.ValueKind != JsonValueKind.Object || Text(Get(word, "word", "text")) is not { } text)
            {
                notices?.Add("words that cannot be read were left out");
                continue;
            }
            var (start, end) = Times(word);
            words.Add(new VerboseWord { Word = text, Start = start, End = end,
                Probability = Number(Get(word, "probability", "score", "confidence")) });
        }
        return words;
    }

    /// <summary>Transformers' chunks are words or sentences, as was asked for: sentences where most hold spaces.</summary>
    private static (List<VerboseSegment>?, List<VerboseWord>?) Chunks(JsonElement list, LyricsNotices? notices)
    {
        var words = Words(list, notices);
        return words.Count(word => WordText.Split(word.Word).Length > 1) * 2 > words.Count
            ? ([.. words.Select(word => new VerboseSegment { Start = word.Start ?? 0, End = word.End ?? word.Start ?? 0,
                Text = word.Word })], null)
            : (null, words);
    }

    private static (double? Start, double? End) Times(JsonElement element)
    {
        if (Get(element, "timestamp", "timestamps") is { } pair)
        {
            if (pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2)
                return (Number(pair[0]), Number(pair[1]));
            if (pair.ValueKind == JsonValueKind.Object)
                return (Number(Get(pair, "from", "start")), Number(Get(pair, "to", "end")));
        }
        return (Number(Get(element, "start", "start_time")), Number(Get(element, "end", "end_time")));
    }

    private static JsonElement? Get(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            if (element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                return value;
        return null;
    }

    private static string? Text(JsonElement? element) => element is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    /// <summary>Seconds, as a number, a number in quotes, or a clock's time.</summary>
    private static double? Number(JsonElement? element)
    {
        double? number = element switch
        {
            { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var seconds) => seconds,
            { ValueKind: JsonValueKind.String } value
                when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) => seconds,
            { ValueKind: JsonValueKind.String } value when CueReader.Time(value.GetString()!) is { } time => time / 1000.0,
            _ => null,
        };
        return number is { } finite && double.IsFinite(finite) && Math.Abs(finite) < 1e6 ? finite : null;
    }
}
