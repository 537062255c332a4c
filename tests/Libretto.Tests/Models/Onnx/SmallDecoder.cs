using System.Runtime.InteropServices;
using Google.Protobuf;
using Libretto.Models.Onnx;
using Microsoft.ML.OnnxRuntime;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Tests.Models.Onnx;

/// <summary>
/// A network in the shape of a merged decoder: one <c>If</c>, in each branch a row of an embedding goes through a product of
/// its own and comes out by the embedding again, turned. The branches differ, so that a mix-up shows.
/// </summary>
internal static class SmallDecoder
{
    public const int Words = 200;
    public const int Width = 128;

    /// <param name="foldedOutput">Whether the output's matrix is a turned copy, as exporters make by constant folding.</param>
    /// <param name="width">The embedding's width.</param>
    public static ModelProto Create(bool foldedOutput = false, int width = Width)
    {
        var random = new Random(11);
        var embedding = Matrix(random, Words, width);
        var graph = new GraphProto { Name = "small" };
        graph.Initializer.Add(Tensor("embedding", [Words, width], embedding));
        graph.Initializer.Add(Tensor("inner", [width, width], Matrix(random, width, width)));
        graph.Initializer.Add(Tensor("other", [width, width], Matrix(random, width, width)));
        if (foldedOutput)
            graph.Initializer.Add(Tensor("folded", [width, Words], Turn(embedding, Words, width)));
        graph.Input.Add(Value("ids", DataType.Int64, "batch", "length"));
        graph.Input.Add(Value("cached", DataType.Bool, "one"));
        graph.Output.Add(Value("logits", DataType.Float, "batch", "length", "words"));

        var choice = Node("If", ["cached"], "logits");
        choice.Attribute.Add(Branch("then_branch", "inner", foldedOutput));
        choice.Attribute.Add(Branch("else_branch", "other", foldedOutput));
        graph.Node.Add(choice);
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model;
    }

    /// <summary>What the network in a file says, for both branches.</summary>
    public static float[] Run(string file, bool cached)
    {
        using var sessions = new OnnxSessions(threads: 1);
        using var run = new RunOptions();
        using var ids = OrtValue.CreateTensorValueFromMemory(new long[] { 3, 199, 0, 77, 42, 42 }, [2, 3]);
        using var flag = OrtValue.CreateTensorValueFromMemory(new[] { cached }, [1]);
        using var outputs = sessions.Open(file).Run(run, ["ids", "cached"], [ids, flag], ["logits"]);
        Assert.Equal([2, 3, Words], outputs[0].GetTensorTypeAndShape().Shape);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    public static TensorProto Tensor(string name, long[] dims, float[] data)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(data)) };
        tensor.Dims.AddRange(dims);
        return tensor;
    }

    private static AttributeProto Branch(string name, string inner, bool foldedOutput)
    {
        var graph = new GraphProto { Name = name };
        var prefix = name + "/";
        graph.Node.Add(Node("Gather", ["embedding", "ids"], prefix + "row"));
        graph.Node.Add(Node("MatMul", [prefix + "row", inner], prefix + "hidden"));
        if (!foldedOutput)
            graph.Node.Add(Node("Transpose", ["embedding"], prefix + "turned"));
        graph.Node.Add(Node("MatMul", [prefix + "hidden", foldedOutput ? "folded" : prefix + "turned"], prefix + "logits"));
        graph.Output.Add(Value(prefix + "logits", DataType.Float, "batch", "length", "words"));
        return new AttributeProto { Name = name, G = graph, Type = AttributeProto.Types.Kind.Graph };
    }

    private static NodeProto Node(string type, string[] inputs, string output)
    {
        var node = new NodeProto { OpType = type, Name = output + type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    private static ValueInfoProto Value(string name, DataType type, params string[] dims)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(dims.Select(dim => new TensorShapeProto.Types.Dimension { DimParam = dim }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }

    private static float[] Matrix(Random random, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(_ => (float)((random.NextDouble() - 0.5) / Math.Sqrt(columns)))];

    private static float[] Turn(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => matrix[i % rows * columns + i / rows])];
}
