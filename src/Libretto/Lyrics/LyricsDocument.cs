namespace Libretto.Lyrics;

/// <summary>
/// Word-timed lyrics of one song: the product's contract (<c>libretto/1</c>). Immutable; operations live beside it.
/// Times are seconds from the start of the song, with millisecond precision, monotone, never negative, never past the end.
/// </summary>
public sealed record LyricsDocument
{
    /// <summary>The schema's name and major version, the value of <c>schema</c> in the JSON.</summary>
    public const string SchemaName = "libretto/1";

    /// <summary>The song's title, if known.</summary>
    public string? Title { get; init; }

    /// <summary>The song's artist, if known.</summary>
    public string? Artist { get; init; }

    /// <summary>The language sung, as an ISO 639 code such as <c>en</c>; null when unknown.</summary>
    public string? Language { get; init; }

    /// <summary>Length of the song in seconds.</summary>
    public required double Duration { get; init; }

    /// <summary>Where the song came from.</summary>
    public LyricsSource? Source { get; init; }

    /// <summary>How the words and their times were made.</summary>
    public LyricsMethod? Method { get; init; }

    /// <summary>The lines in order of time; empty for a song without words.</summary>
    public required IReadOnlyList<LyricsLine> Lines { get; init; }

    /// <summary>Places worth checking by ear; null when nothing was checked.</summary>
    public IReadOnlyList<LyricsCheck>? Checks { get; init; }
}

/// <summary>A line as it is sung in one breath.</summary>
/// <param name="Start">Start of its first word, seconds.</param>
/// <param name="End">End of its last word, seconds.</param>
/// <param name="Text">Its words, joined.</param>
/// <param name="Words">Its words in order of time.</param>
public sealed record LyricsLine(double Start, double End, string Text, IReadOnlyList<LyricsWord> Words)
{
    /// <summary>False for a given line that is not sung; null when nothing is known.</summary>
    public bool? Sung { get; init; }
}

/// <summary>One word with its time.</summary>
/// <param name="Text">The word with its punctuation, without surrounding white space.</param>
/// <param name="Start">When it starts to sound, seconds.</param>
/// <param name="End">When it ends, seconds; never before <paramref name="Start"/>.</param>
public sealed record LyricsWord(string Text, double Start, double End)
{
    /// <summary>How sure the engine is of the word, 0 to 1; null when unknown.</summary>
    public double? Confidence { get; init; }

    /// <summary>True when the time was interpolated or guessed rather than heard; null otherwise.</summary>
    public bool? Estimated { get; init; }
}

/// <summary>Where a song came from.</summary>
/// <param name="Kind"><c>file</c>, <c>upload</c> or <c>link</c>.</param>
public sealed record LyricsSource(string Kind)
{
    /// <summary>The address, of a link.</summary>
    public string? Url { get; init; }

    /// <summary>The site's own identifier of the video, of a link.</summary>
    public string? VideoId { get; init; }
}

/// <summary>How words and times were made; each value is null when the step did not run.</summary>
public sealed record LyricsMethod
{
    /// <summary>Engine and model, such as <c>groq/whisper-large-v3-turbo</c> or <c>moonshine/tiny</c>.</summary>
    public string? Engine { get; init; }

    /// <summary>The separation model, such as <c>spleeter-2stems</c>.</summary>
    public string? Separation { get; init; }

    /// <summary>Where the times are from: <c>provider</c>, <c>attention</c>, <c>ctc</c>.</summary>
    public string? Alignment { get; init; }

    /// <summary>Where the words are from: <c>transcribed</c> or <c>supplied</c>.</summary>
    public string? Words { get; init; }

    /// <summary>How often each guard against invented text acted, by the guard's name.</summary>
    public IReadOnlyDictionary<string, int>? Guards { get; init; }

    /// <summary>What is known of supplied lyrics.</summary>
    public SuppliedLyrics? Lyrics { get; init; }
}

/// <summary>How well supplied lyrics fit what was sung.</summary>
/// <param name="Source">Where they came from, such as <c>file</c> or <c>lrclib</c>.</param>
/// <param name="Matched">Share of the given words that were recognised in place, 0 to 1.</param>
/// <param name="Unsure">True when the result should be checked by ear as a whole.</param>
public sealed record SuppliedLyrics(string Source, double Matched, bool Unsure);

/// <summary>A passage worth checking by ear.</summary>
/// <param name="Start">Its start, seconds.</param>
/// <param name="End">Its end, seconds.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record LyricsCheck(double Start, double End, string Reason);
