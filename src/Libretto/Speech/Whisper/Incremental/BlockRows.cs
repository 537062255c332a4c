using System.Runtime.InteropServices;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// Rows of numbers as bytes, a scale for each block of 64, to be multiplied with a <see cref="BlockMatrix"/>. Written again for each
/// layer.
/// </summary>
internal sealed unsafe class BlockRows
{
    // On the pinned heap, so that their places may be kept.
    private readonly sbyte[] _numbers;
    private readonly int[] _corrections;
    private readonly float[] _scales;

    /// <param name="rows">The most rows there may be.</param>
    /// <param name="width">The widest that they may be, a multiple of <see cref="BlockMatrix.Block"/>.</param>
    public BlockRows(int rows, int width)
    {
        var blocks = rows * width / BlockMatrix.Block;
        _numbers = GC.AllocateUninitializedArray<sbyte>(rows * width, pinned: true);
        _corrections = GC.AllocateUninitializedArray<int>(blocks, pinned: true);
        _scales = GC.AllocateUninitializedArray<float>(blocks, pinned: true);
    }

    /// <summary>Numbers that there is room for.</summary>
    public int Capacity => _numbers.Length;

    public int Count { get; private set; }

    public int Width { get; private set; }

    /// <summary>Writes rows.</summary>
    /// <param name="rows">[count, width].</param>
    /// <param name="count">Rows.</param>
    public void Write(ReadOnlySpan<float> rows, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, _numbers.Length, nameof(rows));
        Count = count;
        Width = rows.Length / count;
        for (var block = 0; block < rows.Length / BlockMatrix.Block; block++)
        {
            var bytes = _numbers.AsSpan(block * BlockMatrix.Block, BlockMatrix.Block);
            _scales[block] = BlockBytes.Write(rows.Slice(block * BlockMatrix.Block, BlockMatrix.Block), bytes);
            _corrections[block] = -BlockMatrix.Zero * BlockBytes.Sum(bytes);
        }
    }

    /// <summary>Where a row lies.</summary>
    public Place At(int row)
    {
        var block = row * Width / BlockMatrix.Block;
        return new Place(
            (sbyte*)Address(_numbers) + row * Width, (int*)Address(_corrections) + block, (float*)Address(_scales) + block);
    }

    private static void* Address(Array pinned) => (void*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);

    /// <summary>A row's bytes, what its blocks' sums begin with where weights are 128 too large, and the blocks' scales.</summary>
    public readonly struct Place(sbyte* numbers, int* corrections, float* scales)
    {
        public sbyte* Numbers { get; } = numbers;

        public int* Corrections { get; } = corrections;

        public float* Scales { get; } = scales;
    }
}
