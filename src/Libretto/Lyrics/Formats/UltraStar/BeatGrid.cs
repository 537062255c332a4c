namespace Libretto.Lyrics.Formats.UltraStar;

/// <summary>
/// The beats that an UltraStar chart counts in: its <c>#BPM</c> is a grid, not the music's tempo. Chosen so that the notes lie as near to
/// beats as they can.
/// </summary>
/// <param name="Bpm">As written in the chart; a beat lasts a quarter of what it says.</param>
/// <param name="Gap">When beat 0 is, milliseconds.</param>
internal sealed record BeatGrid(double Bpm, long Gap)
{
    // A beat of 37 to 75 ms. Games draw a note of one beat, and editors expect charts there.
    private const double Slowest = 200, Fastest = 400;
    private const double Step = 0.05;

    // Ends are heard less exactly than starts.
    private const double WeightOfEnds = 0.3;

    /// <summary>Milliseconds of a beat.</summary>
    public double BeatLength => 60_000 / (Bpm * 4);

    /// <summary>The grid on which notes are rounded least.</summary>
    /// <param name="notes">Starts and ends, milliseconds, in any order.</param>
    public static BeatGrid For(IReadOnlyList<(long Start, long End)> notes)
    {
        if (notes.Count == 0)
            return new BeatGrid(Slowest, 0);
        var gap = notes.Min(note => note.Start);
        var (best, least) = (new BeatGrid(Slowest, gap), double.PositiveInfinity);
        var steps = (int)Math.Round((Fastest - Slowest) / Step);
        for (var i = 0; i < steps; i++)
        {
            var grid = new BeatGrid(Math.Round(Slowest + i * Step, 2), gap);
            var error = notes.Sum(note => grid.ErrorOf(note.Start) + WeightOfEnds * grid.ErrorOf(note.End));
            if (error < least)
                (best, least) = (grid, error);
        }
        return best;
    }

    /// <summary>The beat nearest to a time.</summary>
    public long BeatOf(long milliseconds) => (long)Math.Round((milliseconds - Gap) / BeatLength);

    /// <summary>When a beat is, milliseconds.</summary>
    public double TimeOf(double beat) => Gap + beat * BeatLength;

    /// <summary>How far a time lies from its beat, milliseconds.</summary>
    public double ErrorOf(long milliseconds) => Math.Abs(TimeOf(BeatOf(milliseconds)) - milliseconds);
}
