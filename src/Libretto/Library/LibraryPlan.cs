using System.Text.Json.Serialization;

namespace Libretto.Library;

/// <summary>What is done with a song.</summary>
public enum LibraryAction
{
    /// <summary>Nothing: it has word times, or all that is wanted.</summary>
    Keep,

    /// <summary>Nothing: it is known to be without words.</summary>
    Instrumental,

    /// <summary>Its word times are written in the wanted formats.</summary>
    Convert,

    /// <summary>Its lyrics are written into its tags.</summary>
    Tag,

    /// <summary>Its lines have times; its words get some.</summary>
    TimeWords,

    /// <summary>Its words are known and get times.</summary>
    Align,

    /// <summary>Its words are looked up, and heard if nobody has them.</summary>
    LookUp,

    /// <summary>Its words are heard.</summary>
    Transcribe,

    /// <summary>Nothing: the files that it needs belong to someone else.</summary>
    Blocked,

    /// <summary>Nothing: its file cannot be read, or failed before.</summary>
    Unusable,
}

/// <summary>A song and what is to be done with it.</summary>
/// <param name="Path">Its file; of several of one recording the best.</param>
/// <param name="Action">What is done.</param>
public sealed record PlannedSong(string Path, LibraryAction Action)
{
    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Who performs it; null when unknown.</summary>
    public string? Artist { get; init; }

    /// <summary>The album it is on; null when unknown.</summary>
    public string? Album { get; init; }

    /// <summary>Its length in seconds; 0 when unknown.</summary>
    public double Duration { get; init; }

    /// <summary>The lyrics that are used; null when there are none.</summary>
    public KnownLyrics? Lyrics { get; init; }

    /// <summary>Other files of the same recording, such as a smaller one for travelling.</summary>
    public IReadOnlyList<string> Copies { get; init; } = [];

    /// <summary>The files that are written beside it.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>Files whose tags are written.</summary>
    public IReadOnlyList<string> Tagged { get; init; } = [];

    /// <summary>What the user should know, in sentences: why nothing is done, which files stay as they are.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Whether anything is done.</summary>
    [JsonIgnore]
    public bool IsWork =>
        Action is not (LibraryAction.Keep or LibraryAction.Instrumental or LibraryAction.Blocked or LibraryAction.Unusable);

    [JsonIgnore]
    internal LibraryState State { get; init; } = null!;

    [JsonIgnore]
    internal string Kind { get; init; } = "";

    [JsonIgnore]
    internal long Length { get; init; }

    [JsonIgnore]
    internal long Modified { get; init; }
}

/// <summary>What is to be done with a collection.</summary>
/// <param name="Songs">Its songs, in the order of their paths.</param>
/// <param name="Troubles">Folders that cannot be read and the like, a sentence each.</param>
public sealed record LibraryPlan(IReadOnlyList<PlannedSong> Songs, IReadOnlyList<string> Troubles)
{
    /// <summary>Files that were looked at.</summary>
    public int Files { get; init; }

    /// <summary>About how long the work takes, seconds.</summary>
    public double Estimate { get; init; }

    /// <summary>How many songs there are for each action.</summary>
    public IReadOnlyDictionary<LibraryAction, int> Counts => Songs.CountBy(song => song.Action).ToDictionary();

    /// <summary>The songs that something is done with.</summary>
    public IEnumerable<PlannedSong> Work => Songs.Where(song => song.IsWork);
}
