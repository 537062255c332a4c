namespace Libretto.Align;

/// <summary>Where each given word may be, from the few that were recognised: shared out on the clock of singing between them.</summary>
internal static class WordTimeEstimator
{
    /// <summary>Slowest and fastest pace believed where a song has no anchors to tell, seconds sung a unit of text.</summary>
    private const double SlowestPace = 0.6, FastestPace = 0.12;

    /// <summary>A time for each word's start and, last, for the end of the text.</summary>
    public static double[] Make(GivenText text, IReadOnlyList<Anchor> anchors, VocalClock clock, double duration)
    {
        var points = Consistent(text, anchors, clock);
        var pace = Pace(text, points);
        var ends = WithEnds(text, points, pace, clock.At(duration));

        var times = new double[text.Words.Count + 1];
        var next = 1;
        for (var word = 0; word < times.Length; word++)
        {
            var units = text.UnitsBefore(word);
            while (next < ends.Count - 1 && ends[next].Units < units)
                next++;
            var (left, right) = (ends[next - 1], ends[next]);
            var share = right.Units <= left.Units ? 0 : Math.Clamp((units - left.Units) / (right.Units - left.Units), 0, 1);
            times[word] = clock.TimeOf(left.Sung + share * (right.Sung - left.Sung));
        }
        return times;
    }

    /// <summary>Anchors that leave no stretch of text impossibly little time; of two that quarrel the less alike goes.</summary>
    private static List<(double Units, double Sung)> Consistent(GivenText text, IReadOnlyList<Anchor> anchors, VocalClock clock)
    {
        var kept = new List<Anchor>();
        foreach (var anchor in anchors)
        {
            while (kept.Count > 0 && !Fits(kept[^1], anchor) && kept[^1].Similarity < anchor.Similarity)
                kept.RemoveAt(kept.Count - 1);
            if (kept.Count == 0 || Fits(kept[^1], anchor))
                kept.Add(anchor);
        }
        return [.. kept.Select(anchor => (text.UnitsBefore(anchor.Given), clock.At(anchor.Time)))];

        bool Fits(Anchor a, Anchor b) => b.Time - a.Time >= 0.04 * (text.UnitsBefore(b.Given) - text.UnitsBefore(a.Given));
    }

    private static double Pace(GivenText text, List<(double Units, double Sung)> points)
    {
        var paces = points.Zip(points.Skip(1))
            .Where(pair => pair.Second.Units > pair.First.Units)
            .Select(pair => (pair.Second.Sung - pair.First.Sung) / (pair.Second.Units - pair.First.Units))
            .Order().ToArray();
        return paces.Length == 0 ? 0 : Math.Clamp(paces[paces.Length / 2], FastestPace, SlowestPace);
    }

    private static List<(double Units, double Sung)> WithEnds(
        GivenText text, List<(double Units, double Sung)> points, double pace, double whole)
    {
        var last = text.UnitsBefore(text.Words.Count);
        if (points.Count == 0)
            return [(0, 0), (last, whole)];
        var (first, final) = (points[0], points[^1]);
        return
        [
            (0, Math.Max(0, first.Sung - first.Units * pace)),
            .. points,
            (last, Math.Min(whole, final.Sung + (last - final.Units) * pace)),
        ];
    }
}
