using Libretto.Audio;

namespace Libretto.Tests.Separate;

/// <summary>Recordings as arrays, and what can be said of two of them.</summary>
internal static class Recordings
{
    public static float[] Samples(this PcmFile file)
    {
        var samples = new float[file.Frames * file.Channels];
        file.Read(0, samples);
        return samples;
    }

    /// <summary>Decibels from the difference up to the expected.</summary>
    public static double SignalToNoise(float[] expected, float[] actual) =>
        10 * Math.Log10(Energy(expected) / Energy([.. expected.Zip(actual, (e, a) => e - a)]));

    public static double LargestDifference(float[] a, float[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Max();

    public static PcmFile Stereo(float[] interleaved, int rate = 44100)
    {
        var file = new PcmFile(rate, 2);
        file.Append(interleaved);
        return file;
    }

    private static double Energy(float[] samples) => samples.Sum(sample => (double)sample * sample);
}
