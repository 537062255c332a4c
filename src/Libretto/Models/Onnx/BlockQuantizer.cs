using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using static Libretto.Models.Onnx.AttributeProto.Types;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// Replaces the 32-bit weights of matrix products by 8-bit blocks (<c>MatMulNBits</c>, block 64, symmetric, accuracy level 4:
/// on a CPU the product is computed in 8 bits too). An embedding that also serves as the output's matrix, as in Whisper, is
/// kept once: rows looked up in it are turned back into floats by a few small nodes.
/// </summary>
internal sealed class BlockQuantizer
{
    private const string Domain = "com.microsoft";

    // Smaller products gain nothing; what is worth a look-up table's blocks is larger still.
    private const int SmallestMatrix = 64 * 64;

    // Before this version of the operators, Unsqueeze is told its axes otherwise; exports of speech models are all newer.
    private const int OpsetOfUnsqueezeByInput = 13;

    private readonly string _file;
    private readonly GraphProto _root;
    // By reference: comparing the content of messages would read all the weights.
    private readonly Dictionary<TensorProto, string> _operands = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TensorProto, string> _rows = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, QuantizedMatrix> _made = new(StringComparer.Ordinal);

    private BlockQuantizer(ModelProto model, string file)
    {
        _root = model.Graph;
        _file = file;
    }

    /// <summary>Edits a model in place; afterwards none of its tensors is external.</summary>
    /// <param name="model">The model, read from <paramref name="file"/>.</param>
    /// <param name="file">Where external tensors are looked for.</param>
    /// <returns>How many products were replaced.</returns>
    public static int Quantize(ModelProto model, string file)
    {
        var quantizer = new BlockQuantizer(model, file);
        var scopes = Scopes(model.Graph, null).ToList();
        var products = scopes.Sum(quantizer.ReplaceProducts);
        if (products > 0)
        {
            // Embeddings last: one is only worth replacing if a product holds the same numbers.
            if (model.OpsetImport.Any(opset => opset.Domain.Length == 0 && opset.Version >= OpsetOfUnsqueezeByInput))
                scopes.ForEach(quantizer.ReplaceLookups);
            RemoveUnused(model.Graph);
            if (model.OpsetImport.All(opset => opset.Domain != Domain))
                model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        }
        foreach (var tensor in OnnxGraph.All(model.Graph).SelectMany(graph => graph.Initializer))
            OnnxFile.BringIn(tensor, file);
        return products;
    }

    private static IEnumerable<OnnxScope> Scopes(GraphProto graph, OnnxScope? outer)
    {
        var scope = new OnnxScope(graph, outer);
        return OnnxGraph.Inner(graph).SelectMany(inner => Scopes(inner, scope)).Prepend(scope);
    }

    private int ReplaceProducts(OnnxScope scope)
    {
        var count = 0;
        for (var i = 0; i < scope.Graph.Node.Count; i++)
        {
            var node = scope.Graph.Node[i];
            if (node.OpType != "MatMul" || node.Domain.Length > 0 || Weight(scope, node.Input[1]) is not var (tensor, isTransposed))
                continue;
            var name = Quantized(tensor, isTransposed);
            var matrix = _made[name];
            var product = new NodeProto { OpType = "MatMulNBits", Domain = Domain, Name = node.Name + "_q8" };
            product.Input.AddRange([node.Input[0], name + "_q8", name + "_scales"]);
            product.Output.AddRange(node.Output);
            product.Attribute.AddRange(
            [
                Number("K", matrix.Columns), Number("N", matrix.Rows), Number("bits", 8),
                Number("block_size", QuantizedMatrix.BlockSize), Number("accuracy_level", 4),
            ]);
            scope.Graph.Node[i] = product;
            count++;
        }
        return count;
    }

    // The second operand: a constant matrix, or the transpose of one.
    private static (TensorProto Tensor, bool IsTransposed)? Weight(OnnxScope scope, string name)
    {
        if (scope.Tensor(name) is { } direct)
            return IsMatrix(direct) ? (direct, false) : null;
        return scope.Maker(name) is { OpType: "Transpose" } transpose && IsPlain(transpose) &&
               scope.Tensor(transpose.Input[0]) is { } turned && IsMatrix(turned) ? (turned, true) : null;
    }

    private static bool IsPlain(NodeProto transpose) =>
        transpose.Attribute.FirstOrDefault(attribute => attribute.Name == "perm") is not { } order || order.Ints is [1, 0];

    private static bool IsMatrix(TensorProto tensor) =>
        tensor.DataType == (int)DataType.Float && tensor.Dims is [var rows, var columns] &&
        rows * columns is >= SmallestMatrix and <= int.MaxValue / sizeof(float);

    // One tensor, however many products and branches use it, and two tensors of equal content, become one matrix.
    private string Quantized(TensorProto tensor, bool isTransposed)
    {
        var names = isTransposed ? _rows : _operands;
        if (names.TryGetValue(tensor, out var known))
            return known;
        var matrix = Convert(tensor, isTransposed);
        var name = _made.FirstOrDefault(made => made.Value.SameAs(matrix)).Key;
        if (name is null)
        {
            name = tensor.Name + (isTransposed ? "_T" : "");
            _made[name] = matrix;
            Add(name, matrix);
        }
        return names[tensor] = name;
    }

    private QuantizedMatrix Convert(TensorProto tensor, bool isTransposed)
    {
        var numbers = MemoryMarshal.Cast<byte, float>(OnnxFile.Bytes(tensor, _file).Span);
        var (rows, columns) = ((int)tensor.Dims[0], (int)tensor.Dims[1]);
        if (numbers.Length != rows * columns)
            throw new InvalidDataException($"The tensor {tensor.Name} is shorter than its shape.");
        return isTransposed ? QuantizedMatrix.FromRows(numbers, rows, columns) : QuantizedMatrix.FromOperand(numbers, rows, columns);
    }

    private void Add(string name, QuantizedMatrix matrix)
    {
        var bytes = new TensorProto
        {
            Name = name + "_q8",
            DataType = (int)DataType.Uint8,
            RawData = UnsafeByteOperations.UnsafeWrap(matrix.Bytes),
        };
        bytes.Dims.AddRange([matrix.Rows, matrix.Blocks, QuantizedMatrix.BlockSize]);
        var scales = new TensorProto
        {
            Name = name + "_scales",
            DataType = (int)DataType.Float,
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes<float>(matrix.Scales)),
        };
        scales.Dims.AddRange([matrix.Rows, matrix.Blocks]);
        _root.Initializer.AddRange([bytes, scales]);
    }

    private void ReplaceLookups(OnnxScope scope)
    {
        for (var i = 0; i < scope.Graph.Node.Count; i++)
        {
            var node = scope.Graph.Node[i];
            if (node.OpType != "Gather" || node.Attribute.Any(attribute => attribute.Name == "axis" && attribute.I != 0) ||
                scope.Tensor(node.Input[0]) is not { } table || !IsMatrix(table) || Shared(table) is not { } name)
            {
                continue;
            }
            var nodes = Lookup(node, name, (int)table.Dims[1]);
            scope.Graph.Node.RemoveAt(i);
            for (var n = 0; n < nodes.Count; n++)
                scope.Graph.Node.Insert(i + n, nodes[n]);
            i += nodes.Count - 1;
        }
    }

    // The quantised matrix that holds a table's rows, if a product made one; a padded row could not be cut again cheaply.
    private string? Shared(TensorProto table)
    {
        var (rows, columns) = ((int)table.Dims[0], (int)table.Dims[1]);
        if (columns % QuantizedMatrix.BlockSize != 0)
            return null;
        if (_rows.TryGetValue(table, out var known))
            return known;
        if (!_made.Values.Any(made => made.Rows == rows && made.Columns == columns))
            return null;
        var matrix = Convert(table, isTransposed: true);
        return _made.FirstOrDefault(made => made.Value.SameAs(matrix)).Key;
    }

    // ids [...] -> bytes and scales of their rows [..., blocks, 64] and [..., blocks] -> floats [..., blocks x 64].
    private List<NodeProto> Lookup(NodeProto gather, string name, int columns)
    {
        var (ids, output) = (gather.Input[1], gather.Output[0]);
        Constant("q8_zero", DataType.Float, [], MemoryMarshal.AsBytes<float>([QuantizedMatrix.Zero]));
        Constant("q8_last", DataType.Int64, [1], MemoryMarshal.AsBytes<long>([-1]));
        var width = Constant($"q8_width_{columns}", DataType.Int64, [1], MemoryMarshal.AsBytes<long>([columns]));
        return
        [
            Node("Gather", [name + "_q8", ids], output + "_bytes"),
            Node("Cast", [output + "_bytes"], output + "_steps", Number("to", (int)DataType.Float)),
            Node("Sub", [output + "_steps", "q8_zero"], output + "_centred"),
            Node("Gather", [name + "_scales", ids], output + "_scales"),
            Node("Unsqueeze", [output + "_scales", "q8_last"], output + "_scale"),
            Node("Mul", [output + "_centred", output + "_scale"], output + "_blocks"),
            Node("Shape", [ids], output + "_shape"),
            Node("Concat", [output + "_shape", width], output + "_full", Number("axis", 0)),
            Node("Reshape", [output + "_blocks", output + "_full"], output),
        ];
    }

    private string Constant(string name, DataType type, long[] dims, ReadOnlySpan<byte> data)
    {
        if (_root.Initializer.All(tensor => tensor.Name != name))
        {
            var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = ByteString.CopyFrom(data) };
            tensor.Dims.AddRange(dims);
            _root.Initializer.Add(tensor);
        }
        return name;
    }

    private static NodeProto Node(string type, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = type, Name = output + "/" + type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Number(string name, long value) => new() { Name = name, I = value, Type = Kind.Int };

    // The transposes and float tensors that nothing reads any more.
    private static void RemoveUnused(GraphProto root)
    {
        var graphs = OnnxGraph.All(root).ToList();
        var used = Used();
        foreach (var graph in graphs)
            Keep(graph.Node, node => node.OpType != "Transpose" || used.Contains(node.Output[0]));
        used = Used();
        // Old files list constants among the inputs too; an input without its constant would have to be fed.
        var dropped = root.Initializer.Select(tensor => tensor.Name).Where(name => !used.Contains(name)).ToHashSet(StringComparer.Ordinal);
        Keep(root.Input, input => !dropped.Contains(input.Name));
        foreach (var graph in graphs)
            Keep(graph.Initializer, tensor => used.Contains(tensor.Name));

        HashSet<string> Used() => graphs
            .SelectMany(graph => graph.Node.SelectMany(node => node.Input).Concat(graph.Output.Select(output => output.Name)))
            .ToHashSet(StringComparer.Ordinal);
    }

    private static void Keep<T>(RepeatedField<T> list, Func<T, bool> isWanted)
    {
        var kept = list.Where(isWanted).ToList();
        list.Clear();
        list.AddRange(kept);
    }
}
