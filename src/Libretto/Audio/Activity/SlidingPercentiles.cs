namespace Libretto.Audio.Activity;

/// <summary>Percentiles of levels in a window that moves along, from a histogram of steps of 1 dB.</summary>
/// <param name="decibels">The levels.</param>
/// <param name="reach">How far the window reaches to either side of its place.</param>
internal sealed class SlidingPercentiles(float[] decibels, int reach)
{
    private const int Lowest = -150;
    private const int Bins = 200;

    private readonly int[] _counts = new int[Bins];
    private int _start;
    private int _end;

    /// <summary>Moves the window on; places only grow.</summary>
    public void MoveTo(int place)
    {
        for (; _end < Math.Min(place + reach, decibels.Length); _end++)
            _counts[Bin(decibels[_end])]++;
        for (; _start < place - reach; _start++)
            _counts[Bin(decibels[_start])]--;
    }

    /// <summary>The level that this share of the window lies at or below, to 1 dB.</summary>
    public double At(double share)
    {
        var rest = share * (_end - _start);
        var bin = 0;
        while (bin < Bins - 1 && (rest -= _counts[bin]) > 0)
            bin++;
        return bin + Lowest;
    }

    private static int Bin(float level) => Math.Clamp((int)MathF.Round(level) - Lowest, 0, Bins - 1);
}
