namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>The files that lie beside an UltraStar chart, by their names; null for what there is none of.</summary>
/// <param name="Audio">The song.</param>
internal sealed record UltraStarMedia(string Audio)
{
    public string? Vocals { get; init; }

    public string? Instrumental { get; init; }

    public string? Cover { get; init; }

    public string? Video { get; init; }
}
