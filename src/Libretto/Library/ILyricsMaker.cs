using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Library;

/// <summary>Makes the lyrics of a collection's songs: right here, or as jobs of a server.</summary>
public interface ILyricsMaker
{
    /// <summary>Makes the lyrics of a song.</summary>
    /// <param name="request">The song and what is wanted of it.</param>
    /// <param name="progress">Told how far it is; null when nobody asks.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="LibrettoException">Why it failed.</exception>
    Task<MadeLyrics> MakeAsync(SongRequest request, IProgress<SongProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>Lyrics that were made.</summary>
/// <param name="Document">The lyrics; without lines when nothing is sung.</param>
/// <param name="Notices">What the user should know, a sentence each.</param>
public sealed record MadeLyrics(LyricsDocument Document, IReadOnlyList<string> Notices)
{
    /// <summary>Whether the lyrics that lie with the song were found to be another's.</summary>
    public bool LyricsRefused { get; init; }
}

/// <summary>Makes lyrics in this process.</summary>
/// <param name="pipeline">Does the work.</param>
internal sealed class PipelineLyricsMaker(SongPipeline pipeline) : ILyricsMaker
{
    public async Task<MadeLyrics> MakeAsync(SongRequest request, IProgress<SongProgress>? progress, CancellationToken cancellationToken)
    {
        var result = await pipeline.RunAsync(request, progress, cancellationToken);
        return new MadeLyrics(result.Document, result.Notices) { LyricsRefused = result.LyricsRefused };
    }
}
