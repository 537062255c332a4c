namespace Libretto.Lyrics;

/// <summary>A heading of the lyrics, such as a verse's or a chorus's; it is never sung.</summary>
/// <param name="Name">As it was given, without brackets: <c>Verse 1</c>.</param>
/// <param name="Line">The line it stands before, from 0; the number of lines for one that stands after all.</param>
public sealed record LyricsSection(string Name, int Line);
