using System.Runtime.InteropServices;
using Google.Protobuf;
using Libretto.Models.Onnx;
using Libretto.Tests.Support;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Tests.Models.Onnx;

public sealed class HalfPrecisionTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_of_16_bit_floats_computes_as_the_one_it_was_made_from()
    {
        OnnxFile.Write(SmallDecoder.Create(), _folder["whole.onnx"]);
        var model = SmallDecoder.Create();
        Halve(model);

        Assert.Equal(3, HalfPrecision.Widen(model, _folder["half.onnx"]));
        OnnxFile.Write(model, _folder["half.onnx"]);

        foreach (var cached in new[] { true, false })
        {
            var (whole, half) = (SmallDecoder.Run(_folder["whole.onnx"], cached), SmallDecoder.Run(_folder["half.onnx"], cached));
            Assert.All(whole.Zip(half), pair => Assert.InRange(pair.Second, pair.First - 0.02, pair.First + 0.02));
        }
    }

    [Fact]
    public void Numbers_in_the_messages_own_fields_and_in_a_second_file_are_widened_too()
    {
        var model = SmallDecoder.Create();
        Halve(model);
        var listed = model.Graph.Initializer[1];
        listed.Int32Data.AddRange(MemoryMarshal.Cast<byte, ushort>(listed.RawData.Span).ToArray().Select(bits => (int)bits));
        listed.ClearRawData();
        OnnxFile.Write(model, _folder["half.onnx"], largest: 0);
        var read = OnnxFile.Read(_folder["half.onnx"]);

        Assert.Equal(3, HalfPrecision.Widen(read, _folder["half.onnx"]));

        foreach (var (tensor, original) in read.Graph.Initializer.Zip(SmallDecoder.Create().Graph.Initializer))
        {
            var (numbers, expected) = (Floats(tensor), Floats(original));
            Assert.Equal(expected.Select(number => (float)(Half)number), numbers);
        }
    }

    [Fact]
    public void Casts_to_16_bits_and_declared_types_follow()
    {
        var model = SmallDecoder.Create();
        var cast = new NodeProto { OpType = "Cast" };
        cast.Attribute.Add(new AttributeProto { Name = "to", I = (int)DataType.Float16, Type = AttributeProto.Types.Kind.Int });
        model.Graph.Node.Add(cast);
        model.Graph.Output[0].Type.TensorType.ElemType = (int)DataType.Float16;

        HalfPrecision.Widen(model, "none");

        Assert.Equal((int)DataType.Float, cast.Attribute[0].I);
        Assert.Equal((int)DataType.Float, model.Graph.Output[0].Type.TensorType.ElemType);
    }

    /// <summary>As converters publish it: every matrix in 16 bits.</summary>
    internal static void Halve(ModelProto model)
    {
        foreach (var tensor in OnnxGraph.All(model.Graph).SelectMany(graph => graph.Initializer).Where(tensor => tensor.DataType == (int)DataType.Float))
        {
            var halves = Floats(tensor).Select(number => (Half)number).ToArray();
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<Half>(halves));
            tensor.DataType = (int)DataType.Float16;
        }
    }

    private static float[] Floats(TensorProto tensor) => MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
}
