using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// The weights of a linear layer in 8-bit blocks of 64 along the inputs, as <c>MatMulNBits</c> of ONNX Runtime has them: a number is
/// (byte - 128) x the scale of its block. They lie so that eight outputs are computed side by side. Products are of bytes, exact within
/// a block.
/// </summary>
internal sealed unsafe class BlockMatrix
{
    /// <summary>Numbers along the inputs that share a scale.</summary>
    public const int Block = BlockBytes.Length;

    /// <summary>The byte that stands for 0.</summary>
    public const int Zero = 128;

    /// <summary>Outputs computed side by side, one in each lane.</summary>
    private const int Lanes = 8;

    /// <summary>Inputs that a lane multiplies at once.</summary>
    private const int Quad = 4;

    private const int GroupBytes = Lanes * Block;

    /// <summary>How far ahead weights are fetched, bytes: what is computed of each leaves the processor too few loads under way.</summary>
    private const int Ahead = 4096;

    // On the pinned heap: [outputs / 8, blocks, 16 quads, 8 outputs, 4], [outputs / 8, blocks, 8] and [outputs].
    private readonly byte[] _bytes;
    private readonly float[] _scales;
    private readonly float[] _bias;
    private readonly int _blocks;

    /// <param name="outputs">Rows of the matrix.</param>
    /// <param name="inputs">Columns of the matrix, a multiple of <see cref="Block"/>.</param>
    /// <param name="bytes">[outputs, inputs].</param>
    /// <param name="scales">[outputs, blocks].</param>
    /// <param name="bias">Added to each output; none when empty.</param>
    public BlockMatrix(int outputs, int inputs, ReadOnlySpan<byte> bytes, ReadOnlySpan<float> scales, ReadOnlySpan<float> bias)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(inputs % Block, 0, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, outputs * inputs, nameof(bytes));
        ArgumentOutOfRangeException.ThrowIfNotEqual(scales.Length, outputs * (inputs / Block), nameof(scales));
        (Outputs, Inputs, _blocks) = (outputs, inputs, inputs / Block);
        var groups = (outputs + Lanes - 1) / Lanes;
        _bytes = GC.AllocateUninitializedArray<byte>(groups * Lanes * inputs, pinned: true);
        _scales = GC.AllocateArray<float>(groups * Lanes * _blocks, pinned: true);
        _bias = GC.AllocateArray<float>(groups * Lanes, pinned: true);
        bias.CopyTo(_bias);
        Pack(bytes, scales);
    }

    /// <summary>Whether this processor multiplies bytes fast enough for any of this.</summary>
    public static bool IsSupported => Avx2.IsSupported && Fma.IsSupported;

    public int Outputs { get; }

    public int Inputs { get; }

    /// <summary>One row of the matrix, as an embedding is looked up.</summary>
    public void Row(int row, Span<float> numbers)
    {
        var (group, lane) = Math.DivRem(row, Lanes);
        for (var i = 0; i < Inputs; i++)
        {
            var block = group * _blocks + i / Block;
            numbers[i] = (_bytes[block * GroupBytes + (i % Block / Quad * Lanes + lane) * Quad + i % Quad] - Zero) *
                _scales[block * Lanes + lane];
        }
    }

    /// <summary>Multiplies rows of numbers. What a row gives does not depend on the rows beside it.</summary>
    /// <param name="rows">The rows, <see cref="Inputs"/> wide.</param>
    /// <param name="results">[rows, <see cref="Outputs"/>]; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Multiply(BlockRows rows, Span<float> results)
    {
        const int tile = 4;
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Width, Inputs, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfLessThan(results.Length, rows.Count * Outputs, nameof(results));
        var sums = stackalloc Vector256<float>[tile];
        for (var output = 0; output < Outputs; output += Lanes)
        {
            var row = 0;
            for (; row + tile <= rows.Count; row += tile)
            {
                Four(output, rows, row, sums);
                for (var i = 0; i < tile; i++)
                    Write(sums[i], output, results.Slice((row + i) * Outputs, Outputs));
            }
            if (row + 2 <= rows.Count)
            {
                Two(output, rows, row, sums);
                Write(sums[0], output, results.Slice(row * Outputs, Outputs));
                Write(sums[1], output, results.Slice((row + 1) * Outputs, Outputs));
                row += 2;
            }
            for (; row < rows.Count; row++)
                Write(One(output, rows, row), output, results.Slice(row * Outputs, Outputs));
        }
    }

    /// <summary>Eight outputs of four rows: the weights read serve all four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Four(int output, BlockRows rows, int row, Vector256<float>* sums)
    {
        var weights = (byte*)Address(_bytes) + (long)output * Inputs;
        var scales = (float*)Address(_scales) + output * _blocks;
        var first = rows.At(row);
        var second = rows.At(row + 1);
        var third = rows.At(row + 2);
        var fourth = rows.At(row + 3);
        var bias = Vector256.Load((float*)Address(_bias) + output);
        var (sum0, sum1, sum2, sum3) = (bias, bias, bias, bias);
        for (var block = 0; block < _blocks; block++)
        {
            var (dot0, dot1) = (Begin(first, block), Begin(second, block));
            var (dot2, dot3) = (Begin(third, block), Begin(fourth, block));
            for (var quad = block * Block; quad < (block + 1) * Block; quad += Quad)
            {
                var eight = Vector256.Load(weights);
                Sse.Prefetch0(weights + Ahead);
                weights += Lanes * Quad;
                dot0 = Dot(dot0, eight, first.Numbers + quad);
                dot1 = Dot(dot1, eight, second.Numbers + quad);
                dot2 = Dot(dot2, eight, third.Numbers + quad);
                dot3 = Dot(dot3, eight, fourth.Numbers + quad);
            }
            var scale = Vector256.Load(scales + block * Lanes);
            sum0 = Add(sum0, dot0, scale, first, block);
            sum1 = Add(sum1, dot1, scale, second, block);
            sum2 = Add(sum2, dot2, scale, third, block);
            sum3 = Add(sum3, dot3, scale, fourth, block);
        }
        (sums[0], sums[1], sums[2], sums[3]) = (sum0, sum1, sum2, sum3);
    }

    /// <summary>Eight outputs of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Two(int output, BlockRows rows, int row, Vector256<float>* sums)
    {
        var weights = (byte*)Address(_bytes) + (long)output * Inputs;
        var scales = (float*)Address(_scales) + output * _blocks;
        var first = rows.At(row);
        var second = rows.At(row + 1);
        var bias = Vector256.Load((float*)Address(_bias) + output);
        var (sum0, sum1) = (bias, bias);
        for (var block = 0; block < _blocks; block++)
        {
            // Two sums of each, since each product waits for the one before it.
            var (even0, odd0) = (Begin(first, block), Vector256<int>.Zero);
            var (even1, odd1) = (Begin(second, block), Vector256<int>.Zero);
            for (var quad = block * Block; quad < (block + 1) * Block; quad += 2 * Quad)
            {
                var (even, odd) = (Vector256.Load(weights), Vector256.Load(weights + Lanes * Quad));
                Sse.Prefetch0(weights + Ahead);
                weights += 2 * Lanes * Quad;
                even0 = Dot(even0, even, first.Numbers + quad);
                even1 = Dot(even1, even, second.Numbers + quad);
                odd0 = Dot(odd0, odd, first.Numbers + quad + Quad);
                odd1 = Dot(odd1, odd, second.Numbers + quad + Quad);
            }
            var scale = Vector256.Load(scales + block * Lanes);
            sum0 = Add(sum0, even0 + odd0, scale, first, block);
            sum1 = Add(sum1, even1 + odd1, scale, second, block);
        }
        (sums[0], sums[1]) = (sum0, sum1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private Vector256<float> One(int output, BlockRows rows, int row)
    {
        var weights = (byte*)Address(_bytes) + (long)output * Inputs;
        var scales = (float*)Address(_scales) + output * _blocks;
        var place = rows.At(row);
        var sum = Vector256.Load((float*)Address(_bias) + output);
        for (var block = 0; block < _blocks; block++)
        {
            // Two sums, since each product waits for the one before it.
            var (even, odd) = (Begin(place, block), Vector256<int>.Zero);
            for (var quad = block * Block; quad < (block + 1) * Block; quad += 2 * Quad)
            {
                even = Dot(even, Vector256.Load(weights), place.Numbers + quad);
                odd = Dot(odd, Vector256.Load(weights + Lanes * Quad), place.Numbers + quad + Quad);
                Sse.Prefetch0(weights + Ahead);
                weights += 2 * Lanes * Quad;
            }
            sum = Add(sum, even + odd, Vector256.Load(scales + block * Lanes), place, block);
        }
        return sum;
    }

    // Weights that are 128 too large make a dot product too large by 128 times the numbers' sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Begin(BlockRows.Place place, int block) =>
        AvxVnni.IsSupported ? Vector256.Create(place.Corrections[block]) : Vector256<int>.Zero;

    /// <summary>Adds, in each lane, four products of weights and numbers; exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Dot(Vector256<int> sum, Vector256<byte> weights, sbyte* numbers)
    {
        var four = Vector256.Create(*(int*)numbers).AsSByte();
        if (AvxVnni.IsSupported)
            return AvxVnni.MultiplyWideningAndAdd(sum, weights, four);
        // |weight| is at most 128 and |number| 127, so that no sum of two passes 16 bits.
        var signed = (weights ^ Vector256.Create((byte)Zero)).AsSByte();
        return sum + Avx2.MultiplyAddAdjacent(
            Avx2.MultiplyAddAdjacent(Avx2.Abs(signed), Avx2.Sign(four, signed)), Vector256<short>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Add(
        Vector256<float> sum, Vector256<int> dot, Vector256<float> scale, BlockRows.Place place, int block) =>
        Fma.MultiplyAdd(Avx.ConvertToVector256Single(dot), scale * Vector256.Create(place.Scales[block]), sum);

    private static void Write(Vector256<float> sums, int output, Span<float> results)
    {
        if (output + Lanes <= results.Length)
            sums.CopyTo(results[output..]);
        else
            for (var i = output; i < results.Length; i++)
                results[i] = sums[i - output];
    }

    private void Pack(ReadOnlySpan<byte> bytes, ReadOnlySpan<float> scales)
    {
        var quads = MemoryMarshal.Cast<byte, int>(bytes);
        var packed = MemoryMarshal.Cast<byte, int>(_bytes.AsSpan());
        var quadsOfRow = Inputs / Quad;
        // The rows that fill up the last eight count as zeros by their scales.
        for (var output = 0; output < Outputs; output++)
        {
            var (group, lane) = Math.DivRem(output, Lanes);
            var from = quads.Slice(output * quadsOfRow, quadsOfRow);
            var to = packed[(group * Lanes * quadsOfRow + lane)..];
            for (var i = 0; i < from.Length; i++)
                to[i * Lanes] = from[i];
            for (var block = 0; block < _blocks; block++)
                _scales[(group * _blocks + block) * Lanes + lane] = scales[output * _blocks + block];
        }
    }

    private static void* Address(Array pinned) => (void*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
