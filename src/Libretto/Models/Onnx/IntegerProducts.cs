using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Google.Protobuf;
using static Libretto.Models.Onnx.AttributeProto.Types;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// Turns products with 8-bit blocks (<c>MatMulNBits</c>) into products of bytes with one scale a row and one a column
/// (<c>MatMulIntegerToFloat</c>), which processors with dot products of bytes compute more than three times as fast. Each row of the
/// first operand is divided by its largest magnitude before and multiplied by it afterwards, so that no row depends on what else is
/// computed with it. It is a little less exact than blocks are: whoever asks says which products bear it (docs/measurements.md).
/// </summary>
internal sealed class IntegerProducts
{
    private const string Domain = "com.microsoft", Least = "bytes_least", Step = "bytes_step", Middle = "bytes_middle";

    /// <summary>Rows of a matrix that are transposed at once: a cache line of bytes.</summary>
    private const int Tile = 64;

    /// <summary>The largest byte; -128 is not used, so that a step is the same on both sides.</summary>
    private const int Largest = 127;

    private readonly GraphProto _root;
    private readonly Func<NodeProto, bool> _bears;
    private readonly Dictionary<string, TensorProto> _tensors;
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    private IntegerProducts(GraphProto root, Func<NodeProto, bool> bears)
    {
        _root = root;
        _bears = bears;
        _tensors = root.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>
    /// Whether this processor has dot products of bytes: elsewhere blocks are as fast, and sums of two products may not fit.
    /// </summary>
    public static bool AreFast { get; } = HasDotProducts();

    /// <summary>Edits a model in place.</summary>
    /// <param name="model">The model.</param>
    /// <param name="bears">Which products may be a little less exact.</param>
    /// <returns>How many products were replaced.</returns>
    public static int Replace(ModelProto model, Func<NodeProto, bool> bears)
    {
        var edit = new IntegerProducts(model.Graph, bears);
        var count = OnnxGraph.All(model.Graph).ToList().Sum(edit.ReplaceIn);
        if (count > 0)
            edit.RemoveUnread();
        return count;
    }

    // Leaf 7: bit 11 of ECX is AVX512_VNNI, and on its second page bit 4 of EAX is AVX-VNNI.
    private static bool HasDotProducts()
    {
        if (!X86Base.IsSupported || !Avx2.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
            return false;
        var (pages, _, features, _) = X86Base.CpuId(7, 0);
        return (Avx512BW.IsSupported && (features & (1 << 11)) != 0) || (pages >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 4)) != 0);
    }

    private int ReplaceIn(GraphProto graph)
    {
        var (nodes, rows, count) = (new List<NodeProto>(), new HashSet<string>(StringComparer.Ordinal), 0);
        foreach (var node in graph.Node)
        {
            if (!IsReplaceable(node))
            {
                nodes.Add(node);
                continue;
            }
            var (x, y, weights) = (node.Input[0], node.Output[0], node.Input[1]);
            // Queries, keys and values are made of the same rows.
            if (rows.Add(x))
                nodes.AddRange(InBytes(x));
            Make(weights, node);
            nodes.Add(Node(
                "MatMulIntegerToFloat",
                [x + "/bytes", weights + "/bytes", Step, weights + "/bytes_scales", Middle], y + "/bytes_product", Domain));
            nodes.Add(Node("Mul", [y + "/bytes_product", x + "/bytes_peak"], y));
            count++;
        }
        graph.Node.Clear();
        graph.Node.AddRange(nodes);
        return count;
    }

    private bool IsReplaceable(NodeProto node) =>
        node.OpType == "MatMulNBits" && node.Input.Count == 3 && Number(node, "bits") == 8 && _bears(node) &&
        _tensors.GetValueOrDefault(node.Input[1]) is { DataType: (int)DataType.Uint8 } &&
        _tensors.GetValueOrDefault(node.Input[2]) is { DataType: (int)DataType.Float, RawData.Length: > 0 };

    /// <summary>The largest magnitude of each row, and the rows divided by it, as bytes from 1 to 255.</summary>
    private IEnumerable<NodeProto> InBytes(string x)
    {
        if (_made.Add(Least))
        {
            Add(Least, DataType.Float, [], MemoryMarshal.AsBytes<float>([1e-20f]).ToArray());
            Add(Step, DataType.Float, [], MemoryMarshal.AsBytes<float>([1f / Largest]).ToArray());
            Add(Middle, DataType.Uint8, [], [Largest + 1]);
        }
        yield return Node("Abs", [x], x + "/bytes_size");
        var largest = Node("ReduceMax", [x + "/bytes_size"], x + "/bytes_largest");
        largest.Attribute.Add(new AttributeProto { Name = "axes", Type = Kind.Ints, Ints = { -1 } });
        largest.Attribute.Add(new AttributeProto { Name = "keepdims", Type = Kind.Int, I = 1 });
        yield return largest;
        yield return Node("Max", [x + "/bytes_largest", Least], x + "/bytes_peak");
        yield return Node("Div", [x, x + "/bytes_peak"], x + "/bytes_row");
        yield return Node("QuantizeLinear", [x + "/bytes_row", Step, Middle], x + "/bytes");
    }

    /// <summary>The weights as bytes, turned as the product reads them, with a scale a column; once for all who share them.</summary>
    private void Make(string name, NodeProto node)
    {
        if (!_made.Add(name))
            return;
        _made.Add(node.Input[2]);
        var (columns, rows, block) = ((int)Number(node, "K"), (int)Number(node, "N"), (int)Number(node, "block_size"));
        var (source, factors) = (_tensors[name].RawData, _tensors[node.Input[2]].RawData);
        var (bytes, scales) = (new byte[columns * rows], new float[rows]);
        Parallel.For(0, (rows + Tile - 1) / Tile, tile => Turn(
            source.Span, MemoryMarshal.Cast<byte, float>(factors.Span), tile * Tile, Math.Min(rows, (tile + 1) * Tile), block,
            MemoryMarshal.Cast<byte, sbyte>(bytes.AsSpan()), scales));
        Add(name + "/bytes", DataType.Int8, [columns, rows], bytes);
        Add(name + "/bytes_scales", DataType.Float, [rows], MemoryMarshal.AsBytes<float>(scales).ToArray());
    }

    /// <summary>Some rows of blocks, [rows, blocks, block], as columns of bytes.</summary>
    private static void Turn(
        ReadOnlySpan<byte> source, ReadOnlySpan<float> factors, int first, int end, int block, Span<sbyte> bytes, float[] scales)
    {
        var rows = scales.Length;
        var columns = bytes.Length / rows;
        var blocks = (columns + block - 1) / block;
        var numbers = new float[blocks * block];
        var steps = new sbyte[Tile * numbers.Length];
        for (var row = first; row < end; row++)
        {
            for (var i = 0; i < blocks; i++)
            {
                var part = numbers.AsSpan(i * block, block);
                TensorPrimitives.ConvertTruncating<byte, float>(source.Slice((row * blocks + i) * block, block), part);
                TensorPrimitives.Subtract(part, QuantizedMatrix.Zero, part);
                TensorPrimitives.Multiply(part, factors[row * blocks + i], part);
            }
            scales[row] = Math.Abs(TensorPrimitives.MaxMagnitude<float>(numbers.AsSpan(0, columns))) / Largest;
            TensorPrimitives.Multiply(numbers, scales[row] == 0 ? 0 : 1 / scales[row], numbers);
            TensorPrimitives.Round<float>(numbers, MidpointRounding.AwayFromZero, numbers);
            TensorPrimitives.ConvertSaturating<float, sbyte>(numbers, steps.AsSpan((row - first) * numbers.Length, numbers.Length));
        }
        for (var column = 0; column < columns; column++)
        {
            var line = bytes.Slice(column * rows + first, end - first);
            for (var row = 0; row < line.Length; row++)
                line[row] = steps[row * numbers.Length + column];
        }
    }

    private void Add(string name, DataType type, long[] dims, byte[] data)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(data) };
        tensor.Dims.AddRange(dims);
        _root.Initializer.Add(tensor);
    }

    /// <summary>Blocks that no product or look-up reads any more go.</summary>
    private void RemoveUnread()
    {
        var read = OnnxGraph.All(_root).SelectMany(graph => graph.Node).SelectMany(node => node.Input).ToHashSet(StringComparer.Ordinal);
        var kept = _root.Initializer.Where(tensor => read.Contains(tensor.Name) || !_made.Contains(tensor.Name)).ToList();
        _root.Initializer.Clear();
        _root.Initializer.AddRange(kept);
    }

    private static long Number(NodeProto node, string name) =>
        node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? 0;

    private static NodeProto Node(string type, string[] inputs, string output, string domain = "")
    {
        var node = new NodeProto { OpType = type, Domain = domain, Name = output + "/" + type };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }
}
