using System.Text.Json.Serialization;
using Libretto.Lyrics.Formats.Json;

namespace Libretto.Lyrics;

/// <summary>How words and times were made; each value is null when the step did not run.</summary>
public sealed record LyricsMethod
{
    /// <summary>Engine and model, such as <c>groq/whisper-large-v3-turbo</c> or <c>moonshine/tiny</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>Why another engine than the first chosen one did the work; null when that one did.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// What recognition cost by the engine's published price, US dollars; null when it cost nothing or no price is known.
    /// </summary>
    [JsonConverter(typeof(DollarsConverter))]
    public double? Cost { get; init; }

    /// <summary>The separation model, such as <c>spleeter-2stems</c>.</summary>
    public string? Separation { get; init; }

    /// <summary>
    /// Where the times are from: <c>provider</c>, <c>attention</c>, <c>ctc</c>, <c>synced</c> for those of lyrics
    /// that were looked up, or <c>estimated</c> where only lines had times.
    /// </summary>
    public string? Alignment { get; init; }

    /// <summary>Where the words are from: <c>transcribed</c> or <c>supplied</c>.</summary>
    public string? Words { get; init; }

    /// <summary>How often each guard against invented text acted, by the guard's name.</summary>
    public IReadOnlyDictionary<string, int>? Guards { get; init; }

    /// <summary>
    /// True when transcribed words should be checked by ear as a whole: the engine understood little, or thinks most of it unlikely.
    /// </summary>
    public bool? Unsure { get; init; }

    /// <summary>What is known of supplied lyrics.</summary>
    public SuppliedLyrics? Lyrics { get; init; }
}

/// <summary>How well supplied lyrics fit what was sung.</summary>
/// <param name="Source">Where they came from, such as <c>file</c> or <c>lrclib</c>.</param>
/// <param name="Matched">Share of the given words that were recognised in place, 0 to 1.</param>
/// <param name="Unsure">True when the result should be checked by ear as a whole.</param>
public sealed record SuppliedLyrics(string Source, double Matched, bool Unsure)
{
    /// <summary>
    /// What was changed, left out or guessed when they were read or timed, a sentence each; null when they were taken as they stood.
    /// </summary>
    public IReadOnlyList<string>? Notices { get; init; }
}
