using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// Keys and values that a decoder's layers make of a window of audio, as bytes with a scale for each frame and head: a quarter of the
/// memory that every token reads. Read by several sequences at once, by products of bytes.
/// </summary>
internal sealed unsafe class AudioKeys : IDecoderAudio
{
    /// <summary>Numbers of a head; every Whisper has 64.</summary>
    public const int HeadWidth = 64;

    /// <summary>Frames whose keys lie side by side.</summary>
    private const int Lanes = 16;

    /// <summary>Bytes that a lane multiplies at once.</summary>
    private const int Quad = 4;

    /// <summary>Numbers of a vector.</summary>
    private const int Eight = 8;

    /// <summary>Numbers of a value that are summed together, as many as there are registers for.</summary>
    private const int Half = HeadWidth / 2;

    private readonly int _layers;
    private readonly int _heads;
    private readonly int _padded;

    // Of each layer and head: keys as [frames / 16, 64 / 4, 16, 4], then values as [2, frames / 4, 32, 4]; scales of the keys' frames, then
    // of the values'; sums of the keys' bytes.
    private readonly sbyte[] _bytes;
    private readonly float[] _scales;
    private readonly int[] _sums;

    // The frames that are heard, of which a part of a window has fewer.
    private readonly bool _isPart;
    private readonly int _from;
    private readonly int _to;

    /// <summary>Room for keys and values, not yet written.</summary>
    public AudioKeys(int layers, int heads, int frames)
    {
        (_layers, _heads, Frames, _to) = (layers, heads, frames, frames);
        _padded = (frames + Lanes - 1) / Lanes * Lanes;
        var places = layers * heads * _padded;
        _bytes = ArrayPool<sbyte>.Shared.Rent(2 * places * HeadWidth);
        _scales = ArrayPool<float>.Shared.Rent(2 * places);
        _sums = ArrayPool<int>.Shared.Rent(places);
        // Frames that fill up the last sixteen count as zeros. What was rented beyond that is never touched, and takes no memory.
        _bytes.AsSpan(0, 2 * places * HeadWidth).Clear();
        _scales.AsSpan(0, 2 * places).Clear();
        _sums.AsSpan(0, places).Clear();
    }

    private AudioKeys(AudioKeys whole, int from, int to)
    {
        (_layers, _heads, Frames, _padded) = (whole._layers, whole._heads, whole.Frames, whole._padded);
        (_bytes, _scales, _sums) = (whole._bytes, whole._scales, whole._sums);
        (_isPart, _from, _to) = (true, from, to);
    }

    public int Frames { get; }

    /// <summary>Numbers from one sequence's weights to the next: the frames, filled up.</summary>
    public int Stride => _padded;

    /// <summary>Writes what a layer made of some frames.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="keys">[frames, heads, 64].</param>
    /// <param name="values">[frames, heads, 64].</param>
    public void Write(int layer, int first, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        Span<sbyte> bytes = stackalloc sbyte[HeadWidth];
        var quads = MemoryMarshal.Cast<sbyte, int>(bytes);
        for (var head = 0; head < _heads; head++)
        {
            var place = Place(layer, head);
            var keyQuads = MemoryMarshal.Cast<sbyte, int>(place.Keys);
            for (var from = head * HeadWidth; from < keys.Length; from += _heads * HeadWidth)
            {
                var frame = first + from / (_heads * HeadWidth);
                place.KeyScales[frame] = BlockBytes.Write(keys.Slice(from, HeadWidth), bytes);
                place.KeySums[frame] = BlockBytes.Sum(bytes);
                var column = keyQuads[(frame / Lanes * Lanes * quads.Length + frame % Lanes)..];
                for (var i = 0; i < quads.Length; i++)
                    column[i * Lanes] = quads[i];

                place.ValueScales[frame] = BlockBytes.Write(values.Slice(from, HeadWidth), bytes);
                for (var half = 0; half < HeadWidth; half += Half)
                {
                    var row = place.Values[(half * _padded + frame / Quad * Quad * Half + frame % Quad)..];
                    for (var i = 0; i < Half; i++)
                        row[i * Quad] = bytes[half + i];
                }
            }
        }
    }

    /// <summary>The same memory, of which only some frames are looked at: no silence is needed for the others.</summary>
    public IDecoderAudio Only(int from, int to, Func<IDecoderAudio> silence) => new AudioKeys(this, from, to);

    /// <summary>What some sequences find in the audio. Does not depend on who else asks.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="queries">[sequences, 64], divided by the root of the head's width already.</param>
    /// <param name="weights">How much each frame is looked at, [sequences, <see cref="Stride"/>]; overwritten.</param>
    /// <param name="results">[sequences, 64]; overwritten.</param>
    public void Attend(int layer, int head, ReadOnlySpan<float> queries, Span<float> weights, Span<float> results)
    {
        var place = Place(layer, head);
        Span<float> scaled = stackalloc float[_padded];
        Span<byte> high = stackalloc byte[Math.Max(_padded, HeadWidth)];
        Span<byte> low = stackalloc byte[Math.Max(_padded, HeadWidth)];
        for (var row = 0; row < queries.Length / HeadWidth; row++)
        {
            var looks = weights.Slice(row * Stride, Stride);
            var scale = TwoDigits.WriteSigned(queries.Slice(row * HeadWidth, HeadWidth), high, low);
            Score(place, high, low, scale, looks);
            looks[.._from].Clear();
            SoftMax(looks[_from.._to]);
            looks[_to..].Clear();

            TensorPrimitives.Multiply(looks, place.ValueScales, scaled);
            scale = TwoDigits.Write(scaled, high, low);
            Gather(place.Values, high, low, scale, results.Slice(row * HeadWidth, HeadWidth));
        }
    }

    public void Dispose()
    {
        if (_isPart)
            return; // the whole gives them back
        ArrayPool<sbyte>.Shared.Return(_bytes);
        ArrayPool<float>.Shared.Return(_scales);
        ArrayPool<int>.Shared.Return(_sums);
    }

    /// <summary>Products of a query and keys, sixteen frames side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Score(HeadPlace place, Span<byte> high, Span<byte> low, float scale, Span<float> weights)
    {
        fixed (sbyte* keys = place.Keys)
        fixed (int* sums = place.KeySums)
        fixed (byte* highs = high, lows = low)
        fixed (float* scales = place.KeyScales, results = weights)
        {
            for (var frame = _from / Lanes * Lanes; frame < _to; frame += Lanes)
            {
                var (high0, high1) = (Vector256<int>.Zero, Vector256<int>.Zero);
                var (low0, low1) = (Vector256<int>.Zero, Vector256<int>.Zero);
                var eight = keys + frame * HeadWidth;
                for (var i = 0; i < HeadWidth; i += Quad)
                {
                    var (keys0, keys1) = (Vector256.Load(eight), Vector256.Load(eight + Eight * Quad));
                    eight += Lanes * Quad;
                    var (asked, rest) = (TwoDigits.Four(highs + i), TwoDigits.Four(lows + i));
                    high0 = TwoDigits.Dot(high0, asked, keys0);
                    high1 = TwoDigits.Dot(high1, asked, keys1);
                    low0 = TwoDigits.Dot(low0, rest, keys0);
                    low1 = TwoDigits.Dot(low1, rest, keys1);
                }
                Scores(high0, low0, sums + frame, Vector256.Load(scales + frame) * scale).Store(results + frame);
                Scores(high1, low1, sums + frame + Eight, Vector256.Load(scales + frame + Eight) * scale).Store(results + frame + Eight);
            }
        }
    }

    /// <summary>Values summed, each by its weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(Span<sbyte> values, Span<byte> high, Span<byte> low, float scale, Span<float> results)
    {
        fixed (sbyte* bytes = values)
        fixed (byte* highs = high, lows = low)
        fixed (float* found = results)
        {
            for (var half = 0; half < HeadWidth; half += Half)
            {
                var (high0, high1, high2, high3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                var (low0, low1, low2, low3) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
                for (var frame = _from / Quad * Quad; frame < _to; frame += Quad)
                {
                    var eight = bytes + half * _padded + frame * Half;
                    var (looks, rest) = (TwoDigits.Four(highs + frame), TwoDigits.Four(lows + frame));
                    var (values0, values1) = (Vector256.Load(eight), Vector256.Load(eight + Eight * Quad));
                    var (values2, values3) = (Vector256.Load(eight + 2 * Eight * Quad), Vector256.Load(eight + 3 * Eight * Quad));
                    high0 = TwoDigits.Dot(high0, looks, values0);
                    high1 = TwoDigits.Dot(high1, looks, values1);
                    high2 = TwoDigits.Dot(high2, looks, values2);
                    high3 = TwoDigits.Dot(high3, looks, values3);
                    low0 = TwoDigits.Dot(low0, rest, values0);
                    low1 = TwoDigits.Dot(low1, rest, values1);
                    low2 = TwoDigits.Dot(low2, rest, values2);
                    low3 = TwoDigits.Dot(low3, rest, values3);
                }
                Sums(high0, low0, scale).Store(found + half);
                Sums(high1, low1, scale).Store(found + half + Eight);
                Sums(high2, low2, scale).Store(found + half + 2 * Eight);
                Sums(high3, low3, scale).Store(found + half + 3 * Eight);
            }
        }
    }

    // What stands for 0 in a query makes a product too large by as many times the key's sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Scores(Vector256<int> high, Vector256<int> low, int* keySums, Vector256<float> scales) =>
        Vector256.ConvertToSingle(high * TwoDigits.Base + low - Vector256.Load(keySums) * TwoDigits.Zero) * scales;

    // Over many frames the high digits' sums, put together as integers, could pass 32 bits.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sums(Vector256<int> high, Vector256<int> low, float scale) =>
        (Vector256.ConvertToSingle(high) * TwoDigits.Base + Vector256.ConvertToSingle(low)) * scale;

    private static void SoftMax(Span<float> scores)
    {
        TensorPrimitives.Subtract(scores, TensorPrimitives.Max<float>(scores), scores); // the largest is 0, so that no power overflows
        TensorPrimitives.Exp<float>(scores, scores);
        TensorPrimitives.Multiply(scores, 1 / TensorPrimitives.Sum<float>(scores), scores);
    }

    private HeadPlace Place(int layer, int head)
    {
        var at = (layer * _heads + head) * _padded;
        var bytes = _bytes.AsSpan(2 * at * HeadWidth, 2 * _padded * HeadWidth);
        var scales = _scales.AsSpan(2 * at, 2 * _padded);
        return new HeadPlace(bytes[..(_padded * HeadWidth)], bytes[(_padded * HeadWidth)..], scales[.._padded], scales[_padded..],
            _sums.AsSpan(at, _padded));
    }

    private readonly ref struct HeadPlace(
        Span<sbyte> keys, Span<sbyte> values, Span<float> keyScales, Span<float> valueScales, Span<int> keySums)
    {
        public Span<sbyte> Keys { get; } = keys;

        public Span<sbyte> Values { get; } = values;

        public Span<float> KeyScales { get; } = keyScales;

        public Span<float> ValueScales { get; } = valueScales;

        public Span<int> KeySums { get; } = keySums;
    }
}
