using Libretto.Lyrics;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Joins the words of two pieces that both heard the song around a cut. They part at a word that both heard, so that none is doubled
/// or lost; where they agree on none, at the cut itself.
/// </summary>
internal static class PieceSeam
{
    /// <summary>How far apart two engines' runs put the same word, at most, seconds.</summary>
    private const double SameTime = 0.5;

    /// <summary>Joins two pieces.</summary>
    /// <param name="left">The earlier piece, which goes on past the cut.</param>
    /// <param name="right">The later one, which begins before it.</param>
    /// <param name="cut">Where the song was cut, seconds.</param>
    /// <returns>The same pieces, the first ending where the second begins.</returns>
    public static (TranscribedPiece Left, TranscribedPiece Right) Join(TranscribedPiece left, TranscribedPiece right, double cut)
    {
        var (keep, skip) = Parting(left.Words, right.Words, cut);
        return (
            left with
            {
                Range = left.Range with { End = cut },
                Words = [.. left.Words.Take(keep)],
                SegmentEnds = [.. left.SegmentEnds.Where(end => end < keep)],
            },
            right with
            {
                Range = right.Range with { Start = cut },
                Words = [.. right.Words.Skip(skip)],
                SegmentEnds = [.. right.SegmentEnds.Where(end => end >= skip).Select(end => end - skip)],
            });
    }

    /// <summary>How many words of the left are kept, and how many of the right are left out.</summary>
    private static (int Keep, int Skip) Parting(IReadOnlyList<LyricsWord> left, IReadOnlyList<LyricsWord> right, double cut)
    {
        var best = (Keep: left.Count(word => Middle(word) < cut), Skip: right.Count(word => Middle(word) < cut));
        var nearest = double.PositiveInfinity;
        for (var i = left.Count - 1; i >= 0; i--)
            for (var j = 0; j < right.Count && right[j].Start - SameTime <= left[i].Start; j++)
            {
                var distance = Math.Abs(Middle(left[i]) - cut) + Math.Abs(Middle(right[j]) - cut) + Math.Abs(
                    left[i].Start - right[j].Start);
                if (distance < nearest && Math.Abs(left[i].Start - right[j].Start) <= SameTime &&
                    WordMarks.Letters(left[i].Text) == WordMarks.Letters(right[j].Text))
                    (nearest, best) = (distance, (i + 1, j + 1));
            }
        return best;
    }

    private static double Middle(LyricsWord word) => (word.Start + word.End) / 2;
}
