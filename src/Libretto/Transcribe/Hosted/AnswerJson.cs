using System.Globalization;
using System.Text.Json;
using Libretto.Lyrics.Formats.Json;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Reads the body of an answer as the many servers of OpenAI's protocol really write it: numbers as text, <c>null</c> where nothing is
/// known, fields left out, or an error under the status 200.
/// </summary>
internal static class AnswerJson
{
    private const string Markup = "it is a web page, as proxies and sign-in pages send";

    /// <summary>The transcription that a body holds.</summary>
    /// <exception cref="HostedException">It holds none: <c>hosted_answer</c>, or what the error in it means.</exception>
    public static VerboseTranscription Read(HostedEngine engine, byte[] body)
    {
        JsonElement root;
        try
        {
            using var json = JsonDocument.Parse(body.AsMemory(body.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0));
            root = json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            var why = body.AsSpan().TrimStart(" \t\r\n"u8).StartsWith("<"u8) ? Markup
                : string.Create(CultureInfo.InvariantCulture,
                    $"its JSON is broken at line {e.LineNumber + 1 ?? 1}, byte {e.BytePositionInLine ?? 0}");
            throw HostedException.BadAnswer(engine, why, e);
        }
        var answer = root.ValueKind == JsonValueKind.Object ? Transcription(root) : new VerboseTranscription();
        if ((answer.Text ?? (object?)answer.Segments ?? answer.Words) is not null)
            return answer;
        throw HostedFailure.Message(engine, body) is { } said
            ? HostedException.ErrorInAnswer(engine, said)
            : HostedException.BadAnswer(engine, "it holds neither text nor words");
    }

    private static VerboseTranscription Transcription(JsonElement json) => new()
    {
        Language = Text(json, "language"),
        Duration = Number(json, "duration"),
        Text = Text(json, "text"),
        Segments = List(json, "segments", Segment),
        Words = List(json, "words", Word),
    };

    private static VerboseSegment Segment(JsonElement json) => new()
    {
        Start = Number(json, "start") ?? double.NaN,
        End = Number(json, "end") ?? double.NaN,
        Text = Text(json, "text"),
        AverageLogProbability = Number(json, "avg_logprob") ?? 0,
        CompressionRatio = Number(json, "compression_ratio") ?? 0,
        NoSpeechProbability = Number(json, "no_speech_prob") ?? 0,
        Words = List(json, "words", Word),
    };

    private static VerboseWord Word(JsonElement json) => new()
    {
        Word = Text(json, "word") ?? Text(json, "text"),
        Start = Number(json, "start"),
        End = Number(json, "end"),
        Probability = Number(json, "probability"),
    };

    private static List<T>? List<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(read)]
            : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value))
            return null;
        var number = value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String when double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var read) =>
                read,
            _ => double.NaN,
        };
        return double.IsFinite(number) ? number : null;
    }
}
