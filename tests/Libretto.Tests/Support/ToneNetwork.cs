using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Libretto.Models.Onnx;

namespace Libretto.Tests.Support;

/// <summary>
/// A CTC network that really hears: each character is a tone, found by a pair of matched filters over 25 ms every 20 ms, as
/// in the published layout. What is sung, and when, is then known to the sample.
/// </summary>
internal static class ToneNetwork
{
    public const int Rate = 16_000;

    private const int Width = 400, Hop = 320;

    /// <summary>Writes the model's folder.</summary>
    /// <param name="folder">An empty folder.</param>
    /// <param name="characters">Classes after the blank, in order.</param>
    /// <param name="wantsMask">Whether the network asks for an attention mask.</param>
    public static void Write(string folder, string characters, bool wantsMask = false)
    {
        var names = new[] { "<pad>" }.Concat(characters.Select(c => c.ToString())).ToArray();
        File.WriteAllText(
            Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i)));
        File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), """{"do_normalize": true, "sampling_rate": 16000}""");
        OnnxFile.Write(Tones(names.Length, wantsMask), Path.Combine(folder, "model.onnx"));
    }

    /// <summary>Sings characters: a tone each from its start to its end in seconds, silence elsewhere.</summary>
    public static float[] Sing(string characters, double seconds, params (char Character, double Start, double End)[] notes)
    {
        var samples = new float[(int)(seconds * Rate)];
        foreach (var (character, start, end) in notes)
            for (var i = (int)(start * Rate); i < (int)(end * Rate); i++)
                samples[i] = 0.3f * MathF.Sin(2 * MathF.PI * Hertz(characters.IndexOf(character) + 1) * i / Rate);
        return samples;
    }

    private static float Hertz(int number) => 400 + 160 * number;

    private static ModelProto Tones(int classes, bool wantsMask)
    {
        var graph = new GraphProto { Name = "tones" };
        graph.Input.Add(Value("input_values", TensorProto.Types.DataType.Float, "batch", "samples"));
        if (wantsMask)
            graph.Input.Add(Value("attention_mask", TensorProto.Types.DataType.Int64, "batch", "samples"));
        graph.Output.Add(Value("logits", TensorProto.Types.DataType.Float, "batch", "frames", classes.ToString()));

        var filters = new float[2 * classes * Width];
        for (var number = 0; number < classes; number++)
            for (var i = 0; i < Width; i++)
            {
                var angle = 2 * MathF.PI * Hertz(number) * i / Rate;
                filters[(2 * number * Width) + i] = MathF.Cos(angle) * 2 / Width;
                filters[(((2 * number) + 1) * Width) + i] = MathF.Sin(angle) * 2 / Width;
            }
        // The blank, class 0, hears nothing and is the answer when no tone is loud enough.
        var sums = new float[classes * 2 * classes];
        for (var number = 1; number < classes; number++)
            sums[(number * 2 * classes) + (2 * number)] = sums[(number * 2 * classes) + (2 * number) + 1] = 10;
        var offsets = new float[classes];
        offsets[0] = 8;

        graph.Initializer.Add(Constant("filters", filters, 2 * classes, 1, Width));
        graph.Initializer.Add(Constant("sums", sums, classes, 2 * classes, 1));
        graph.Initializer.Add(Constant("offsets", offsets, classes));
        var channel = new TensorProto { Name = "shape", DataType = (int)TensorProto.Types.DataType.Int64 };
        channel.Dims.Add(3);
        channel.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>([1, 1, -1]));
        graph.Initializer.Add(channel);
        var source = "input_values";
        if (wantsMask)
        {
            var cast = Node("Cast", "mask", "attention_mask");
            cast.Attribute.Add(new AttributeProto { Name = "to", I = 1, Type = AttributeProto.Types.Kind.Int });
            graph.Node.Add(cast);
            graph.Node.Add(Node("Mul", "masked", "input_values", "mask"));
            source = "masked";
        }
        graph.Node.Add(Node("Reshape", "wave", source, "shape"));
        var convolution = Node("Conv", "heard", "wave", "filters");
        convolution.Attribute.Add(Integers("strides", Hop));
        graph.Node.Add(convolution);
        graph.Node.Add(Node("Mul", "power", "heard", "heard"));
        graph.Node.Add(Node("Conv", "scores", "power", "sums", "offsets"));
        var transpose = Node("Transpose", "logits", "scores");
        transpose.Attribute.Add(Integers("perm", 0, 2, 1));
        graph.Node.Add(transpose);

        return Model(graph);
    }

    /// <summary>A graph as a whole network.</summary>
    public static ModelProto Model(GraphProto graph)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        return model;
    }

    /// <summary>An operation, named after what it gives.</summary>
    public static NodeProto Node(string operation, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.Add(inputs);
        node.Output.Add(output);
        return node;
    }

    private static AttributeProto Integers(string name, params long[] values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.Kind.Ints };
        attribute.Ints.Add(values);
        return attribute;
    }

    private static TensorProto Constant(string name, float[] values, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Float };
        tensor.Dims.Add(shape);
        tensor.FloatData.Add(values);
        return tensor;
    }

    /// <summary>An input or output of floats or integers; a length is a number or a name.</summary>
    public static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params string[] shape)
    {
        var dimensions = new TensorShapeProto();
        foreach (var length in shape)
            dimensions.Dim.Add(long.TryParse(length, out var number)
                ? new TensorShapeProto.Types.Dimension { DimValue = number }
                : new TensorShapeProto.Types.Dimension { DimParam = length });
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = dimensions } },
        };
    }
}
