namespace Libretto.Lyrics;

/// <summary>What a line means in another language.</summary>
/// <param name="Language">That language, as an ISO 639 code such as <c>en</c>; null when unknown.</param>
/// <param name="Text">The line in that language.</param>
public sealed record LyricsTranslation(string? Language, string Text);
