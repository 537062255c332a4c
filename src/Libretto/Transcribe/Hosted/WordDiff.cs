namespace Libretto.Transcribe.Hosted;

/// <summary>
/// The longest common subsequence of two lists, by the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its
/// Variations" (Algorithmica 1, 1986).
/// </summary>
internal static class WordDiff
{
    /// <summary>More edits are not followed: the lists have little in common then. Bounds the memory, 4 bytes times its square.</summary>
    private const int MostEdits = 3000;

    /// <summary>Pairs of indexes at which both lists hold the same, in order.</summary>
    /// <param name="left">The one list.</param>
    /// <param name="right">The other.</param>
    /// <param name="most">Edits (insertions and removals) allowed.</param>
    /// <returns>Null when the lists are further apart than <paramref name="most"/> or 3,000 edits.</returns>
    public static List<(int Left, int Right)>? Match(IReadOnlyList<string> left, IReadOnlyList<string> right, int most)
    {
        most = Math.Min(most, MostEdits);
        var trace = new List<int[]>();
        // The furthest x reached on each diagonal k = x - y, which stands at k + edits + 1.
        var reached = new int[3];
        for (var edits = 0; edits <= most; edits++)
        {
            var next = new int[(2 * edits) + 3];
            for (var k = -edits; k <= edits; k += 2)
            {
                var x = edits == 0 ? 0 : Step(reached, edits, k);
                var y = x - k;
                while (x < left.Count && y < right.Count && left[x] == right[y])
                    (x, y) = (x + 1, y + 1);
                next[k + edits + 1] = x;
                if (x >= left.Count && y >= right.Count)
                {
                    trace.Add(next);
                    return Pairs(trace, left.Count, right.Count);
                }
            }
            trace.Add(next);
            reached = next;
        }
        return null;
    }

    /// <summary>Where a diagonal begins with one edit more: one down from the diagonal above, or one right from the one below.</summary>
    private static int Step(int[] before, int edits, int k)
    {
        int At(int diagonal) => before[diagonal + edits];
        return k == -edits || (k != edits && At(k - 1) < At(k + 1)) ? At(k + 1) : At(k - 1) + 1;
    }

    private static List<(int, int)> Pairs(List<int[]> trace, int x, int y)
    {
        var pairs = new List<(int, int)>();
        for (var edits = trace.Count - 1; edits >= 0; edits--)
        {
            var k = x - y;
            var start = edits == 0 ? 0 : Step(trace[edits - 1], edits, k);
            while (x > start)
                pairs.Add((--x, --y));
            if (edits == 0)
                break;
            var isDown = k == -edits || (k != edits && trace[edits - 1][k - 1 + edits] < trace[edits - 1][k + 1 + edits]);
            (x, y) = isDown ? (x, y - 1) : (x - 1, y);
        }
        pairs.Reverse();
        return pairs;
    }
}
