using System.Buffers;

namespace Libretto.Speech.Timing;

/// <summary>
/// Dynamic time warping of a cost matrix: the cheapest path from the first row and column to the last that goes down, right
/// or diagonally by one. After Sakoe and Chiba, "Dynamic programming algorithm optimization for spoken word recognition", 1978.
/// </summary>
internal static class DynamicTimeWarping
{
    private const byte FromDiagonal = 0, FromAbove = 1, FromLeft = 2;

    /// <summary>Finds, for each row, the first column of the cheapest path.</summary>
    /// <param name="cost">Row-major costs, <paramref name="rows"/> x <paramref name="columns"/>.</param>
    /// <param name="rows">Number of rows, such as tokens.</param>
    /// <param name="columns">Number of columns, such as frames.</param>
    /// <param name="breaks">Columns before which something lies that only some rows may go over for nothing; none when null.</param>
    /// <returns>One column a row, never falling.</returns>
    public static int[] RowStarts(ReadOnlySpan<float> cost, int rows, int columns, WarpingBreaks? breaks = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cost.Length, rows * columns);
        var starts = new int[rows];
        if (rows == 0 || columns == 0)
            return starts;

        var steps = ArrayPool<byte>.Shared.Rent(rows * columns);
        try
        {
            FillSteps(cost, rows, columns, steps, breaks);
            for (int row = rows - 1, column = columns - 1; row >= 0;)
            {
                starts[row] = column;
                var step = steps[row * columns + column];
                if (step != FromLeft)
                    row--;
                if (step != FromAbove)
                    column--;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(steps);
        }
        return starts;
    }

    private static void FillSteps(ReadOnlySpan<float> cost, int rows, int columns, Span<byte> steps, WarpingBreaks? breaks)
    {
        // One row of sums, updated in place; "diagonal" remembers the sum above to the left before it is overwritten.
        Span<float> sums = new float[columns];
        for (var column = 0; column < columns; column++)
        {
            sums[column] = cost[column] + (column > 0 ? sums[column - 1] + (breaks?.Toll(0, column) ?? 0) : 0);
            steps[column] = FromLeft;
        }
        steps[0] = FromDiagonal;

        for (var row = 1; row < rows; row++)
        {
            var costs = cost.Slice(row * columns, columns);
            var rowSteps = steps.Slice(row * columns, columns);
            var diagonal = sums[0];
            sums[0] += costs[0];
            rowSteps[0] = FromAbove;
            for (var column = 1; column < columns; column++)
            {
                float above = sums[column], left = sums[column - 1];
                if (breaks is not null)
                {
                    diagonal += Math.Min(breaks.Toll(row - 1, column), breaks.Toll(row, column));
                    left += breaks.Toll(row, column);
                }
                var (best, step) = diagonal <= above && diagonal <= left ? (diagonal, FromDiagonal)
                    : above <= left ? (above, FromAbove)
                    : (left, FromLeft);
                diagonal = above;
                sums[column] = best + costs[column];
                rowSteps[column] = step;
            }
        }
    }
}

/// <summary>Columns that a path does not pass for nothing.</summary>
/// <param name="Columns">Whether something lies before each column.</param>
/// <param name="FreeRows">Rows that pass it for nothing.</param>
/// <param name="Cost">What it costs the others.</param>
internal sealed record WarpingBreaks(bool[] Columns, bool[] FreeRows, float Cost)
{
    public float Toll(int row, int column) => Columns[column] && !FreeRows[row] ? Cost : 0;
}
