using System.Text.Json.Serialization;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>OpenAI's <c>verbose_json</c>, field for field, as their clients and Groq's know it.</summary>
internal sealed record VerboseTranscription
{
    [JsonPropertyName("task")]
    public string? Task { get; init; }

    [JsonPropertyName("language")]
    public string? Language { get; init; }

    [JsonPropertyName("duration")]
    public double? Duration { get; init; }

    [JsonPropertyName("text")]
    public string? Text { get; init; }

    [JsonPropertyName("segments")]
    public IReadOnlyList<VerboseSegment>? Segments { get; init; }

    [JsonPropertyName("words")]
    public IReadOnlyList<VerboseWord>? Words { get; init; }
}

/// <summary>A segment: for Libretto a line.</summary>
internal sealed record VerboseSegment
{
    [JsonPropertyName("id")]
    public int Id { get; init; }

    [JsonPropertyName("seek")]
    public int Seek { get; init; }

    [JsonPropertyName("start")]
    public double Start { get; init; }

    [JsonPropertyName("end")]
    public double End { get; init; }

    [JsonPropertyName("text")]
    public string? Text { get; init; }

    [JsonPropertyName("tokens")]
    public IReadOnlyList<int>? Tokens { get; init; }

    [JsonPropertyName("temperature")]
    public double Temperature { get; init; }

    [JsonPropertyName("avg_logprob")]
    public double AverageLogProbability { get; init; }

    [JsonPropertyName("compression_ratio")]
    public double CompressionRatio { get; init; }

    [JsonPropertyName("no_speech_prob")]
    public double NoSpeechProbability { get; init; }

    /// <summary>Some hosts put the words here.</summary>
    [JsonPropertyName("words")]
    public IReadOnlyList<VerboseWord>? Words { get; init; }
}

/// <summary>A word; hosts that know more of it add a probability, broken ones leave out a time.</summary>
internal sealed record VerboseWord
{
    [JsonPropertyName("word")]
    public string? Word { get; init; }

    [JsonPropertyName("start")]
    public double? Start { get; init; }

    [JsonPropertyName("end")]
    public double? End { get; init; }

    [JsonPropertyName("probability")]
    public double? Probability { get; init; }
}
