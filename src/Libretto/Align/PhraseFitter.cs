using Libretto.Audio;
using Libretto.Speech.Timing;

namespace Libretto.Align;

/// <summary>
/// Fits words that cannot be heard to the phrases of the voice: all singing is explained by words and no silence is, words last in
/// proportion to their length, lines begin where the voice begins. The cheapest fit is found by dynamic programming.
/// </summary>
internal static class PhraseFitter
{
    /// <summary>Grid of the fit, seconds.</summary>
    private const double Step = 0.1;

    /// <summary>The longest word, in steps.</summary>
    private const int LongestWord = 120;

    /// <summary>
    /// How far a word may lie from its share of what is sung, in steps: two minutes. It bounds memory and time for an hour.
    /// </summary>
    private const int Band = 1200;

    /// <summary>What the fit pays for beside the squared logarithm of how much longer or shorter than its share a word is.</summary>
    private const double SilenceInWord = 4, LineWithoutSilence = 0.3;

    /// <summary>
    /// And a second: of silence within a line, singing left unexplained or to a word before, distance from where a word was seen.
    /// </summary>
    private const double SilentSecond = 0.3, UnexplainedSecond = 1, HeldSecond = 0.2, SecondFromSeen = 1;

    /// <summary>Where words may be sung between two times; what is shorter than 0.1 s there is no voice.</summary>
    /// <param name="activity">Where someone sings, in order.</param>
    /// <param name="from">The first time, seconds.</param>
    /// <param name="to">The second.</param>
    public static List<TimeRange> Voice(IReadOnlyList<TimeRange> activity, double from, double to) => activity
        .Select(range => new TimeRange(Math.Max(range.Start, from), Math.Min(range.End, to)))
        .Where(range => range.Length > 0.1).ToList();

    /// <summary>A start for each word and, last, the end of the last one; null where there is no voice.</summary>
    /// <param name="text">The words.</param>
    /// <param name="first">The first word to place.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="voice">Where they may be sung, in order, apart from each other.</param>
    /// <param name="followsWord">Whether the first range goes on from a word before, which may be held over any part of it.</param>
    /// <param name="seen">Where the network placed the words, if it did: believed as far as its attention stayed with them.</param>
    /// <param name="cancellationToken">Checked before every word.</param>
    public static double[]? Fit(
        GivenText text, int first, int end, IReadOnlyList<TimeRange> voice, bool followsWord, CancellationToken cancellationToken,
        PlacedWord?[]? seen = null)
    {
        // The voice as steps of equal length with the silences cut out: a word takes some steps, and every step costs something.
        var grid = Grid(voice);
        var count = end - first;
        if (grid.Count < count || count == 0)
            return null;
        var steps = grid.Count;
        var held = followsWord ? grid.Count(step => step.Range == 0) : 0;
        var units = text.UnitsBefore(end) - text.UnitsBefore(first);
        var pace = steps / units;
        // costs[at]: the words before this one end by this step, and what lies before it is paid for. Only the row of the word before is
        // needed for the next one; how each was reached is kept for all, within the band that the word may lie in.
        var (costs, costsBefore) = (new double[steps + 1], new double[steps + 1]);
        var width = Math.Min(steps + 1, 2 * Band + 1);
        var from = new short[count + 1, width];
        Array.Fill(costsBefore, double.PositiveInfinity);
        double[] logarithms = [.. Enumerable.Range(0, LongestWord + 1).Select(length => Math.Log(length))];
        for (var word = 0; word <= count; word++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Array.Fill(costs, double.PositiveInfinity);
            for (var at = Lowest(word); at < Lowest(word) + width; at++)
            {
                if (word == 0 && at == 0)
                    costs[at] = 0;
                // Either this step is left out,
                if (at > Lowest(word) && costs[at - 1] + Skip(word, at - 1) is var skipped && skipped < costs[at])
                    (costs[at], from[word, at - Lowest(word)]) = (skipped, 0);
                // or the word before ends here, whatever its length.
                if (word > 0)
                    Sing(word - 1, at);
            }
            // What was filled is the row before of the next word.
            (costs, costsBefore) = (costsBefore, costs);
        }
        // All words are sung by the last step, or there is no way to sing them.
        return double.IsPositiveInfinity(costsBefore[steps]) ? null : Trace();

        // The first step at which the words before one may end: its share of the text, less the band.
        int Lowest(int word) => Math.Clamp((int)((text.UnitsBefore(first + word) - text.UnitsBefore(first)) * pace) - Band, 0,
            steps + 1 - width);

        // What it costs that a step is nobody's: the word before the first may be held over it; within a line a silence is torn open.
        double Skip(int word, int step) =>
            Step * (word == 0 && step < held ? HeldSecond : UnexplainedSecond) + (word > 0 && word < count ? Tear(word, step) : 0);

        // What it costs that a word begins elsewhere than the network saw it, as far as the network can be believed.
        double Away(int word, double time) => seen?[first + word] is { } place
            ? Math.Min(SecondFromSeen * Math.Abs(time - place.Start), 1) * place.Focus / CrossAttention.LowestFocus
            : 0;

        // What it costs that a word within a line begins after a silence.
        double Tear(int word, int step) =>
            step > 0 && !text.BeginsLine(first + word) ? SilentSecond * Math.Max(0, grid[step].Time - grid[step - 1].Time - Step) : 0;

        bool IsAfterSilence(int step) => step == 0 ? !followsWord : grid[step].Range != grid[step - 1].Range;

        // The word ends at a step, whatever its length: the cheapest of all ways to get there.
        void Sing(int word, int at)
        {
            var share = Math.Log((text.UnitsBefore(first + word + 1) - text.UnitsBefore(first + word)) * pace);
            for (var length = 1; length <= Math.Min(LongestWord, at); length++)
            {
                var begin = at - length;
                if (double.IsPositiveInfinity(costsBefore[begin]))
                    continue;
                var stretch = logarithms[length] - share;
                var cost = costsBefore[begin] + Away(word, grid[begin].Time) + stretch * stretch +
                    SilenceInWord * (grid[at - 1].Range - grid[begin].Range);
                cost += Tear(word, begin);
                if (text.BeginsLine(first + word) && !IsAfterSilence(begin))
                    cost += LineWithoutSilence;
                if (cost < costs[at])
                    (costs[at], from[word + 1, at - Lowest(word + 1)]) = (cost, (short)length);
            }
        }

        // Back from the end: a step that was left out, or a word of the length that was cheapest.
        double[] Trace()
        {
            var times = new double[count + 1];
            var isLast = true;
            for (int word = count, at = steps; word > 0;)
            {
                var length = from[word, at - Lowest(word)];
                if (length == 0)
                {
                    at--;
                    continue;
                }
                if (isLast)
                    times[count] = grid[at - 1].Time + Step;
                isLast = false;
                at -= length;
                times[--word] = grid[at].Time;
            }
            return times;
        }
    }

    private static List<(double Time, int Range)> Grid(IReadOnlyList<TimeRange> voice)
    {
        var grid = new List<(double, int)>();
        for (var range = 0; range < voice.Count; range++)
            for (var step = 0; step < Math.Round(voice[range].Length / Step); step++)
                grid.Add((voice[range].Start + step * Step, range));
        return grid;
    }
}
