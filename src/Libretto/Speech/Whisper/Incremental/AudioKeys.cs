using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// Keys and values that a decoder's layers make of a window of audio, as bytes with a scale for each frame and head: a quarter of the
/// memory that every token reads. Read by several sequences at once.
/// </summary>
internal sealed unsafe class AudioKeys : IDecoderAudio
{
    /// <summary>Numbers of a head; every Whisper has 64.</summary>
    public const int HeadWidth = 64;

    /// <summary>Frames whose keys lie side by side.</summary>
    private const int Lanes = 16;

    private readonly int _layers;
    private readonly int _heads;
    private readonly int _padded;

    // Of each layer and head: keys as [frames / 16, 64, 16], then values as [frames, 64]; scales of the keys' frames, then of the values'.
    private readonly sbyte[] _bytes;
    private readonly float[] _scales;

    /// <summary>Room for keys and values, not yet written.</summary>
    public AudioKeys(int layers, int heads, int frames)
    {
        (_layers, _heads, Frames) = (layers, heads, frames);
        _padded = (frames + Lanes - 1) / Lanes * Lanes;
        var numbers = layers * heads * 2 * _padded;
        _bytes = ArrayPool<sbyte>.Shared.Rent(numbers * HeadWidth);
        _scales = ArrayPool<float>.Shared.Rent(numbers);
        // Frames that fill up the last sixteen count as zeros. What was rented beyond that is never touched, and takes no memory.
        _bytes.AsSpan(0, numbers * HeadWidth).Clear();
        _scales.AsSpan(0, numbers).Clear();
    }

    public int Frames { get; }

    /// <summary>Writes what a layer made of some frames.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="keys">[frames, heads, 64].</param>
    /// <param name="values">[frames, heads, 64].</param>
    public void Write(int layer, int first, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        Span<sbyte> bytes = stackalloc sbyte[HeadWidth];
        for (var head = 0; head < _heads; head++)
        {
            var place = Place(layer, head);
            for (var from = head * HeadWidth; from < keys.Length; from += _heads * HeadWidth)
            {
                var frame = first + from / (_heads * HeadWidth);
                place.KeyScales[frame] = BlockBytes.Write(keys.Slice(from, HeadWidth), bytes);
                var column = place.Keys[(frame / Lanes * Lanes * HeadWidth + frame % Lanes)..];
                for (var i = 0; i < HeadWidth; i++)
                    column[i * Lanes] = bytes[i];
                place.ValueScales[frame] = BlockBytes.Write(
                    values.Slice(from, HeadWidth), place.Values.Slice(frame * HeadWidth, HeadWidth));
            }
        }
    }

    /// <inheritdoc/>
    public IDecoderAudio Within(IDecoderAudio outside, int from, int to)
    {
        var copy = new AudioKeys(_layers, _heads, Frames);
        for (var layer = 0; layer < _layers; layer++)
            for (var head = 0; head < _heads; head++)
            {
                var other = ((AudioKeys)outside).Place(layer, head);
                var own = Place(layer, head);
                var target = copy.Place(layer, head);
                other.Keys.CopyTo(target.Keys);
                for (var frame = from; frame < to;)
                {
                    // Sixteen at once where all of them are wanted.
                    var group = frame / Lanes * Lanes * HeadWidth;
                    if (frame % Lanes == 0 && frame + Lanes <= to)
                    {
                        own.Keys.Slice(group, Lanes * HeadWidth).CopyTo(target.Keys[group..]);
                        frame += Lanes;
                        continue;
                    }
                    for (var i = 0; i < HeadWidth; i++)
                        target.Keys[group + i * Lanes + frame % Lanes] = own.Keys[group + i * Lanes + frame % Lanes];
                    frame++;
                }
                Splice(other.KeyScales, own.KeyScales, target.KeyScales, from, to);
                Splice(other.Values, own.Values, target.Values, from * HeadWidth, to * HeadWidth);
                Splice(other.ValueScales, own.ValueScales, target.ValueScales, from, to);
            }
        return copy;
    }

    /// <summary>What some sequences find in the audio. Does not depend on who else asks.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="queries">[sequences, 64], divided by the root of the head's width already.</param>
    /// <param name="weights">How much each frame is looked at, [sequences, at least <see cref="Stride"/> apart]; overwritten.</param>
    /// <param name="results">[sequences, 64]; overwritten.</param>
    public void Attend(int layer, int head, ReadOnlySpan<float> queries, Span<float> weights, Span<float> results)
    {
        var place = Place(layer, head);
        var rows = queries.Length / HeadWidth;
        fixed (sbyte* keys = place.Keys, values = place.Values)
        fixed (float* scales = place.KeyScales, asked = queries, looked = weights, found = results)
        {
            Score(keys, scales, asked, looked, rows);
            for (var row = 0; row < rows; row++)
                SoftMax(weights.Slice(row * Stride, Frames));
            Gather(values, place.ValueScales, looked, found, rows);
        }
    }

    /// <summary>Numbers from one sequence's weights to the next: the frames, filled up.</summary>
    public int Stride => _padded;

    public void Dispose()
    {
        ArrayPool<sbyte>.Shared.Return(_bytes);
        ArrayPool<float>.Shared.Return(_scales);
    }

    /// <summary>Products of queries and keys, sixteen frames side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(sbyte* keys, float* scales, float* queries, float* weights, int rows)
    {
        var sixteen = stackalloc float[Lanes * HeadWidth];
        for (var frame = 0; frame < _padded; frame += Lanes)
        {
            // Turned into floats once for all who ask.
            for (var i = 0; i < HeadWidth; i++)
                Floats(keys + frame * HeadWidth + i * Lanes).Store(sixteen + i * Lanes);
            var scale = Vector512.Load(scales + frame);
            for (var row = 0; row < rows; row++)
            {
                var query = queries + row * HeadWidth;
                var (a, b, c, d) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
                for (var i = 0; i < HeadWidth; i += 4)
                {
                    a = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + i * Lanes), Vector512.Create(query[i]), a);
                    b = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + (i + 1) * Lanes), Vector512.Create(query[i + 1]), b);
                    c = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + (i + 2) * Lanes), Vector512.Create(query[i + 2]), c);
                    d = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + (i + 3) * Lanes), Vector512.Create(query[i + 3]), d);
                }
                ((a + b + (c + d)) * scale).Store(weights + row * _padded + frame);
            }
        }
    }

    /// <summary>Values summed, each by its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(sbyte* values, ReadOnlySpan<float> scales, float* weights, float* results, int rows)
    {
        new Span<float>(results, rows * HeadWidth).Clear();
        var sixteen = stackalloc float[Lanes * HeadWidth];
        for (var frame = 0; frame < Frames; frame += Lanes)
        {
            var count = Math.Min(Lanes, Frames - frame);
            for (var i = 0; i < count; i++)
            {
                for (var part = 0; part < HeadWidth; part += Lanes)
                    Floats(values + (frame + i) * HeadWidth + part).Store(sixteen + i * HeadWidth + part);
            }
            for (var row = 0; row < rows; row++)
            {
                var sums = results + row * HeadWidth;
                var weight = weights + row * _padded + frame;
                var (a, b) = (Vector512.Load(sums), Vector512.Load(sums + Lanes));
                var (c, d) = (Vector512.Load(sums + 2 * Lanes), Vector512.Load(sums + 3 * Lanes));
                for (var i = 0; i < count; i++)
                {
                    var look = Vector512.Create(weight[i] * scales[frame + i]);
                    a = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + i * HeadWidth), look, a);
                    b = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + i * HeadWidth + Lanes), look, b);
                    c = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + i * HeadWidth + 2 * Lanes), look, c);
                    d = Vector512.FusedMultiplyAdd(Vector512.Load(sixteen + i * HeadWidth + 3 * Lanes), look, d);
                }
                a.Store(sums);
                b.Store(sums + Lanes);
                c.Store(sums + 2 * Lanes);
                d.Store(sums + 3 * Lanes);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Floats(sbyte* sixteen)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Single(Avx512F.ConvertToVector512Int32(Vector128.Load(sixteen)));
        var shorts = Vector256.WidenLower(Vector128.Load(sixteen).ToVector256Unsafe());
        return Vector512.ConvertToSingle(Vector512.WidenLower(shorts.ToVector512Unsafe()));
    }

    private static void SoftMax(Span<float> scores)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores); // the largest is 0, so that no power overflows
        TensorPrimitives.Exp<float>(scores, scores);
        TensorPrimitives.Multiply(scores, 1 / TensorPrimitives.Sum<float>(scores), scores);
    }

    private static void Splice<T>(ReadOnlySpan<T> outside, ReadOnlySpan<T> inside, Span<T> target, int from, int to)
    {
        outside[..from].CopyTo(target);
        inside[from..to].CopyTo(target[from..]);
        outside[to..].CopyTo(target[to..]);
    }

    private HeadPlace Place(int layer, int head)
    {
        var at = (layer * _heads + head) * 2 * _padded;
        var bytes = _bytes.AsSpan(at * HeadWidth, 2 * _padded * HeadWidth);
        var scales = _scales.AsSpan(at, 2 * _padded);
        return new HeadPlace(
            bytes[..(_padded * HeadWidth)], bytes[(_padded * HeadWidth)..], scales[.._padded], scales[_padded..]);
    }

    private readonly ref struct HeadPlace(Span<sbyte> keys, Span<sbyte> values, Span<float> keyScales, Span<float> valueScales)
    {
        public Span<sbyte> Keys { get; } = keys;

        public Span<sbyte> Values { get; } = values;

        public Span<float> KeyScales { get; } = keyScales;

        public Span<float> ValueScales { get; } = valueScales;
    }
}
