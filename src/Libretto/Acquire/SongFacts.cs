namespace Libretto.Acquire;

/// <summary>What is known of a song from where it was found; null for what is not.</summary>
/// <param name="Key">
/// What tells it from all others: <c>SITE:ID</c> as the site says, else the address; see <see cref="SongLink.Key"/>.
/// </param>
public sealed record SongFacts(string Key)
{
    /// <summary>The page's address.</summary>
    public string? Url { get; init; }

    /// <summary>The site's own identifier.</summary>
    public string? VideoId { get; init; }

    /// <summary>The title, without "(Official Video)" and the like.</summary>
    public string? Title { get; init; }

    /// <summary>Who performs it.</summary>
    public string? Artist { get; init; }

    /// <summary>The album it is on.</summary>
    public string? Album { get; init; }

    /// <summary>Length in seconds.</summary>
    public double? Duration { get; init; }

    /// <summary>Whether its file holds a picture of its cover.</summary>
    public bool HasCover { get; init; }

    /// <summary>A picture's address.</summary>
    public string? Thumbnail { get; init; }

    /// <summary>What was fetched with: <c>yt-dlp</c> or <c>http</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Artist and title in one, as files are named.</summary>
    public string Name => (Artist, Title) switch
    {
        ({ } artist, { } title) => $"{artist} - {title}",
        (null, { } title) => title,
        _ => VideoId ?? Key,
    };
}
