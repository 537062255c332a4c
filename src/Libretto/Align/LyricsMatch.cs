using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>A given word found among the recognised ones.</summary>
/// <param name="Given">Index of the given word.</param>
/// <param name="Heard">Index of the recognised word.</param>
/// <param name="Similarity">How alike they are, 0 to 1.</param>
/// <param name="Time">When the recognised word starts, seconds.</param>
internal readonly record struct Anchor(int Given, int Heard, double Similarity, double Time);

/// <summary>
/// Finds given words among recognised ones over the whole song at once: the best-scoring pairing that keeps the order of both
/// (Needleman and Wunsch, 1970), where pairs side by side score more, so that a chorus is told from its repetition by what
/// stands around it.
/// </summary>
internal sealed class LyricsMatch
{
    private const double LeastSimilarity = 0.6;

    /// <summary>What a pair earns for standing right after another pair.</summary>
    private const double NeighbourBonus = 0.5;

    private readonly string[] _given, _heard;
    private readonly IReadOnlyList<LyricsWord> _heardWords;

    private LyricsMatch(IReadOnlyList<string> given, IReadOnlyList<LyricsWord> heard)
    {
        _given = [.. given.Select(WordKey.Of)];
        _heard = [.. heard.Select(word => WordKey.Of(word.Text))];
        _heardWords = heard;
    }

    /// <summary>Pairs words.</summary>
    /// <param name="given">The given words in order.</param>
    /// <param name="heard">The recognised words in order of time.</param>
    /// <returns>The pairs in order, those that stand alone and say little left out.</returns>
    public static IReadOnlyList<Anchor> Find(IReadOnlyList<string> given, IReadOnlyList<LyricsWord> heard)
    {
        var match = new LyricsMatch(given, heard);
        return match.WithoutStrays(match.Pair());
    }

    private List<Anchor> Pair()
    {
        int n = _given.Length, m = _heard.Length;
        // best: up to and without regard to the pair (i, j); paired: with given i and heard j paired with each other.
        var (best, bestAbove) = (new float[m + 1], new float[m + 1]);
        var (paired, pairedAbove) = (new float[m + 1], new float[m + 1]);
        var steps = new byte[(n + 1) * (m + 1)];
        for (var i = 1; i <= n; i++)
        {
            (best, bestAbove, paired, pairedAbove) = (bestAbove, best, pairedAbove, paired);
            best[0] = 0;
            paired[0] = float.NegativeInfinity;
            if (i == 1)
                Array.Fill(pairedAbove, float.NegativeInfinity);
            for (var j = 1; j <= m; j++)
            {
                var value = Value(_given[i - 1], _heard[j - 1]);
                var beside = pairedAbove[j - 1] + NeighbourBonus >= bestAbove[j - 1];
                paired[j] = value <= 0 ? float.NegativeInfinity
                    : (float)(value + Math.Max(bestAbove[j - 1], pairedAbove[j - 1] + NeighbourBonus));
                var step = bestAbove[j] >= best[j - 1] ? Step.SkipGiven : Step.SkipHeard;
                best[j] = Math.Max(bestAbove[j], best[j - 1]);
                if (paired[j] > best[j])
                {
                    best[j] = paired[j];
                    step = Step.Pair;
                }
                steps[i * (m + 1) + j] = (byte)((int)step | (beside ? (int)Step.Beside : 0));
            }
        }
        return Trace(steps, n, m);
    }

    private List<Anchor> Trace(byte[] steps, int n, int m)
    {
        var anchors = new List<Anchor>();
        var mustPair = false;
        for (int i = n, j = m; i > 0 && j > 0;)
        {
            var cell = (Step)steps[i * (m + 1) + j];
            var step = cell & ~Step.Beside;
            if (mustPair || step == Step.Pair)
            {
                anchors.Add(new Anchor(i - 1, j - 1, WordKey.Similarity(_given[i - 1], _heard[j - 1]), _heardWords[j - 1].Start));
                mustPair = cell.HasFlag(Step.Beside);
                i--;
                j--;
            }
            else if (step == Step.SkipGiven)
            {
                i--;
            }
            else
            {
                j--;
            }
        }
        anchors.Reverse();
        return anchors;
    }

    /// <summary>A pair is believed when others stand near it, or when it is long enough to be no accident.</summary>
    private List<Anchor> WithoutStrays(List<Anchor> anchors)
    {
        bool Stands(int at)
        {
            var support = 0.0;
            for (var other = Math.Max(0, at - 4); other < Math.Min(anchors.Count, at + 5); other++)
            {
                var given = Math.Abs(anchors[other].Given - anchors[at].Given);
                var heard = Math.Abs(anchors[other].Heard - anchors[at].Heard);
                if (other != at && given <= 4 && Math.Abs(given - heard) <= 2)
                    support += anchors[other].Similarity * Math.Min(1, _given[anchors[other].Given].Length / 4.0);
            }
            return support >= 1 || (support > 0 && _given[anchors[at].Given].Length >= 4) || _given[anchors[at].Given].Length >= 7;
        }
        return [.. anchors.Where((_, i) => Stands(i))];
    }

    /// <summary>What pairing two words is worth: long words more than short ones, nothing when they are not alike.</summary>
    private static double Value(string given, string heard)
    {
        if (given.Length == 0 || heard.Length == 0)
            return 0;
        var similarity = WordKey.Similarity(given, heard);
        return similarity < LeastSimilarity ? 0 : similarity * similarity * (0.4 + 0.6 * Math.Min(1, given.Length / 6.0));
    }

    [Flags]
    private enum Step
    {
        SkipGiven = 0,
        SkipHeard = 1,
        Pair = 2,
        Beside = 4,
    }
}
