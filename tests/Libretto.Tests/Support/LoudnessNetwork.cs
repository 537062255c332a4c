using System.Runtime.InteropServices;
using Google.Protobuf;
using Libretto.Models.Onnx;

namespace Libretto.Tests.Support;

/// <summary>A network of the layout of SwiftF0 that gives the loudest sample of each frame as pitch and as confidence.</summary>
internal static class LoudnessNetwork
{
    /// <summary>Writes the network.</summary>
    public static void Write(string path)
    {
        var graph = new GraphProto { Name = "loudness" };
        graph.Input.Add(Value("input_audio", "samples"));
        graph.Output.Add(Value("pitch_hz", "frames"));
        graph.Output.Add(Value("confidence", "frames"));
        graph.Initializer.Add(new TensorProto
        {
            Name = "axis", DataType = (int)TensorProto.Types.DataType.Int64, Dims = { 1 }, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<long>([1])),
        });
        graph.Node.Add(new NodeProto { OpType = "Abs", Input = { "input_audio" }, Output = { "loud" } });
        graph.Node.Add(new NodeProto { OpType = "Unsqueeze", Input = { "loud", "axis" }, Output = { "channel" } });
        var pool = new NodeProto { OpType = "MaxPool", Input = { "channel" }, Output = { "pooled" } };
        pool.Attribute.Add(new AttributeProto { Name = "kernel_shape", Type = AttributeProto.Types.Kind.Ints, Ints = { 256 } });
        pool.Attribute.Add(new AttributeProto { Name = "strides", Type = AttributeProto.Types.Kind.Ints, Ints = { 256 } });
        graph.Node.Add(pool);
        graph.Node.Add(new NodeProto { OpType = "Squeeze", Input = { "pooled", "axis" }, Output = { "pitch_hz" } });
        graph.Node.Add(new NodeProto { OpType = "Identity", Input = { "pitch_hz" }, Output = { "confidence" } });
        OnnxFile.Write(new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } } }, path);
    }

    private static ValueInfoProto Value(string name, string length)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 1 });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = length });
        return new ValueInfoProto
        {
            Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } },
        };
    }
}
