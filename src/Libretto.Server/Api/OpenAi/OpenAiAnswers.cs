using System.Text.Json.Serialization;
using Libretto.Lyrics;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Api.OpenAi;

/// <summary>The parts of a request, for the API's description.</summary>
internal sealed record OpenAiUpload(
    IFormFile File,
    string? Model,
    string? Language,
    string? Prompt,
    string? ResponseFormat,
    double? Temperature,
    [property: JsonPropertyName("timestamp_granularities[]")] IReadOnlyList<string>? TimestampGranularities,
    bool? Stream);

/// <summary>The answer in the format <c>json</c>.</summary>
internal sealed record OpenAiText(string Text, OpenAiUsage? Usage = null)
{
    public static OpenAiText Of(LyricsDocument document) => new(OpenAiTranscriber.TextOf(document), OpenAiUsage.Of(document));
}

/// <summary>What was heard, in whole seconds, as whisper-1 counts it.</summary>
internal sealed record OpenAiUsage(string Type, int Seconds)
{
    public static OpenAiUsage Of(LyricsDocument document) => new("duration", (int)Math.Ceiling(document.Duration));
}

/// <summary>A further piece of the text, in a stream.</summary>
internal sealed record OpenAiDelta(string Type, string Delta);

/// <summary>The whole text, at the end of a stream.</summary>
internal sealed record OpenAiDone(string Type, string Text);

/// <summary>The answer in the format <c>verbose_json</c>; segments and words as far as they were asked for.</summary>
internal sealed record OpenAiVerbose(
    string Task, string Language, double Duration, string Text, IReadOnlyList<OpenAiWord>? Words, IReadOnlyList<OpenAiSegment>? Segments,
    OpenAiUsage Usage)
{
    public static OpenAiVerbose Of(LyricsDocument document, OpenAiForm form, bool translate) => new(
        translate ? "translate" : "transcribe",
        (document.Language is { } code ? Languages.EnglishName(code) : null) ?? "english",
        document.Duration,
        OpenAiTranscriber.TextOf(document),
        form.WantsWords ? [.. document.Lines.SelectMany(line => line.Words)
            .Select(word => new OpenAiWord(word.Text, word.Start, word.End))] : null,
        form.WantsSegments ? [.. document.Lines.Select(OpenAiSegment.Of)] : null,
        OpenAiUsage.Of(document));
}

internal sealed record OpenAiWord(string Word, double Start, double End);

/// <summary>
/// A line. Its text begins with a space, as Whisper's tokens do, so that lines joined with nothing between are words apart.
/// </summary>
internal sealed record OpenAiSegment(
    int Id,
    int Seek,
    double Start,
    double End,
    string Text,
    IReadOnlyList<int> Tokens,
    double Temperature,
    [property: JsonPropertyName("avg_logprob")] double AverageLogProbability,
    double CompressionRatio,
    [property: JsonPropertyName("no_speech_prob")] double NoSpeechProbability)
{
    public static OpenAiSegment Of(LyricsLine line, int index)
    {
        var sure = line.Words.Where(word => word.Confidence > 0).Select(word => Math.Log(word.Confidence!.Value)).ToList();
        var likelihood = sure.Count > 0 ? Math.Round(sure.Average(), 4) : 0;
        return new OpenAiSegment(index, 0, line.Start, line.End, " " + line.Text, [], 0, likelihood, 1, 0);
    }
}

internal sealed record OpenAiModels(string Object, IReadOnlyList<OpenAiModel> Data);

internal sealed record OpenAiModel(string Id, string Object, long Created, string OwnedBy)
{
    public static OpenAiModel Of(string id) => new(id, "model", 1735689600, "libretto");
}
