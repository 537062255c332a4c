using System.Buffers;

namespace Libretto.Audio.Activity;

/// <summary>How loud a recording is where voices are, from 200 to 4000 Hz, after a pre-emphasis of 0.97.</summary>
internal sealed class VoiceLevels
{
    public const int Bands = VoiceBands.Count;
    public const int HopsPerSecond = 100;
    public const int HopsPerBlock = 10;

    /// <summary>The level of digital silence, dB.</summary>
    public const float Nothing = -150;

    private VoiceLevels(float[] decibels, float[] bandPowers)
    {
        Decibels = decibels;
        BandPowers = bandPowers;
    }

    /// <summary>One level every 10 ms, the mean power of the 30 ms around it, in dB of full scale, from <see cref="Nothing"/> up.</summary>
    public float[] Decibels { get; }

    /// <summary>[blocks of 100 ms, <see cref="Bands"/>], mean power.</summary>
    public float[] BandPowers { get; }

    /// <summary>Measures a whole recording.</summary>
    public static VoiceLevels Measure(PcmFile audio, CancellationToken cancellationToken) =>
        Measure(audio, new TimeRange(0, audio.Duration), cancellationToken);

    /// <summary>Measures a stretch of a recording; the first level belongs to its start.</summary>
    public static VoiceLevels Measure(PcmFile audio, TimeRange range, CancellationToken cancellationToken)
    {
        var hop = audio.SampleRate / HopsPerSecond;
        var first = (long)(range.Start * audio.SampleRate);
        var hops = (int)Math.Ceiling(range.Length * audio.SampleRate / hop);
        var powers = new float[hops];
        var bandPowers = new float[(hops + HopsPerBlock - 1) / HopsPerBlock * Bands];
        var filters = new VoiceBands(audio.SampleRate);
        var buffer = ArrayPool<float>.Shared.Rent(hop * HopsPerSecond);
        for (var done = 0; done < hops; done += HopsPerSecond)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(HopsPerSecond, hops - done);
            var samples = buffer.AsSpan(0, count * hop);
            audio.ReadMono(first + ((long)done * hop), samples);
            // One sample that is no number would ring in the filters for ever.
            foreach (ref var sample in samples)
                sample = float.IsFinite(sample) ? sample : 0;
            for (var i = 0; i < count; i++)
            {
                var sums = filters.Energy(samples.Slice(i * hop, hop));
                for (var band = 0; band < Bands; band++)
                {
                    powers[done + i] += sums[band] / hop;
                    bandPowers[((done + i) / HopsPerBlock * Bands) + band] += sums[band] / (hop * HopsPerBlock);
                }
            }
        }
        ArrayPool<float>.Shared.Return(buffer);
        return new VoiceLevels(Smoothed(powers), bandPowers);
    }

    private static float[] Smoothed(float[] powers)
    {
        var decibels = new float[powers.Length];
        for (var i = 0; i < powers.Length; i++)
        {
            var mean = (powers[Math.Max(i - 1, 0)] + powers[i] + powers[Math.Min(i + 1, powers.Length - 1)]) / 3;
            decibels[i] = Math.Max(Nothing, 10 * MathF.Log10(mean + 1e-20f));
        }
        return decibels;
    }
}
