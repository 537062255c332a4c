using Libretto.Library.Files;

namespace Libretto.Library;

/// <summary>What was found in a file, for as long as its size and its time stay the same.</summary>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Modified">When it was last changed, in ticks of UTC.</param>
internal sealed record ScannedFile(long Length, long Modified)
{
    /// <summary>The kind of sound; null when it holds none.</summary>
    public string? Kind { get; init; }

    public string? Title { get; init; }

    public string? Artist { get; init; }

    public string? Album { get; init; }

    public double Duration { get; init; }

    public bool? HasVideo { get; init; }

    /// <summary>The level of its lyrics: a sidecar's, or those in a song's tags.</summary>
    public LyricsLevel Level { get; init; }

    /// <summary>Why it cannot be used; null when it can.</summary>
    public string? Trouble { get; init; }

    /// <summary>Whether it is still what was looked at.</summary>
    public bool IsOf(WalkedFile file) => Length == file.Length && Modified == file.Modified;
}
