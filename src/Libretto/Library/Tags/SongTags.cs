namespace Libretto.Library.Tags;

/// <summary>What a song's file says of itself.</summary>
/// <param name="Duration">Its length in seconds; 0 when unknown.</param>
internal sealed record SongTags(double Duration)
{
    public string? Title { get; init; }

    public string? Artist { get; init; }

    public string? Album { get; init; }

    /// <summary>Whether there is a moving picture: a film.</summary>
    public bool HasVideo { get; init; }

    /// <summary>The lyrics inside, as text in one of the formats that are read, the most telling first.</summary>
    public IReadOnlyList<string> Lyrics { get; init; } = [];
}
