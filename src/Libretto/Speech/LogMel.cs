using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Libretto.Speech;

/// <summary>
/// Whisper's features: the logarithm of the energy in bands on the Slaney mel scale, 100 frames a second, after
/// <c>log_mel_spectrogram</c> of openai/whisper (periodic Hann window of 400 samples, hop 160, edges reflected).
/// </summary>
internal sealed class LogMel
{
    /// <summary>Samples a second that the features are defined for.</summary>
    public const int SampleRate = 16_000;

    /// <summary>Samples from one frame to the next.</summary>
    public const int Hop = 160;

    private const int Length = 400;
    private const int Frequencies = Length / 2 + 1;
    private const int Edge = Length / 2;

    private readonly FrameFourier _fourier = new(Length, 8, 5, 5);
    private readonly float[] _window = new float[Length];
    private readonly Band[] _bands;

    /// <summary>Prepares the filters.</summary>
    /// <param name="bins">Mel bands, 80 or 128.</param>
    public LogMel(int bins)
    {
        for (var i = 0; i < Length; i++)
            _window[i] = (float)(0.5 - 0.5 * Math.Cos(Math.Tau * i / Length));
        _bands = SlaneyBands(bins);
    }

    /// <summary>Mel bands.</summary>
    public int Bins => _bands.Length;

    /// <summary>Computes the features of one window of audio.</summary>
    /// <param name="samples">16 kHz mono; whole hops.</param>
    /// <param name="features">Filled: <see cref="Bins"/> rows of one value a hop, low to high, row by row.</param>
    public void Compute(ReadOnlySpan<float> samples, Span<float> features)
    {
        var frames = samples.Length / Hop;
        features = features[..(Bins * frames)];
        var lanes = Vector<float>.Count;
        var groups = (frames + lanes - 1) / lanes;
        // The last group may reach past the last frame: room for it is zeros.
        var padded = ArrayPool<float>.Shared.Rent(groups * lanes * Hop + Length);
        var work = ArrayPool<Vector<float>>.Shared.Rent(Length + Frequencies + _fourier.WorkLength);
        try
        {
            ReflectEdges(samples, padded);
            var window = work.AsSpan(0, Length);
            var power = work.AsSpan(Length, Frequencies);
            var rest = work.AsSpan(Length + Frequencies);
            for (var group = 0; group < groups; group++)
            {
                Gather(padded.AsSpan(group * lanes * Hop), MemoryMarshal.Cast<Vector<float>, float>(window));
                _fourier.Power(window, power, rest);
                var first = group * lanes;
                for (var band = 0; band < _bands.Length; band++)
                    Store(_bands[band].Energy(power), features.Slice(band * frames + first, Math.Min(lanes, frames - first)));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(padded);
            ArrayPool<Vector<float>>.Shared.Return(work);
        }
        Compress(features);
    }

    private static void ReflectEdges(ReadOnlySpan<float> samples, Span<float> padded)
    {
        padded.Clear();
        samples.CopyTo(padded[Edge..]);
        for (var i = 1; i <= Edge; i++)
        {
            padded[Edge - i] = samples[Math.Min(i, samples.Length - 1)];
            padded[Edge + samples.Length - 1 + i] = samples[Math.Max(0, samples.Length - 1 - i)];
        }
    }

    private void Gather(ReadOnlySpan<float> padded, Span<float> lanes)
    {
        var count = Vector<float>.Count;
        for (var lane = 0; lane < count; lane++)
        {
            var frame = padded.Slice(lane * Hop, Length);
            for (int i = 0, at = lane; i < frame.Length; i++, at += count)
                lanes[at] = frame[i] * _window[i];
        }
    }

    private static void Store(Vector<float> energies, Span<float> target)
    {
        if (target.Length == Vector<float>.Count)
        {
            energies.CopyTo(target);
            return;
        }
        for (var i = 0; i < target.Length; i++)
            target[i] = energies[i];
    }

    /// <summary>Logarithm, floor eight decades under the loudest, and the scale the network was trained with.</summary>
    private static void Compress(Span<float> features)
    {
        if (features.IsEmpty)
            return;
        TensorPrimitives.Max(features, 1e-10f, features);
        TensorPrimitives.Log10(features, features);
        TensorPrimitives.Max(features, TensorPrimitives.Max<float>(features) - 8f, features);
        TensorPrimitives.Add(features, 4f, features);
        TensorPrimitives.Multiply(features, 0.25f, features);
    }

    /// <summary>Triangles of equal area on the Slaney scale (linear to 1 kHz, logarithmic above), as librosa makes them.</summary>
    private static Band[] SlaneyBands(int bins)
    {
        var corners = new double[bins + 2];
        var top = ToMel(SampleRate / 2.0);
        for (var i = 0; i < corners.Length; i++)
            corners[i] = ToHertz(top * i / (bins + 1));
        var bands = new Band[bins];
        for (var band = 0; band < bins; band++)
        {
            var (low, centre, high) = (corners[band], corners[band + 1], corners[band + 2]);
            var weights = new float[Frequencies];
            for (var k = 0; k < Frequencies; k++)
            {
                var hertz = (double)k * SampleRate / Length;
                var height = Math.Min((hertz - low) / (centre - low), (high - hertz) / (high - centre));
                weights[k] = (float)(Math.Max(0, height) * 2 / (high - low));
            }
            var first = Math.Max(0, Array.FindIndex(weights, w => w > 0));
            var last = Array.FindLastIndex(weights, w => w > 0);
            bands[band] = new Band(first, weights[first..(last + 1)]);
        }
        return bands;
    }

    private static double ToMel(double hertz) =>
        hertz < 1000 ? hertz * 3 / 200 : 15 + Math.Log(hertz / 1000) * 27 / Math.Log(6.4);

    private static double ToHertz(double mel) =>
        mel < 15 ? mel * 200 / 3 : 1000 * Math.Exp((mel - 15) * Math.Log(6.4) / 27);

    private readonly record struct Band(int First, float[] Weights)
    {
        public Vector<float> Energy(ReadOnlySpan<Vector<float>> power)
        {
            var sum = Vector<float>.Zero;
            for (var i = 0; i < Weights.Length; i++)
                sum = Vector.FusedMultiplyAdd(power[First + i], new Vector<float>(Weights[i]), sum);
            return sum;
        }
    }
}
