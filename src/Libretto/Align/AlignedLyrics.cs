using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>Given lyrics with the times at which they are sung.</summary>
/// <param name="Lines">The given lines, as they were cut, with times and confidences.</param>
/// <param name="Fit">How well they fit what was sung.</param>
/// <param name="Checks">Passages worth checking by ear.</param>
public sealed record AlignedLyrics(IReadOnlyList<LyricsLine> Lines, SuppliedLyrics Fit, IReadOnlyList<LyricsCheck> Checks)
{
    /// <summary>The headings of the given lyrics; null where there are none.</summary>
    public IReadOnlyList<LyricsSection>? Sections { get; init; }
}
