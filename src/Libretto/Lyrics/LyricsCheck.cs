namespace Libretto.Lyrics;

/// <summary>A passage worth checking by ear.</summary>
/// <param name="Start">Its start, seconds.</param>
/// <param name="End">Its end, seconds.</param>
/// <param name="Reason">Why, in a few words.</param>
public sealed record LyricsCheck(double Start, double End, string Reason);
