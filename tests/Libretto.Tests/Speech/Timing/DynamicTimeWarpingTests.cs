using CsCheck;
using Libretto.Speech.Timing;

namespace Libretto.Tests.Speech.Timing;

public class DynamicTimeWarpingTests
{
    [Fact]
    public void A_clear_staircase_is_followed()
    {
        float[] cost =
        [
            0, 0, 9, 9, 9, 9,
            9, 9, 0, 9, 9, 9,
            9, 9, 9, 0, 0, 0,
        ];
        Assert.Equal([0, 2, 3], DynamicTimeWarping.RowStarts(cost, 3, 6));
    }

    [Fact]
    public void Starts_never_fall_and_the_path_is_as_cheap_as_any_other() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 6]).SelectMany((rows, columns) =>
                Gen.Single[0, 10].Array[rows * columns].Select(cost => (rows, columns, cost)))
            .Sample(c =>
            {
                var starts = DynamicTimeWarping.RowStarts(c.cost, c.rows, c.columns);
                Assert.Equal(starts.Order(), starts);
                Assert.Equal(CheapestOfAll(c.cost, c.rows, c.columns, 0, 0), CheapestThrough(c.cost, c.rows, c.columns, starts), 1e-3);
            }, iter: 300);

    [Fact]
    public void A_break_is_passed_between_rows_that_may_be_parted()
    {
        float[] cost =
        [
            0, 0, 1, 9, 9, 9,
            9, 9, 0, 5, 0, 0,
        ];
        Assert.Equal([0, 2], DynamicTimeWarping.RowStarts(cost, 2, 6));
        var breaks = new WarpingBreaks([false, false, false, true, false, false], [true, false], Cost: 10);
        Assert.Equal([0, 3], DynamicTimeWarping.RowStarts(cost, 2, 6, breaks));
    }

    [Fact]
    public void No_rows_give_no_starts() => Assert.Empty(DynamicTimeWarping.RowStarts([], 0, 5));

    private static float CheapestOfAll(float[] cost, int rows, int columns, int row, int column)
    {
        var here = cost[row * columns + column];
        if (row == rows - 1 && column == columns - 1)
            return here;
        var best = float.PositiveInfinity;
        foreach (var (r, c) in new[] { (row + 1, column), (row, column + 1), (row + 1, column + 1) })
            if (r < rows && c < columns)
                best = Math.Min(best, CheapestOfAll(cost, rows, columns, r, c));
        return here + best;
    }

    /// <summary>A path is known by its rows' first columns: costs are not negative, so a row ends just before the next one starts.</summary>
    private static float CheapestThrough(float[] cost, int rows, int columns, int[] starts)
    {
        float total = 0;
        for (var row = 0; row < rows; row++)
        {
            var next = row + 1 < rows ? starts[row + 1] : columns;
            for (var column = starts[row]; column < Math.Max(next, starts[row] + 1) && column < columns; column++)
                total += cost[row * columns + column];
        }
        return total;
    }
}
