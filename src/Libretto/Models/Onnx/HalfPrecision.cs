using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Google.Protobuf;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// Turns a network of 16-bit floats into the same network of 32-bit ones. Hubs publish 16-bit files, half as large; a CPU computes in 32
/// bits, or in 8-bit blocks made from them (<see cref="BlockQuantizer"/>).
/// </summary>
internal static class HalfPrecision
{
    /// <summary>Edits a model in place; afterwards none of its 16-bit tensors is external.</summary>
    /// <param name="model">The model, read from <paramref name="file"/>.</param>
    /// <param name="file">Where external tensors are looked for.</param>
    /// <returns>How many tensors were widened; 0 for a model that has none.</returns>
    public static int Widen(ModelProto model, string file)
    {
        var count = 0;
        foreach (var graph in OnnxGraph.All(model.Graph).ToList())
        {
            foreach (var tensor in graph.Initializer)
                count += Widen(tensor, file);
            foreach (var attribute in graph.Node.SelectMany(node => node.Attribute))
                count += Widen(attribute, file);
            foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
                Widen(value);
        }
        return count;
    }

    private static int Widen(AttributeProto attribute, string file)
    {
        // Casts to 16 bits would now cut what was just widened.
        if (attribute.Name is "to" or "dtype" && attribute.HasI && attribute.I == (int)DataType.Float16)
            attribute.I = (int)DataType.Float;
        return attribute.T is { } tensor ? Widen(tensor, file) : 0;
    }

    private static void Widen(ValueInfoProto value)
    {
        if (value.Type?.TensorType is { ElemType: (int)DataType.Float16 } tensor)
            tensor.ElemType = (int)DataType.Float;
    }

    private static int Widen(TensorProto tensor, string file)
    {
        if (tensor.DataType != (int)DataType.Float16)
            return 0;
        var halves = Halves(tensor, file);
        var floats = new byte[halves.Length * sizeof(float)];
        TensorPrimitives.ConvertToSingle(halves, MemoryMarshal.Cast<byte, float>(floats.AsSpan()));
        tensor.Int32Data.Clear();
        tensor.ExternalData.Clear();
        tensor.ClearDataLocation();
        tensor.RawData = UnsafeByteOperations.UnsafeWrap(floats);
        tensor.DataType = (int)DataType.Float;
        return 1;
    }

    // In a message without raw bytes, the format keeps the bits of each half in a whole number of its own.
    private static ReadOnlySpan<Half> Halves(TensorProto tensor, string file) => tensor.Int32Data.Count > 0
        ? tensor.Int32Data.Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray()
        : MemoryMarshal.Cast<byte, Half>(OnnxFile.Bytes(tensor, file).Span);
}
