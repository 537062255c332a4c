using Libretto.Models.Onnx;
using Libretto.Tests.Support;

namespace Libretto.Tests.Models.Onnx;

public sealed class BlockQuantizerTests : IDisposable
{
    // Of the largest output: two products of 8-bit numbers, of which the runtime also rounds the activations to 8 bits.
    private const double Tolerance = 0.03;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, SmallDecoder.Width)]
    [InlineData(true, SmallDecoder.Width)]
    [InlineData(false, 100)]
    [InlineData(true, 100)]
    public void Eight_bit_weights_say_nearly_the_same_in_both_branches(bool foldedOutput, int width)
    {
        OnnxFile.Write(SmallDecoder.Create(foldedOutput, width), _folder["full.onnx"]);
        var model = OnnxFile.Read(_folder["full.onnx"]);
        Assert.Equal(4, BlockQuantizer.Quantize(model, _folder["full.onnx"]));
        OnnxFile.Write(model, _folder["q8.onnx"]);
        AssertNearlySame(_folder["full.onnx"], _folder["q8.onnx"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_embedding_serves_both_ends(bool foldedOutput)
    {
        var model = SmallDecoder.Create(foldedOutput);
        BlockQuantizer.Quantize(model, _folder["unused"]);
        Assert.Equal(3, model.Graph.Initializer.Count(tensor => tensor.DataType == (int)TensorProto.Types.DataType.Uint8));
        Assert.DoesNotContain(model.Graph.Initializer, tensor => tensor.Name is "embedding" or "folded" or "inner" or "other");
        Assert.DoesNotContain(OnnxGraph.All(model.Graph).SelectMany(graph => graph.Node), node => node.OpType is "Transpose" or "MatMul");
    }

    [Fact]
    public void Weights_in_a_second_file_are_read_and_written()
    {
        OnnxFile.Write(SmallDecoder.Create(), _folder["full.onnx"]);
        OnnxFile.Write(SmallDecoder.Create(), _folder["apart.onnx"], largest: 0);
        Assert.True(new FileInfo(_folder["apart.onnx_data"]).Length > new FileInfo(_folder["apart.onnx"]).Length);

        var model = OnnxFile.Read(_folder["apart.onnx"]);
        BlockQuantizer.Quantize(model, _folder["apart.onnx"]);
        OnnxFile.Write(model, _folder["q8.onnx"], largest: 0);
        File.Delete(_folder["apart.onnx_data"]);
        AssertNearlySame(_folder["full.onnx"], _folder["q8.onnx"]);
    }

    [Fact]
    public void A_graph_without_products_is_left_as_it_is()
    {
        var model = SmallDecoder.Create(width: 8);
        var before = model.Clone();
        Assert.Equal(0, BlockQuantizer.Quantize(model, _folder["unused"]));
        Assert.Equal(before, model);
    }

    [Fact]
    public void The_largest_number_of_a_block_is_exact_and_the_others_are_half_a_step_off_at_most()
    {
        var random = new Random(3);
        var numbers = Enumerable.Range(0, 5 * 150).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray();
        numbers[..64].AsSpan().Clear();
        var matrix = QuantizedMatrix.FromRows(numbers, 5, 150);
        Assert.Equal(3, matrix.Blocks);
        for (var i = 0; i < numbers.Length; i++)
        {
            var (row, column) = (i / 150, i % 150);
            var block = row * 3 + column / 64;
            var back = (matrix.Bytes[block * 64 + column % 64] - 128) * matrix.Scales[block];
            // A number as large as the largest, of the other sign, lacks the one step that 8 bits lack on that side.
            var allowed = MathF.Abs(numbers[i]) > MathF.Abs(matrix.Scales[block]) * 127 ? 1.001f : 0.501f;
            Assert.True(MathF.Abs(back - numbers[i]) <= MathF.Abs(matrix.Scales[block]) * allowed);
        }
    }

    private static void AssertNearlySame(string expected, string actual)
    {
        foreach (var cached in new[] { false, true })
        {
            var full = SmallDecoder.Run(expected, cached);
            var quantized = SmallDecoder.Run(actual, cached);
            var largest = full.Max(MathF.Abs);
            Assert.All(full.Zip(quantized), pair => Assert.InRange(pair.Second - pair.First, -Tolerance * largest, Tolerance * largest));
        }
    }
}
