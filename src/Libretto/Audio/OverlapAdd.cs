using System.Numerics.Tensors;

namespace Libretto.Audio;

/// <summary>
/// Adds up overlapping weighted pieces, in the order of their starts, and gives out the sum divided by the sum of the weights as
/// soon as no later piece can touch it. Holds no more than is pending. What lies before frame 0 is dropped.
/// </summary>
internal sealed class OverlapAdd
{
    private readonly float[] _sum;
    private readonly float[] _weights;
    private readonly int _channels;
    private long _start;

    /// <param name="channels">Samples a frame.</param>
    /// <param name="capacity">The most frames pending at once, including those of the piece that is added.</param>
    public OverlapAdd(int channels, int capacity)
    {
        _channels = channels;
        _sum = new float[capacity * channels];
        _weights = new float[capacity];
    }

    /// <summary>Adds a piece.</summary>
    /// <param name="start">Its first frame; not before what was taken already, unless that is before 0.</param>
    /// <param name="weighted">Its frames, interleaved, each already times its weight.</param>
    /// <param name="weights">What to divide by, one a frame.</param>
    public void Add(long start, ReadOnlySpan<float> weighted, ReadOnlySpan<float> weights)
    {
        if (start < 0)
        {
            var early = (int)Math.Min(-start, weights.Length);
            weighted = weighted[(early * _channels)..];
            weights = weights[early..];
            start = 0;
        }
        var at = (int)(start - _start);
        var sum = _sum.AsSpan(at * _channels, weighted.Length);
        TensorPrimitives.Add(sum, weighted, sum);
        var divisor = _weights.AsSpan(at, weights.Length);
        TensorPrimitives.Add(divisor, weights, divisor);
    }

    /// <summary>Takes the next frames out; frames without any weight are silent.</summary>
    /// <param name="interleaved">Filled whole; nothing may be added to these frames any more.</param>
    public void Take(Span<float> interleaved)
    {
        var frames = interleaved.Length / _channels;
        for (var i = 0; i < frames; i++)
        {
            var scale = _weights[i] > 0 ? 1 / _weights[i] : 0;
            for (var c = i * _channels; c < (i + 1) * _channels; c++)
                interleaved[c] = _sum[c] * scale;
        }
        _start += frames;
        Shift(_sum, interleaved.Length);
        Shift(_weights, frames);
    }

    private static void Shift(float[] values, int by)
    {
        values.AsSpan(by).CopyTo(values);
        values.AsSpan(values.Length - by).Clear();
    }
}
