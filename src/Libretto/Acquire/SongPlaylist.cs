namespace Libretto.Acquire;

/// <summary>The songs that a link to a playlist, an album or a channel leads to.</summary>
/// <param name="Title">What the list is called; null where it does not say.</param>
/// <param name="Links">The links of its songs, in order, at most as many as were asked for.</param>
/// <param name="Count">How many it has in all; null where it does not say.</param>
public sealed record SongPlaylist(string? Title, IReadOnlyList<string> Links, int? Count);
