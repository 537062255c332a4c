namespace Libretto.Lyrics.Reading;

/// <summary>What was read from a text.</summary>
/// <param name="Document">The lyrics; without lines where the text holds none.</param>
/// <param name="Format">The format they were found to be in.</param>
/// <param name="Notices">What was changed, left out or guessed, a sentence each; none when the text was taken as it stands.</param>
public sealed record LyricsReading(LyricsDocument Document, ILyricsFormat Format, IReadOnlyList<string> Notices);
