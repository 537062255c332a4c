using System.Runtime.InteropServices;
using Libretto.Models.Onnx;

namespace Libretto.Tests.Models.Onnx;

/// <summary>
/// Turns 8-bit block weights back into the 32-bit matrices an exporter writes: products with a constant operand, the output's
/// with the embedding turned, the embedding looked up as floats.
/// </summary>
internal static class Dequantizer
{
    /// <returns>The names of the matrices, without the ending that marks them as quantised.</returns>
    public static IReadOnlyCollection<string> ToFloats(ModelProto model)
    {
        var tensors = model.Graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var names = tensors.Keys.Where(name => name.EndsWith("_Q8", StringComparison.Ordinal)).Select(name => name[..^3]).ToList();
        var embeddings = new HashSet<string>(StringComparer.Ordinal);
        foreach (var graph in OnnxGraph.All(model.Graph))
            embeddings.UnionWith(RestoreLookups(graph));
        foreach (var graph in OnnxGraph.All(model.Graph))
            RestoreProducts(graph, embeddings);
        foreach (var name in names)
        {
            var bytes = tensors[name + "_Q8"];
            var (rows, columns) = ((int)bytes.Dims[0], (int)(bytes.Dims[1] * bytes.Dims[2]));
            var numbers = Floats(bytes.RawData.Span, MemoryMarshal.Cast<byte, float>(tensors[name + "_scales"].RawData.Span));
            model.Graph.Initializer.Remove(bytes);
            model.Graph.Initializer.Remove(tensors[name + "_scales"]);
            model.Graph.Initializer.Add(embeddings.Contains(name)
                ? SmallDecoder.Tensor(name, [rows, columns], numbers)
                : SmallDecoder.Tensor(name, [columns, rows], Turn(numbers, rows, columns)));
        }
        return names;
    }

    private static List<string> RestoreLookups(GraphProto graph)
    {
        var found = new List<string>();
        for (var i = 0; i < graph.Node.Count; i++)
        {
            var node = graph.Node[i];
            if (node.OpType != "Gather" || !node.Input[0].EndsWith("_Q8", StringComparison.Ordinal))
                continue;
            // Gather, Cast, Sub, Gather, Unsqueeze, Mul, Reshape.
            var last = graph.Node[i + 6];
            var lookup = new NodeProto { OpType = "Gather", Name = node.Name };
            lookup.Input.AddRange([node.Input[0][..^3], node.Input[1]]);
            lookup.Output.AddRange(last.Output);
            for (var n = 0; n < 7; n++)
                graph.Node.RemoveAt(i);
            graph.Node.Insert(i, lookup);
            found.Add(lookup.Input[0]);
        }
        return found;
    }

    private static void RestoreProducts(GraphProto graph, HashSet<string> embeddings)
    {
        for (var i = 0; i < graph.Node.Count; i++)
        {
            var node = graph.Node[i];
            if (node.OpType != "MatMulNBits")
                continue;
            var matrix = node.Input[1][..^3];
            var operand = matrix;
            if (embeddings.Contains(matrix))
            {
                operand = matrix + "_turned";
                var turn = new NodeProto { OpType = "Transpose", Name = operand };
                turn.Input.Add(matrix);
                turn.Output.Add(operand);
                graph.Node.Insert(i++, turn);
            }
            var product = new NodeProto { OpType = "MatMul", Name = node.Name };
            product.Input.AddRange([node.Input[0], operand]);
            product.Output.AddRange(node.Output);
            graph.Node[i] = product;
        }
    }

    private static float[] Floats(ReadOnlySpan<byte> bytes, ReadOnlySpan<float> scales)
    {
        var numbers = new float[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
            numbers[i] = (bytes[i] - 128) * scales[i / 64];
        return numbers;
    }

    private static float[] Turn(float[] matrix, int rows, int columns)
    {
        var turned = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                turned[column * rows + row] = matrix[row * columns + column];
        }
        return turned;
    }
}
