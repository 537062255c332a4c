using Libretto.Lyrics;

namespace Libretto.Library;

/// <summary>What came of a song.</summary>
public enum LibraryResult
{
    /// <summary>It was left as it is, as planned.</summary>
    Left,

    /// <summary>Its lyrics were written.</summary>
    Written,

    /// <summary>Nothing is sung, which is remembered.</summary>
    NoWords,

    /// <summary>It failed; its error says why.</summary>
    Failed,

    /// <summary>It was not begun.</summary>
    NotTried,
}

/// <summary>A song, what was planned for it and what came of it.</summary>
/// <param name="Song">The plan.</param>
/// <param name="Result">What came of it.</param>
public sealed record LibraryOutcome(PlannedSong Song, LibraryResult Result)
{
    /// <summary>The files written, the songs' own among them where their tags were.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Lines and words of the lyrics.</summary>
    public int Lines { get; init; }

    /// <summary>Words of the lyrics.</summary>
    public int Words { get; init; }

    /// <summary>The mean confidence of the words that have one, 0 to 1; null when none has.</summary>
    public double? Confidence { get; init; }

    /// <summary>The share of given words that were heard, 0 to 1; null when the words were not given.</summary>
    public double? Matched { get; init; }

    /// <summary>Whether all of it should be checked by ear.</summary>
    public bool Unsure { get; init; }

    /// <summary>Places to check by ear.</summary>
    public IReadOnlyList<LyricsCheck> Checks { get; init; } = [];

    /// <summary>What the user should know, in sentences.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>The error's code; null when nothing failed.</summary>
    public string? Code { get; init; }

    /// <summary>What failed and what to do; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>What the work took, seconds.</summary>
    public double Taken { get; init; }
}

/// <summary>What came of a collection.</summary>
/// <param name="Songs">Its songs, in the order of their paths.</param>
/// <param name="Plan">What was planned.</param>
public sealed record LibraryReport(IReadOnlyList<LibraryOutcome> Songs, LibraryPlan Plan)
{
    /// <summary>The first error of a song; null when there was none.</summary>
    public LibrettoException? FirstError { get; init; }

    /// <summary>How many songs came to each result.</summary>
    public IReadOnlyDictionary<LibraryResult, int> Counts => Songs.CountBy(song => song.Result).ToDictionary();
}

/// <summary>How far a run has come.</summary>
/// <param name="Outcome">A song that has just been ended.</param>
/// <param name="Done">How many of the songs with work have ended.</param>
/// <param name="Count">How many songs have work.</param>
/// <param name="Remaining">About the time left.</param>
public sealed record LibraryProgress(LibraryOutcome Outcome, int Done, int Count, TimeSpan Remaining);
