using Libretto.Speech.Whisper.Incremental;

namespace Libretto.Tests.Speech.Whisper.Incremental;

public sealed class BlockMatrixTests
{
    private readonly Random _random = new(7);

    public BlockMatrixTests() => Assert.SkipUnless(BlockMatrix.IsSupported, "This processor has no AVX2.");

    [Theory]
    [InlineData(16, 64, 1)]
    [InlineData(512, 512, 3)]
    [InlineData(61, 128, 4)]
    [InlineData(7, 2048, 9)]
    public void A_product_is_that_of_the_numbers_that_the_bytes_stand_for(int outputs, int inputs, int rows)
    {
        var (matrix, weights, bias) = Matrix(outputs, inputs);
        var numbers = Numbers(rows * inputs, 2);
        var bytes = new BlockRows(rows, inputs);
        bytes.Write(numbers, rows);

        var results = new float[rows * outputs];
        matrix.Multiply(bytes, results);

        for (var row = 0; row < rows; row++)
            for (var output = 0; output < outputs; output++)
            {
                // Bytes of a block are at most half a step of 1/127 of its largest number off.
                double sum = bias[output], error = 1e-3;
                for (var i = 0; i < inputs; i++)
                {
                    sum += (double)weights[output * inputs + i] * numbers[row * inputs + i];
                    error += Math.Abs(weights[output * inputs + i]) * 2 / 127.0 / 2;
                }
                Assert.Equal(sum, results[row * outputs + output], error);
            }
    }

    [Fact]
    public void What_bytes_hold_exactly_is_multiplied_exactly()
    {
        var bytes = new byte[8 * 64];
        _random.NextBytes(bytes);
        (bytes[0], bytes[1]) = (0, 255);
        var matrix = new BlockMatrix(8, 64, bytes, [.. Enumerable.Repeat(1f, 8)], []);
        float[] numbers = [-127, 127, .. Enumerable.Range(0, 62).Select(_ => (float)_random.Next(-127, 128))];
        var rows = new BlockRows(1, 64);
        rows.Write(numbers, 1);

        var results = new float[8];
        matrix.Multiply(rows, results);

        Assert.Equal(Enumerable.Range(0, 8).Select(o => Enumerable.Range(0, 64).Sum(i => (bytes[o * 64 + i] - 128) * numbers[i])), results);
    }

    [Fact]
    public void A_row_gives_the_same_whatever_lies_beside_it()
    {
        var (matrix, _, _) = Matrix(100, 128);
        var numbers = Numbers(6 * 128, 1);
        var together = new float[6 * 100];
        var rows = new BlockRows(6, 128);
        rows.Write(numbers, 6);
        matrix.Multiply(rows, together);

        for (var row = 0; row < 6; row++)
        {
            var alone = new float[100];
            rows.Write(numbers.AsSpan(row * 128, 128), 1);
            matrix.Multiply(rows, alone);
            Assert.Equal(together[(row * 100)..((row + 1) * 100)], alone);
        }
    }

    [Fact]
    public void A_row_of_the_matrix_is_what_its_bytes_and_scales_say()
    {
        var (matrix, weights, _) = Matrix(61, 128);
        var row = new float[128];
        matrix.Row(60, row);
        Assert.Equal(weights[(60 * 128)..], row);
    }

    [Fact]
    public void Rows_of_nothing_stay_nothing()
    {
        var (matrix, _, bias) = Matrix(24, 64);
        var rows = new BlockRows(1, 64);
        rows.Write(new float[64], 1);
        var results = new float[24];
        matrix.Multiply(rows, results);
        Assert.Equal(bias, results);
    }

    private (BlockMatrix Matrix, float[] Weights, float[] Bias) Matrix(int outputs, int inputs)
    {
        var bytes = new byte[outputs * inputs];
        _random.NextBytes(bytes);
        var (scales, bias) = (Numbers(outputs * inputs / 64, 0.01f), Numbers(outputs, 1));
        float[] weights = [.. bytes.Select((number, i) => (number - 128) * scales[i / 64])];
        return (new BlockMatrix(outputs, inputs, bytes, scales, bias), weights, bias);
    }

    private float[] Numbers(int count, float largest) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() * 2 - 1) * largest)];
}
