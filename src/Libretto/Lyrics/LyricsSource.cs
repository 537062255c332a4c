namespace Libretto.Lyrics;

/// <summary>Where a song came from.</summary>
/// <param name="Kind"><c>file</c>, <c>upload</c> or <c>link</c>.</param>
public sealed record LyricsSource(string Kind)
{
    /// <summary>The address, of a link.</summary>
    public string? Url { get; init; }

    /// <summary>The site's own identifier of the video, of a link.</summary>
    public string? VideoId { get; init; }
}
