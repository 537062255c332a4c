using System.Globalization;
using System.Text.Json.Serialization;
using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Transcribe;
using Libretto.Speech.Timing;

namespace Libretto.Pipeline.Transcripts;

/// <summary>What an engine heard of a whole song, as the memo keeps it.</summary>
internal sealed record Transcript
{
    /// <summary>The song's length in seconds.</summary>
    public required double Duration { get; init; }

    /// <summary>All words in order of time.</summary>
    public required IReadOnlyList<LyricsWord> Words { get; init; }

    /// <summary>Between which times each word begins, as the engine can tell; empty where it cannot.</summary>
    public IReadOnlyList<TimeRange> Onsets { get; init; } = [];

    /// <summary>Indexes of words after which the engine ends a sentence.</summary>
    public required IReadOnlyList<int> SentenceEnds { get; init; }

    /// <summary>The windows it was heard in, in order of time.</summary>
    public IReadOnlyList<TranscriptWindow> Windows { get; init; } = [];

    /// <summary>How often each guard acted; null when none did.</summary>
    public IReadOnlyDictionary<string, int>? Guards { get; init; }

    /// <summary>The language most words are in; null when the engine does not say.</summary>
    public string? Language { get; init; }

    /// <summary>The language sung and how likely it is, as a notice; null when it was not to be found out.</summary>
    public string? DetectedLanguage { get; init; }

    /// <summary>What its user should know of the words, in sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Passages whose words may be invented, in order.</summary>
    public IReadOnlyList<PassageDoubt> Doubts { get; init; } = [];

    /// <summary>Passages to check by ear.</summary>
    public IReadOnlyList<LyricsCheck> Checks { get; init; } = [];

    /// <summary>What it cost to hear it, US dollars; null when nothing did, as when it is recalled.</summary>
    [JsonIgnore]
    public double? Cost { get; init; }

    /// <summary>Whether the engine gave times for lines rather than for words.</summary>
    [JsonIgnore]
    public bool IsEstimated => Words.Count(word => word.Estimated == true) > Words.Count / 2;

    /// <summary>What was wrong with the file, in sentences.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What its user should know, in sentences.</summary>
    /// <param name="engine">The engine's name.</param>
    public IEnumerable<string> Notices(string engine)
    {
        if (DetectedLanguage is { } detected)
            yield return detected;
        foreach (var remark in Remarks)
            yield return remark;
        if (Cost is { } cost)
            yield return string.Create(CultureInfo.InvariantCulture, $"{engine}: {Duration:F0} s of audio, about ${cost:0.0000}.");
    }

    /// <summary>The words' times read off the voice: where its sounds begin and end, and never where nobody sings.</summary>
    /// <param name="edges">Of the voice alone, over the whole song.</param>
    /// <param name="singing">Where someone sings, in order.</param>
    public Transcript TimedBy(SoundEdges edges, IReadOnlyList<TimeRange> singing) =>
        this with { Words = ActivityBounds.Apply(WordEdges.Apply(Words, Onsets, edges), singing) };

    /// <summary>The words in lines, at times that keep a document's rules.</summary>
    public IReadOnlyList<LyricsLine> Lines() => LineBreaker.Break(DocumentRules.Normalize(Words, Milliseconds), SentenceEnds, Language);

    /// <summary>Valid lines of all words, or of the given lyrics where there are any.</summary>
    /// <param name="aligned">The words with better times; null for those that were heard.</param>
    /// <param name="isSupplied">Whether they are others than were heard, so that doubts of what was heard are none of theirs.</param>
    public LyricsDocument ToDocument(AlignedLyrics? aligned, bool isSupplied = false) => aligned is null
        ? new LyricsDocument { Duration = Milliseconds, Lines = Lines(), Checks = Checks.Count == 0 ? null : Checks }
        : DocumentRules.Normalize(new LyricsDocument
        {
            Duration = Milliseconds,
            Lines = LineOrder.InTurn(aligned.Lines),
            Sections = aligned.Sections,
            Checks = isSupplied ? aligned.Checks : [.. aligned.Checks.Concat(Checks).OrderBy(check => check.Start)],
        });

    private double Milliseconds => Math.Round(Duration, 3);
}

/// <summary>A stretch of time that was heard at once.</summary>
/// <param name="Start">Its start, seconds.</param>
/// <param name="End">Its end, seconds.</param>
/// <param name="MeanLogProbability">How likely the engine thinks its words, as a natural logarithm a token; null when it does not
/// say.</param>
internal sealed record TranscriptWindow(double Start, double End, double? MeanLogProbability)
{
    /// <summary>True when text of it was left out because it looked invented; else null.</summary>
    public bool? LostText { get; init; }
}
