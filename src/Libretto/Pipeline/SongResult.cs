using Libretto.Lyrics;
using Libretto.Pipeline.Stems;

namespace Libretto.Pipeline;

/// <summary>What came of a song.</summary>
/// <param name="Document">The lyrics; without lines when nothing is sung.</param>
/// <param name="Notices">What the user should know of the way here, a sentence each: which engine and why, damage in the file.</param>
public sealed record SongResult(LyricsDocument Document, IReadOnlyList<string> Notices)
{
    /// <summary>
    /// True where <see cref="SongRequest.CheckLyrics"/> found the given lyrics to be another song's; the words were heard then.
    /// </summary>
    public bool LyricsRefused { get; init; }

    /// <summary>
    /// The stems, where <see cref="SongRequest.KeepStems"/> asked for them; separated already only where the words' times needed it. The
    /// caller disposes of them.
    /// </summary>
    public SongStems? Stems { get; init; }
}
