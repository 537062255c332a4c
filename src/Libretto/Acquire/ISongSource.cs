namespace Libretto.Acquire;

/// <summary>A way from a link to a file with its sound.</summary>
public interface ISongSource
{
    /// <summary>Fetches a song.</summary>
    /// <param name="request">What and how.</param>
    /// <param name="progress">Told on whichever thread reads.</param>
    /// <param name="cancellationToken">Ends the download and its programs at once; what has come stays in the request's folder.</param>
    /// <returns>What was fetched; without a file when <see cref="SongFetch.IsWanted"/> said no.</returns>
    /// <exception cref="AcquireException">
    /// The link, the site, the network or a limit stands against it; the message says what to do.
    /// </exception>
    /// <exception cref="Tools.ToolException">A program is missing or was killed.</exception>
    Task<FetchedSong> FetchAsync(SongFetch request, IProgress<FetchProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>A song to fetch.</summary>
/// <param name="Link">From where.</param>
/// <param name="Folder">An empty folder of the caller's, for the file.</param>
public sealed record SongFetch(SongLink Link, string Folder)
{
    /// <summary>How much of everything at most.</summary>
    public FetchLimits Limits { get; init; } = new();

    /// <summary>The cookies to show; none when null (the default).</summary>
    public CookieJar? Cookies { get; init; }

    /// <summary>Asked as soon as the song is known and before its sound is fetched; null (the default) wants every song.</summary>
    public Func<SongFacts, CancellationToken, Task<bool>>? IsWanted { get; init; }
}

/// <summary>How much of everything at most.</summary>
public sealed record FetchLimits
{
    /// <summary>Bytes; 500 MB by default.</summary>
    public long Bytes { get; init; } = 500_000_000;

    /// <summary>The longest song; two hours by default.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromHours(2);

    /// <summary>The longest that a download may take; 15 minutes by default.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A song that was fetched.</summary>
/// <param name="Facts">What is known of it.</param>
/// <param name="Path">The file; null when it was not wanted any more.</param>
public sealed record FetchedSong(SongFacts Facts, string? Path);

/// <summary>How a download goes.</summary>
/// <param name="Bytes">What has come so far.</param>
/// <param name="Total">How much it will be; null while unknown.</param>
public sealed record FetchProgress(long Bytes, long? Total)
{
    /// <summary>The share that has come, 0 to 1; null while unknown.</summary>
    public double? Fraction => Total > 0 ? Math.Min(1, (double)Bytes / Total.Value) : null;
}
