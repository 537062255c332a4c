using System.Numerics.Tensors;

namespace Libretto.Models.Onnx;

/// <summary>
/// A matrix in 8-bit blocks, as <c>MatMulNBits</c> of ONNX Runtime reads it: rows of blocks of 64 numbers along the sum, each
/// block with a scale of its own; a number is (byte - 128) x scale. The scale is such that the number of the largest
/// magnitude becomes exactly -128, whatever its sign.
/// </summary>
/// <param name="Rows">Columns of the original matrix (outputs).</param>
/// <param name="Columns">Rows of the original matrix (the sum's length).</param>
/// <param name="Bytes">[rows, blocks, 64].</param>
/// <param name="Scales">[rows, blocks].</param>
internal sealed record QuantizedMatrix(int Rows, int Columns, byte[] Bytes, float[] Scales)
{
    public const int BlockSize = 64;
    public const int Zero = 128;

    // Columns of the tile in which a matrix is transposed: a cache line of floats.
    private const int Tile = 16;

    public int Blocks => (Columns + BlockSize - 1) / BlockSize;

    /// <summary>Quantises the transpose of a matrix [columns, rows], the layout of a MatMul's second operand.</summary>
    public static QuantizedMatrix FromOperand(ReadOnlySpan<float> operand, int columns, int rows)
    {
        var result = Empty(rows, columns);
        Span<float> tile = stackalloc float[Tile * BlockSize];
        for (var block = 0; block < result.Blocks; block++)
        {
            var first = block * BlockSize;
            var height = Math.Min(BlockSize, columns - first);
            for (var row = 0; row < rows; row += Tile)
            {
                var width = Math.Min(Tile, rows - row);
                tile.Clear();
                for (var k = 0; k < height; k++)
                {
                    var line = operand.Slice((first + k) * rows + row, width);
                    for (var i = 0; i < width; i++)
                        tile[i * BlockSize + k] = line[i];
                }
                for (var i = 0; i < width; i++)
                    result.Fill(row + i, block, tile.Slice(i * BlockSize, BlockSize));
            }
        }
        return result;
    }

    /// <summary>Quantises a matrix [rows, columns] as it is, the layout of an embedding.</summary>
    public static QuantizedMatrix FromRows(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var result = Empty(rows, columns);
        Span<float> piece = stackalloc float[BlockSize];
        for (var row = 0; row < rows; row++)
        {
            var line = matrix.Slice(row * columns, columns);
            for (var block = 0; block < result.Blocks; block++)
            {
                piece.Clear();
                line[(block * BlockSize)..Math.Min(columns, (block + 1) * BlockSize)].CopyTo(piece);
                result.Fill(row, block, piece);
            }
        }
        return result;
    }

    public bool SameAs(QuantizedMatrix other) =>
        Rows == other.Rows && Columns == other.Columns && Scales.AsSpan().SequenceEqual(other.Scales) &&
            Bytes.AsSpan().SequenceEqual(other.Bytes);

    private static QuantizedMatrix Empty(int rows, int columns)
    {
        var blocks = (columns + BlockSize - 1) / BlockSize;
        return new QuantizedMatrix(rows, columns, new byte[checked(rows * blocks * BlockSize)], new float[rows * blocks]);
    }

    private void Fill(int row, int block, ReadOnlySpan<float> numbers)
    {
        var at = row * Blocks + block;
        var scale = TensorPrimitives.MaxMagnitude(numbers) / -Zero;
        Scales[at] = scale;
        Span<float> steps = stackalloc float[BlockSize];
        TensorPrimitives.Multiply(numbers, scale == 0 ? 0 : 1 / scale, steps);
        TensorPrimitives.Round(steps, MidpointRounding.AwayFromZero, steps);
        TensorPrimitives.Add(steps, Zero, steps);
        TensorPrimitives.ConvertSaturating<float, byte>(steps, Bytes.AsSpan(at * BlockSize, BlockSize));
    }
}
