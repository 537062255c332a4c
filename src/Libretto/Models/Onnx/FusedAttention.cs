using System.Runtime.InteropServices;
using static Libretto.Models.Onnx.AttributeProto.Types;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// Turns attention that an export spells out (products, a softmax, and the reshaping around them) into the runtime's own operator, which
/// works in tiles that stay in the cache: the weights of each frame for each other, by far the largest thing that an encoder makes, are
/// never laid out whole.
/// </summary>
internal sealed class FusedAttention
{
    private const string Domain = "com.microsoft";

    private readonly GraphProto _graph;
    private readonly Dictionary<string, NodeProto> _makers;
    private readonly ILookup<string, NodeProto> _readers;
    private readonly Dictionary<string, TensorProto> _tensors;

    private FusedAttention(GraphProto graph)
    {
        _graph = graph;
        _makers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node)))
            .ToDictionary(made => made.output, made => made.node, StringComparer.Ordinal);
        _readers = graph.Node.SelectMany(node => node.Input.Distinct().Select(input => (input, node)))
            .ToLookup(read => read.input, read => read.node);
        _tensors = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>Edits a model in place: an encoder without masks, whose attention is from each frame to each.</summary>
    /// <returns>How many layers were changed; what does not look as expected stays as it is.</returns>
    public static int Replace(ModelProto model)
    {
        var edit = new FusedAttention(model.Graph);
        var count = model.Graph.Node.Where(node => node.OpType == "Softmax").ToList().Count(edit.TryReplace);
        if (count == 0)
            return 0;
        edit.RemoveUnread();
        if (model.OpsetImport.All(opset => opset.Domain != Domain))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return count;
    }

    private bool TryReplace(NodeProto softmax)
    {
        // Back to the queries and keys, forward to the weighted values and on to where heads lie side by side again.
        if (Maker(softmax.Input[0]) is not { OpType: "MatMul" } scores ||
            OnlyReader(PastReshaping(softmax.Output[0])) is not { OpType: "MatMul" } weighted ||
            weighted.Input[0] != PastReshaping(softmax.Output[0]))
            return false;
        var (query, key, value) = (Source(scores.Input[0]), Source(scores.Input[1]), Source(weighted.Input[1]));
        var output = PastReshaping(weighted.Output[0]);
        if (query.Heads is not { } heads || key.Heads != heads || value.Heads != heads || output == weighted.Output[0])
            return false;
        var fused = new NodeProto { OpType = "MultiHeadAttention", Domain = Domain, Name = softmax.Name + "/fused" };
        fused.Input.AddRange([query.Name, key.Name, value.Name]);
        fused.Output.Add(output);
        // The queries were scaled already.
        fused.Attribute.Add(new AttributeProto { Name = "num_heads", Type = Kind.Int, I = heads });
        fused.Attribute.Add(new AttributeProto { Name = "scale", Type = Kind.Float, F = 1 });
        var place = _graph.Node.IndexOf(Maker(output)!);
        _graph.Node[place] = fused;
        return true;
    }

    /// <summary>What a tensor was before it was reshaped and transposed, and into how many heads it was parted.</summary>
    private (string Name, long? Heads) Source(string name)
    {
        long? heads = null;
        while (Maker(name) is { OpType: "Reshape" or "Transpose" } node)
        {
            if (node.OpType == "Reshape" && HeadsOf(node.Input[1]) is { } found)
                heads = found;
            name = node.Input[0];
        }
        return (name, heads);
    }

    /// <summary>The heads in a shape of batch, length, heads and width.</summary>
    private long? HeadsOf(string shape) =>
        Maker(shape) is { OpType: "Concat", Input.Count: 4 } parts ? Constant(parts.Input[2]) :
        _tensors.TryGetValue(shape, out var tensor) && Numbers(tensor) is [_, _, var heads, _] ? heads : null;

    private long? Constant(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? Only(Numbers(tensor))
        : Maker(name) is { OpType: "Constant" } constant ? Only(Numbers(constant.Attribute[0].T)) : null;

    private static long? Only(long[]? numbers) => numbers is [var number] ? number : null;

    private static long[]? Numbers(TensorProto? tensor) => tensor?.DataType != (int)DataType.Int64 ? null
        : MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray();

    /// <summary>What a tensor becomes by the reshaping and transposing that alone reads it.</summary>
    private string PastReshaping(string name)
    {
        while (OnlyReader(name) is { OpType: "Reshape" or "Transpose" } node && node.Input[0] == name)
            name = node.Output[0];
        return name;
    }

    private NodeProto? Maker(string name) => _makers.GetValueOrDefault(name);

    private NodeProto? OnlyReader(string name) =>
        _readers[name].ToList() is [var reader] && _graph.Output.All(output => output.Name != name) ? reader : null;

    /// <summary>Nodes whose results nobody reads any more go, and those that only served them.</summary>
    private void RemoveUnread()
    {
        while (true)
        {
            var read = _graph.Node.SelectMany(node => node.Input).Concat(_graph.Output.Select(output => output.Name))
                .Concat(OnnxGraph.Inner(_graph).SelectMany(OnnxGraph.All).SelectMany(graph => graph.Node).SelectMany(node => node.Input))
                .ToHashSet(StringComparer.Ordinal);
            var kept = _graph.Node.Where(node => node.Output.Any(read.Contains)).ToList();
            if (kept.Count == _graph.Node.Count)
                return;
            _graph.Node.Clear();
            _graph.Node.AddRange(kept);
        }
    }
}
