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

    /// <summary>Rows between two that are kept: memory grows with the longer of the two texts, not with their product.</summary>
    private const int Rows = 256;

    private const int RememberedWords = 1000;

    private readonly string[] _given, _heard, _different;
    private readonly int[] _heardKeys;
    private readonly Dictionary<string, double[]> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<LyricsWord> _heardWords;

    private LyricsMatch(IReadOnlyList<string> given, IReadOnlyList<LyricsWord> heard)
    {
        _given = [.. given.Select(WordKey.Of)];
        _heard = [.. heard.Select(word => WordKey.Of(word.Text))];
        _heardWords = heard;
        _different = [.. _heard.Distinct(StringComparer.Ordinal)];
        var keys = _different.Index().ToDictionary(word => word.Item, word => word.Index, StringComparer.Ordinal);
        _heardKeys = [.. _heard.Select(word => keys[word])];
    }

    /// <summary>Pairs words.</summary>
    /// <param name="given">The given words in order.</param>
    /// <param name="heard">The recognised words in order of time.</param>
    /// <returns>The pairs in order, those that stand alone and say little left out.</returns>
    /// <param name="cancellationToken">Checked before every word.</param>
    public static IReadOnlyList<Anchor> Find(
        IReadOnlyList<string> given, IReadOnlyList<LyricsWord> heard, CancellationToken cancellationToken = default)
    {
        var match = new LyricsMatch(given, heard);
        return match.WithoutStrays(match.Pair(cancellationToken));
    }

    /// <summary>
    /// The best pairing: rows of the table forward, keeping one in <see cref="Rows"/>, then back, making the rows between anew.
    /// </summary>
    private List<Anchor> Pair(CancellationToken cancellationToken)
    {
        int n = _given.Length, m = _heard.Length;
        // Forward: the table has a row a given word and a column a heard one. Only the best scores are needed to go on, so a row takes
        // the place of the one before, and one in every so many is kept.
        var kept = new List<Row> { new(m) };
        for (var row = kept[0]; kept.Count * Rows <= n;)
        {
            row = row.Copy();
            for (var i = (kept.Count - 1) * Rows + 1; i <= kept.Count * Rows; i++)
                Fill(row, i, [], cancellationToken);
            kept.Add(row);
        }

        // Backward, block by block from the end: the rows between two kept ones are made again, this time with the step into each cell.
        var anchors = new List<Anchor>();
        var steps = new byte[Math.Min(Rows, n) * (m + 1)];
        var (given, heard, mustPair) = (n, m, false);
        for (var block = kept.Count - 1; block >= 0 && given > 0 && heard > 0; block--)
        {
            var first = block * Rows;
            for (var i = first + 1; i <= given; i++)
                Fill(kept[block], i, steps.AsSpan((i - first - 1) * (m + 1), m + 1), cancellationToken);
            // The way back through the block: a pair, or a word on one side that has none on the other.
            while (given > first && heard > 0)
            {
                var cell = (Step)steps[(given - first - 1) * (m + 1) + heard];
                var step = cell & ~Step.Beside;
                if (mustPair || step == Step.Pair)
                {
                    anchors.Add(new Anchor(given - 1, heard - 1, WordKey.Similarity(_given[given - 1], _heard[heard - 1]),
                        _heardWords[heard - 1].Start));
                    // A pair that was scored as standing beside the one before it commits us to that one.
                    mustPair = cell.HasFlag(Step.Beside);
                    given--;
                    heard--;
                }
                else if (step == Step.SkipGiven)
                {
                    given--;
                }
                else
                {
                    heard--;
                }
            }
        }
        anchors.Reverse();
        return anchors;
    }

    /// <summary>Makes the row of the word before into that of a given word, and notes the step into each cell.</summary>
    private void Fill(Row row, int given, Span<byte> steps, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var values = Values(_given[given - 1]);
        // Best: up to and without regard to the pair; paired: with this given word and that heard one paired with each other.
        var (best, paired) = (row.Best, row.Paired);
        var (bestDiagonal, pairedDiagonal) = (best[0], paired[0]);
        (best[0], paired[0]) = (0, float.NegativeInfinity);
        for (var j = 1; j < best.Length; j++)
        {
            var (bestAbove, pairedAbove) = (best[j], paired[j]);
            var value = values[_heardKeys[j - 1]];
            var beside = pairedDiagonal + NeighbourBonus >= bestDiagonal;
            paired[j] = value <= 0 ? float.NegativeInfinity : (float)(value + Math.Max(bestDiagonal, pairedDiagonal + NeighbourBonus));
            var step = bestAbove >= best[j - 1] ? Step.SkipGiven : Step.SkipHeard;
            best[j] = Math.Max(bestAbove, best[j - 1]);
            if (paired[j] > best[j])
            {
                best[j] = paired[j];
                step = Step.Pair;
            }
            if (!steps.IsEmpty)
                steps[j] = (byte)((int)step | (beside ? (int)Step.Beside : 0));
            (bestDiagonal, pairedDiagonal) = (bestAbove, pairedAbove);
        }
    }

    /// <summary>
    /// What pairing a given word with each different heard word is worth; words come again, so it is remembered for the last ones.
    /// </summary>
    private double[] Values(string given)
    {
        if (_values.TryGetValue(given, out var known))
            return known;
        if (_values.Count == RememberedWords)
            _values.Clear();
        return _values[given] = [.. _different.Select(heard => Value(given, heard))];
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

    /// <summary>A row of the table.</summary>
    private sealed class Row
    {
        public Row(int heard)
        {
            Best = new float[heard + 1];
            Paired = new float[heard + 1];
            Array.Fill(Paired, float.NegativeInfinity);
        }

        public float[] Best { get; private init; }

        public float[] Paired { get; private init; }

        public Row Copy() => new(0) { Best = [.. Best], Paired = [.. Paired] };
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
