using System.Numerics.Tensors;

namespace Libretto.Audio.Activity;

/// <summary>Takes steady noise out of levels; <see cref="ActivityDetector"/> says why that is safe.</summary>
internal static class SteadyNoise
{
    private const int WindowBlocks = 20;
    private const double MostDeviation = 1.6;

    // A band far below the others says nothing: what a codec leaves there flickers.
    private const double Negligible = 1e-5;

    // As loud as the loudest, steady sound may be a held note or a scream; nobody holds one for longer than this.
    private const double LongestNote = 10;
    private const double Quieter = 10;

    /// <summary>Sets the levels within steady noise to the lowest level there is.</summary>
    /// <param name="levels">Changed in place.</param>
    /// <param name="peaks">For each second, how loud it gets around it, dB.</param>
    public static void Silence(VoiceLevels levels, ReadOnlySpan<float> peaks)
    {
        var blocks = levels.Decibels.Length / VoiceLevels.HopsPerBlock;
        var longestNote = Math.Min((int)(LongestNote * VoiceLevels.HopsPerSecond), (blocks - 1) * VoiceLevels.HopsPerBlock);
        foreach (var (start, end) in Stretches(levels.BandPowers, blocks))
        {
            var isLast = end == blocks * VoiceLevels.HopsPerBlock;
            var stretch = levels.Decibels.AsSpan(start, (isLast ? levels.Decibels.Length : end) - start);
            var peak = peaks[(start + end) / 2 / VoiceLevels.HopsPerSecond];
            if (stretch.Length >= longestNote || TensorPrimitives.Average<float>(stretch) < peak - Quieter)
                stretch.Fill(VoiceLevels.Nothing);
        }
    }

    /// <summary>The steady stretches, in hops, as long as they come.</summary>
    private static List<(int Start, int End)> Stretches(ReadOnlySpan<float> bandPowers, int blocks)
    {
        var stretches = new List<(int Start, int End)>();
        Span<double> bands = stackalloc double[VoiceLevels.Bands * WindowBlocks];
        for (var block = 0; block + WindowBlocks <= blocks; block++)
        {
            if (!IsSteady(bandPowers.Slice(block * VoiceLevels.Bands, bands.Length), bands))
                continue;
            var (start, end) = (block * VoiceLevels.HopsPerBlock, (block + WindowBlocks) * VoiceLevels.HopsPerBlock);
            if (stretches.Count > 0 && start <= stretches[^1].End)
                stretches[^1] = (stretches[^1].Start, end);
            else
                stretches.Add((start, end));
        }
        return stretches;
    }

    private static bool IsSteady(ReadOnlySpan<float> powers, Span<double> decibels)
    {
        var total = 0.0;
        foreach (var power in powers)
            total += power;
        var least = (Negligible * total / WindowBlocks) + 1e-20;
        for (var i = 0; i < powers.Length; i++)
            decibels[i] = 10 * Math.Log10(powers[i] + least);
        for (var band = 0; band < VoiceLevels.Bands; band++)
            if (Deviation(decibels, band) > MostDeviation)
                return false;
        return true;
    }

    private static double Deviation(ReadOnlySpan<double> decibels, int band)
    {
        double sum = 0, squares = 0;
        for (var i = band; i < decibels.Length; i += VoiceLevels.Bands)
        {
            sum += decibels[i];
            squares += decibels[i] * decibels[i];
        }
        var mean = sum / WindowBlocks;
        return Math.Sqrt(Math.Max(0, (squares / WindowBlocks) - (mean * mean)));
    }
}
