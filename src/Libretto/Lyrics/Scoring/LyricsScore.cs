namespace Libretto.Lyrics.Scoring;

/// <summary>How good lyrics are, measured against right ones. Words are paired by the least edit distance.</summary>
public sealed record LyricsScore
{
    private const double OnTime = 0.3, InTime = 0.1, Far = 1;

    /// <summary>Words of the reference.</summary>
    public required int Words { get; init; }

    /// <summary>Substituted, deleted and inserted words for each word of the reference.</summary>
    public required double WordErrorRate { get; init; }

    /// <summary>Words that are right and have a time.</summary>
    public required int Matched { get; init; }

    /// <summary>Share of those that start within 0.3 s of the reference (percentage of correct onsets).</summary>
    public required double CorrectOnsets { get; init; }

    /// <summary>Share of those within 0.1 s.</summary>
    public required double SharpOnsets { get; init; }

    /// <summary>Share of those more than 1 s off.</summary>
    public required double FarOff { get; init; }

    /// <summary>Mean absolute error of their starts, seconds; null when none is matched.</summary>
    public required double? MeanError { get; init; }

    /// <summary>The median of the same.</summary>
    public required double? MedianError { get; init; }

    /// <summary>Share of the last words of lines that end within 0.3 s of the reference's line.</summary>
    public required double LineEnds { get; init; }

    /// <summary>F1 of the words that end a line.</summary>
    public required double LineBreaks { get; init; }

    /// <summary>Compares.</summary>
    /// <param name="reference">The right words.</param>
    /// <param name="result">The words to be judged.</param>
    public static LyricsScore Of(IReadOnlyList<ScoredWord> reference, IReadOnlyList<ScoredWord> result)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(result);
        var (distance, pairs) = Pair(reference, result);
        var errors = pairs.Where(pair => pair.Right.Start is not null && pair.Heard.Start is not null)
            .Select(pair => Math.Abs(pair.Heard.Start!.Value - pair.Right.Start!.Value)).Order().ToList();
        var lasts = pairs.Where(pair => pair.Right.EndsLine is not null && pair.Heard.EndsLine is not null).ToList();
        var ends = lasts.Where(pair => pair.Right.EndsLine == true).ToList();
        var breaks = lasts.Sum(pair => (pair.Right.EndsLine == true ? 1 : 0) + (pair.Heard.EndsLine == true ? 1 : 0));
        double Share(double within) => errors.Count == 0 ? 0 : (double)errors.Count(error => error <= within) / errors.Count;
        return new LyricsScore
        {
            Words = reference.Count,
            WordErrorRate = (double)distance / Math.Max(1, reference.Count),
            Matched = errors.Count,
            CorrectOnsets = Share(OnTime),
            SharpOnsets = Share(InTime),
            FarOff = errors.Count == 0 ? 1 : 1 - Share(Far),
            MeanError = errors.Count == 0 ? null : errors.Average(),
            MedianError = errors.Count == 0 ? null : (errors[(errors.Count - 1) / 2] + errors[errors.Count / 2]) / 2,
            LineEnds = ends.Count == 0 ? 0
                : (double)ends.Count(pair => Math.Abs(pair.Heard.End!.Value - pair.Right.End!.Value) <= OnTime) / ends.Count,
            LineBreaks = breaks == 0 ? 0 : 2.0 * ends.Count(pair => pair.Heard.EndsLine == true) / breaks,
        };
    }

    private static (int Distance, List<(ScoredWord Right, ScoredWord Heard)> Pairs) Pair(
        IReadOnlyList<ScoredWord> reference, IReadOnlyList<ScoredWord> result)
    {
        var table = new int[reference.Count + 1, result.Count + 1];
        for (var i = 0; i <= reference.Count; i++)
            for (var j = 0; j <= result.Count; j++)
                table[i, j] = i == 0 ? j : j == 0 ? i : Math.Min(
                    table[i - 1, j - 1] + (reference[i - 1].Text == result[j - 1].Text ? 0 : 1),
                    Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
        var pairs = new List<(ScoredWord, ScoredWord)>();
        for (int i = reference.Count, j = result.Count; i > 0 && j > 0;)
        {
            var same = reference[i - 1].Text == result[j - 1].Text;
            if (table[i, j] == table[i - 1, j - 1] + (same ? 0 : 1))
            {
                if (same)
                    pairs.Add((reference[i - 1], result[j - 1]));
                (i, j) = (i - 1, j - 1);
            }
            else if (table[i, j] == table[i - 1, j] + 1)
            {
                i--;
            }
            else
            {
                j--;
            }
        }
        pairs.Reverse();
        return (table[reference.Count, result.Count], pairs);
    }
}
