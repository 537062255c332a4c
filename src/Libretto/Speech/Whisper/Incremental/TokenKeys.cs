using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>Keys and values of the tokens that a sequence has so far. A copy shares what was written before it.</summary>
internal sealed class TokenKeys
{
    private const int HeadWidth = AudioKeys.HeadWidth, Lanes = HeadWidth / 4;

    private readonly int _width;
    private readonly int _layers;

    // Of each position, each layer's keys, then its values.
    private readonly List<float[]> _positions;

    /// <param name="width">Numbers of a position.</param>
    /// <param name="layers">The decoder's layers.</param>
    public TokenKeys(int width, int layers)
        : this(width, layers, [])
    {
    }

    private TokenKeys(int width, int layers, List<float[]> positions) => (_width, _layers, _positions) = (width, layers, positions);

    /// <summary>Positions that there are.</summary>
    public int Count => _positions.Count;

    /// <summary>The same positions, to be continued otherwise.</summary>
    public TokenKeys Copy() => new(_width, _layers, [.. _positions]);

    /// <summary>Makes room for more positions.</summary>
    public void Grow(int positions)
    {
        for (var i = 0; i < positions; i++)
            _positions.Add(new float[_layers * 2 * _width]);
    }

    /// <summary>Writes what a layer made of a token.</summary>
    public void Write(int layer, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        keys.CopyTo(_positions[position].AsSpan(layer * 2 * _width));
        values.CopyTo(_positions[position].AsSpan((layer * 2 + 1) * _width));
    }

    /// <summary>What a token finds in those before it and in itself.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="position">The token's position.</param>
    /// <param name="query">Its heads side by side, divided by the root of a head's width already.</param>
    /// <param name="result">As long; overwritten.</param>
    public void Attend(int layer, int position, ReadOnlySpan<float> query, Span<float> result)
    {
        Span<float> weights = stackalloc float[position + 1];
        var (keys, values) = (layer * 2 * _width, (layer * 2 + 1) * _width);
        for (var head = 0; head < _width; head += HeadWidth)
        {
            Score(query.Slice(head, HeadWidth), keys + head, weights);
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.SoftMax(weights, weights);
            Gather(weights, values + head, result.Slice(head, HeadWidth));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(ReadOnlySpan<float> query, int at, Span<float> scores)
    {
        var (a, b) = (Vector512.Create(query), Vector512.Create(query[Lanes..]));
        var (c, d) = (Vector512.Create(query[(2 * Lanes)..]), Vector512.Create(query[(3 * Lanes)..]));
        for (var i = 0; i < scores.Length; i++)
        {
            ref var key = ref _positions[i][at];
            scores[i] = Vector512.Sum(
                a * Vector512.LoadUnsafe(ref key) + b * Vector512.LoadUnsafe(ref key, Lanes) +
                (c * Vector512.LoadUnsafe(ref key, 2 * Lanes) + d * Vector512.LoadUnsafe(ref key, 3 * Lanes)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(ReadOnlySpan<float> weights, int at, Span<float> found)
    {
        var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        for (var i = 0; i < weights.Length; i++)
        {
            ref var value = ref _positions[i][at];
            var weight = Vector512.Create(weights[i]);
            a = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref value), weight, a);
            b = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref value, Lanes), weight, b);
            c = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref value, 2 * Lanes), weight, c);
            d = Vector512.FusedMultiplyAdd(Vector512.LoadUnsafe(ref value, 3 * Lanes), weight, d);
        }
        a.CopyTo(found);
        b.CopyTo(found[Lanes..]);
        c.CopyTo(found[(2 * Lanes)..]);
        d.CopyTo(found[(3 * Lanes)..]);
    }
}
