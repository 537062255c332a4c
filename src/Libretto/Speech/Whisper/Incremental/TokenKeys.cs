using System.Numerics.Tensors;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>Keys and values of the tokens that a sequence has so far. A copy shares what was written before it.</summary>
internal sealed class TokenKeys
{
    private const int HeadWidth = AudioKeys.HeadWidth;

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
        result.Clear();
        for (var head = 0; head < _width; head += HeadWidth)
        {
            var asked = query.Slice(head, HeadWidth);
            var found = result.Slice(head, HeadWidth);
            for (var i = 0; i < weights.Length; i++)
                weights[i] = TensorPrimitives.Dot(asked, _positions[i].AsSpan(layer * 2 * _width + head, HeadWidth));
            TensorPrimitives.Subtract(weights, TensorPrimitives.Max<float>(weights), weights);
            TensorPrimitives.SoftMax(weights, weights);
            for (var i = 0; i < weights.Length; i++)
                TensorPrimitives.MultiplyAdd(_positions[i].AsSpan((layer * 2 + 1) * _width + head, HeadWidth), weights[i], found, found);
        }
    }
}
