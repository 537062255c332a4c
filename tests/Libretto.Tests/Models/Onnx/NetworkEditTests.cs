using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Tests.Models.Onnx;

public sealed class NetworkEditTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Products_in_bytes_say_nearly_the_same_in_both_branches_and_leave_the_embedding_to_its_look_up()
    {
        var model = SmallDecoder.Create();
        BlockQuantizer.Quantize(model, _folder["unused"]);
        OnnxFile.Write(model, _folder["blocks.onnx"]);
        var products = OnnxGraph.All(model.Graph).SelectMany(graph => graph.Node).Count(node => node.OpType == "MatMulNBits");

        Assert.Equal(products, IntegerProducts.Replace(model, _ => true));
        OnnxFile.Write(model, _folder["bytes.onnx"]);

        Assert.SkipUnless(IntegerProducts.AreFast, "This processor has no dot products of bytes.");
        Assert.DoesNotContain(OnnxGraph.All(model.Graph).SelectMany(graph => graph.Node), node => node.OpType == "MatMulNBits");
        // Of all blocks only those of the embedding are still read.
        Assert.Single(model.Graph.Initializer, tensor => tensor is { DataType: (int)TensorProto.Types.DataType.Uint8, Dims.Count: > 0 });
        foreach (var cached in new[] { false, true })
        {
            var (blocks, bytes) = (SmallDecoder.Run(_folder["blocks.onnx"], cached), SmallDecoder.Run(_folder["bytes.onnx"], cached));
            var largest = blocks.Max(MathF.Abs);
            Assert.All(blocks.Zip(bytes), pair => Assert.InRange(pair.Second - pair.First, -0.03f * largest, 0.03f * largest));
        }
    }

    [Fact]
    public void The_encoder_hears_the_same_by_attention_in_tiles_and_nearly_the_same_by_products_in_bytes()
    {
        var file = Repository.SharedFile("models", "whisper-base", "onnx", "encoder_model_q8.onnx");
        var model = OnnxFile.Read(file);
        Assert.Equal(6, FusedAttention.Replace(model));
        Assert.DoesNotContain(model.Graph.Node, node => node.OpType is "Softmax" or "Transpose" && node.Name.Contains("attn", StringComparison.Ordinal));
        OnnxFile.Write(model, _folder["fused.onnx"]);
        IntegerProducts.Replace(model, node => node.Name.Contains("/fc", StringComparison.Ordinal));
        OnnxFile.Write(model, _folder["bytes.onnx"]);

        var asItWas = Encode(file);
        Assert.InRange(Difference(asItWas, Encode(_folder["fused.onnx"])), 0, 0.02);
        if (IntegerProducts.AreFast)
            Assert.InRange(Difference(asItWas, Encode(_folder["bytes.onnx"])), 0, 0.08);
    }

    [Fact]
    public void Attention_with_a_mask_and_weights_in_a_second_file_stay_as_they_are()
    {
        var masked = OnnxFile.Read(Repository.SharedFile("models", "whisper-base", "onnx", "encoder_model_q8.onnx"));
        foreach (var softmax in masked.Graph.Node.Where(node => node.OpType == "Softmax").ToList())
        {
            var mask = new NodeProto { OpType = "Add", Name = softmax.Name + "/mask" };
            mask.Input.AddRange([softmax.Input[0], "mask"]);
            mask.Output.Add(softmax.Name + "/masked");
            softmax.Input[0] = mask.Output[0];
            masked.Graph.Node.Add(mask);
        }
        Assert.Equal(0, FusedAttention.Replace(masked));

        OnnxFile.Write(SmallDecoder.Create(), _folder["apart.onnx"], largest: 0);
        Assert.Null(NetworkEdit.Apply(_folder["apart.onnx"], _ => 1));
        OnnxFile.Write(SmallDecoder.Create(), _folder["whole.onnx"]);
        Assert.Null(NetworkEdit.Apply(_folder["whole.onnx"], _ => 0));
        Assert.NotNull(NetworkEdit.Apply(_folder["whole.onnx"], _ => 1));
    }

    private static float[] Encode(string file)
    {
        using var session = new InferenceSession(file);
        using var run = new RunOptions();
        var random = new Random(5);
        var features = Enumerable.Range(0, 80 * 3000).Select(_ => (float)(random.NextDouble() * 2 - 1)).ToArray();
        using var input = OrtValue.CreateTensorValueFromMemory(features, [1, 80, 3000]);
        using var outputs = session.Run(run, ["input_features"], [input], ["last_hidden_state"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    /// <summary>The length of the difference, as a share of what was expected.</summary>
    private static double Difference(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => (double)value * value));
}
