using System.Buffers;
using System.Runtime.Intrinsics;

namespace Libretto.Audio.Activity;

/// <summary>How loud a recording is where voices are, from 200 to 4000 Hz, after a pre-emphasis of 0.97.</summary>
internal sealed class VoiceLevels
{
    public const int Bands = VoiceBands.Count;
    public const int HopsPerSecond = 100;
    public const int HopsPerBlock = 10;

    /// <summary>The level of digital silence, dB.</summary>
    public const float Nothing = -150;

    // Digital silence in one band, so that its logarithm does not outweigh the other three.
    private const float LeastBandPower = 1e-15f;

    private VoiceLevels(float[] decibels, float[] balanced, float[] bandPowers)
    {
        Decibels = decibels;
        Balanced = balanced;
        BandPowers = bandPowers;
    }

    /// <summary>One level every 10 ms, the mean power of the 30 ms around it, in dB of full scale, from <see cref="Nothing"/> up.</summary>
    public float[] Decibels { get; }

    /// <summary>
    /// One value every 10 ms: the mean of the bands' levels, dB. A band in which a drum or a bass is loud does not hide the others.
    /// </summary>
    public float[] Balanced { get; }

    /// <summary>[blocks of 100 ms, <see cref="Bands"/>], mean power.</summary>
    public float[] BandPowers { get; }

    /// <summary>Measures a whole recording.</summary>
    public static VoiceLevels Measure(PcmFile audio, CancellationToken cancellationToken) =>
        Measure(audio, new TimeRange(0, audio.Duration), cancellationToken);

    /// <summary>
    /// Measures a stretch of a recording; the first level belongs to its start. Of several channels the mean power counts, so that none
    /// hides another.
    /// </summary>
    public static VoiceLevels Measure(PcmFile audio, TimeRange range, CancellationToken cancellationToken)
    {
        var first = (long)(range.Start * audio.SampleRate);
        // Where the rate is no multiple of a hundred, some hops are a sample longer than others: none may drift.
        long StartOf(long hop) => hop * audio.SampleRate / HopsPerSecond;
        var hops = (int)Math.Ceiling(range.Length * HopsPerSecond);
        var (powers, balanced) = (new float[hops], new float[hops]);
        var bandPowers = new float[(hops + HopsPerBlock - 1) / HopsPerBlock * Bands];
        var filters = Enumerable.Range(0, audio.Channels).Select(_ => new VoiceBands(audio.SampleRate)).ToArray();
        var frames = ArrayPool<float>.Shared.Rent((audio.SampleRate + HopsPerSecond) * audio.Channels);
        var channel = ArrayPool<float>.Shared.Rent((audio.SampleRate / HopsPerSecond) + 1);
        for (var done = 0; done < hops; done += HopsPerSecond)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(HopsPerSecond, hops - done);
            var samples = frames.AsSpan(0, (int)(StartOf(done + count) - StartOf(done)) * audio.Channels);
            audio.Read(first + StartOf(done), samples);
            // One sample that is no number would ring in the filters for ever.
            foreach (ref var sample in samples)
                sample = float.IsFinite(sample) ? sample : 0;
            for (var i = 0; i < count; i++)
            {
                var from = (int)(StartOf(done + i) - StartOf(done));
                var length = (int)(StartOf(done + i + 1) - StartOf(done)) - from;
                var bands = Vector128<float>.Zero;
                for (var c = 0; c < audio.Channels; c++)
                {
                    for (var k = 0; k < length; k++)
                        channel[k] = samples[((from + k) * audio.Channels) + c];
                    bands += filters[c].Energy(channel.AsSpan(0, length)) / (length * audio.Channels);
                }
                for (var band = 0; band < Bands; band++)
                {
                    powers[done + i] += bands[band];
                    balanced[done + i] += 10 * MathF.Log10(bands[band] + LeastBandPower) / Bands;
                    bandPowers[((done + i) / HopsPerBlock * Bands) + band] += bands[band] / HopsPerBlock;
                }
            }
        }
        ArrayPool<float>.Shared.Return(frames);
        ArrayPool<float>.Shared.Return(channel);
        return new VoiceLevels(Smoothed(powers), balanced, bandPowers);
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
