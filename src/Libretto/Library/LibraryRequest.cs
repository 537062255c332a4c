using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Library;

/// <summary>Which lyrics are written into the songs' own files.</summary>
public enum TagLyrics
{
    /// <summary>None: the songs' files are not touched.</summary>
    None,

    /// <summary>The words.</summary>
    Plain,

    /// <summary>The words, and when each line begins.</summary>
    Synced,
}

/// <summary>Whose words are used for a song.</summary>
public enum LyricsUse
{
    /// <summary>Those that are heard.</summary>
    Off,

    /// <summary>Those that lie with the song, else those that are heard.</summary>
    Sidecar,

    /// <summary>Those that lie with the song, else those that a library of lyrics has, else those that are heard.</summary>
    LookUp,
}

/// <summary>What is wanted of a collection.</summary>
/// <param name="Folders">Its folders, and playlists whose songs belong to it.</param>
public sealed record LibraryRequest(IReadOnlyList<string> Folders)
{
    /// <summary>The formats written beside each song.</summary>
    public IReadOnlyList<ILyricsFormat> Formats { get; init; } = [LyricsFormats.Lrc, LyricsFormats.EnhancedLrc, LyricsFormats.Ttml];

    /// <summary>What is written into the songs' files; nothing by default.</summary>
    public TagLyrics Tags { get; init; }

    /// <summary>Whose words are used.</summary>
    public LyricsUse Lyrics { get; init; } = LyricsUse.Sidecar;

    /// <summary>True to do songs again that have what is wanted; false by default.</summary>
    public bool Redo { get; init; }

    /// <summary>True to replace lyrics that Libretto did not write; false by default.</summary>
    public bool Force { get; init; }

    /// <summary>Songs worked on at the same time, 1 (the default) or more.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>
    /// How long a file must have stayed the same before it is looked at, so that one that is still being copied is left for later: for
    /// those who call <see cref="LibrarySession.WaitAsync"/> before each plan. No time by default.
    /// </summary>
    public TimeSpan AtRest { get; init; }

    /// <summary>How long that is for whoever watches folders, if nothing speaks for another time: 3 s.</summary>
    public static TimeSpan UsualRest { get; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Where it is remembered what was found and done; null (the default) for the user's own folder, see <see cref="Output.StateFolder"/>.
    /// </summary>
    public string? StateFolder { get; init; }

    /// <summary>True only to look: nothing is written or remembered, and another run may go on meanwhile.</summary>
    public bool DryRun { get; init; }

    /// <summary>What is wanted of every song; path, words and names are each song's own.</summary>
    public SongRequest Song { get; init; } = new("");
}
