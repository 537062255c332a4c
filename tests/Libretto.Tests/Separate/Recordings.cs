using System.Numerics.Tensors;
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
        10 * Math.Log10(Energy(expected) / Energy(Difference(expected, actual)));

    public static double LargestDifference(float[] a, float[] b) => Difference(a, b).Peak();

    /// <summary>The largest magnitude; NaN if there is one.</summary>
    public static float Peak(this float[] samples) => samples.Length == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude<float>(samples));

    public static PcmFile Stereo(float[] interleaved, int rate = 44100)
    {
        var file = new PcmFile(rate, 2);
        file.Append(interleaved);
        return file;
    }

    /// <summary>A stretch of a recording, in seconds.</summary>
    public static PcmFile Cut(this PcmFile file, int start, int seconds)
    {
        var samples = new float[file.Channels * file.SampleRate * seconds];
        file.Read((long)start * file.SampleRate, samples);
        return Stereo(samples, file.SampleRate);
    }

    /// <summary>Sample by sample.</summary>
    public static float[] Sum(float[] a, float[] b)
    {
        var sum = new float[a.Length];
        TensorPrimitives.Add(a, b, sum);
        return sum;
    }

    private static float[] Difference(float[] a, float[] b)
    {
        var difference = new float[a.Length];
        TensorPrimitives.Subtract(a, b, difference);
        return difference;
    }

    private static double Energy(float[] samples) => TensorPrimitives.SumOfSquares<float>(samples);
}
