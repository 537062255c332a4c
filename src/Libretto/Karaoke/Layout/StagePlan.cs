namespace Libretto.Karaoke.Layout;

/// <summary>A line in a row of the screen, from when it appears to when it goes.</summary>
internal sealed record StagedLine(DisplayLine Line, int Row, double Appears, double Goes);

/// <summary>A stretch without voice.</summary>
/// <param name="Start">Where the line before it ends, seconds; 0 for the intro.</param>
/// <param name="Next">The line that ends it.</param>
internal sealed record Pause(double Start, StagedLine Next)
{
    public double End => Next.Line.Start;

    public double Length => End - Start;
}

/// <summary>
/// Which line stands where and when: two rows take turns, so that the line after the one that is sung is always there; a third is for
/// a line that is sung while both are taken, one more for background voices.
/// </summary>
internal sealed class StagePlan
{
    /// <summary>Rows for lines in turn; the last of <see cref="Rows"/> is for background voices.</summary>
    public const int Turns = 2;

    /// <summary>All rows: two in turn, one to spare, one for background voices.</summary>
    public const int Rows = 4;

    private const int Spare = 2;
    private const int Background = 3;

    // How long a line stays after its last word, seconds.
    private const double Lingers = 0.35;

    // A background line has no next to be seen; it appears this much before.
    private const double Ahead = 2;

    private StagePlan(IReadOnlyList<StagedLine> lines) => Lines = lines;

    public IReadOnlyList<StagedLine> Lines { get; }

    /// <summary>Stretches between lead lines of at least as many seconds.</summary>
    public IEnumerable<Pause> Pauses(double atLeast)
    {
        var end = 0.0;
        foreach (var line in Lines.Where(line => line.Row != Background).OrderBy(line => line.Line.Start))
        {
            if (line.Line.Start - end >= atLeast)
                yield return new Pause(end, line);
            end = Math.Max(end, line.Line.End);
        }
    }

    /// <summary>Plans a song.</summary>
    /// <param name="lines">Its lines, in order of their starts.</param>
    /// <param name="from">When the first may appear, seconds: after the title card.</param>
    public static StagePlan For(IReadOnlyList<DisplayLine> lines, double from)
    {
        var free = new double[Rows];
        Array.Fill(free, from);
        var staged = new List<StagedLine>();
        var last = Turns - 1;
        foreach (var line in lines)
        {
            var row = line.IsBackground ? Background : RowFor(line, free, last);
            if (row < Turns)
                last = row;
            var appears = row < Turns ? free[row] : Math.Max(free[row], line.Start - Ahead);
            // A song that begins at once has no time to wait for anything.
            appears = Math.Max(0, Math.Min(appears, line.Start));
            staged.Add(new StagedLine(line, row, appears, line.End + Lingers));
            free[row] = line.End + Lingers;
        }
        return new StagePlan(Trim(staged));
    }

    private static int RowFor(DisplayLine line, double[] free, int last)
    {
        for (var turn = 1; turn <= Turns; turn++)
            if (free[(last + turn) % Turns] - Lingers <= line.Start)
                return (last + turn) % Turns;
        return Spare;
    }

    /// <summary>A line goes at the latest when the next in its row appears.</summary>
    private static List<StagedLine> Trim(List<StagedLine> staged)
    {
        var next = new StagedLine?[Rows];
        for (var i = staged.Count - 1; i >= 0; i--)
        {
            var row = staged[i].Row;
            if (next[row] is { } follower && follower.Appears < staged[i].Goes)
                staged[i] = staged[i] with { Goes = Math.Max(staged[i].Line.End, follower.Appears) };
            next[row] = staged[i];
        }
        return staged;
    }
}
