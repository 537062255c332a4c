namespace Libretto.Models.Onnx;

/// <summary>Finding one's way in graphs that hold graphs (the branches of an <c>If</c>).</summary>
internal static class OnnxGraph
{
    /// <summary>A graph and all graphs inside it, the outer before the inner.</summary>
    public static IEnumerable<GraphProto> All(GraphProto graph) => Inner(graph).SelectMany(All).Prepend(graph);

    /// <summary>The graphs that a graph's nodes hold.</summary>
    public static IEnumerable<GraphProto> Inner(GraphProto graph) => graph.Node.SelectMany(Inner);

    /// <summary>The graphs that a node holds.</summary>
    public static IEnumerable<GraphProto> Inner(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G));
}

/// <summary>What the names in a graph mean: its own nodes and tensors first, then those of the graphs around it.</summary>
internal sealed class OnnxScope
{
    private readonly OnnxScope? _outer;
    private readonly Dictionary<string, TensorProto> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _makers = new(StringComparer.Ordinal);

    public OnnxScope(GraphProto graph, OnnxScope? outer)
    {
        Graph = graph;
        _outer = outer;
        foreach (var tensor in graph.Initializer)
            _tensors[tensor.Name] = tensor;
        foreach (var node in graph.Node)
        {
            foreach (var output in node.Output)
                _makers[output] = node;
        }
    }

    public GraphProto Graph { get; }

    /// <summary>The constant of a name; null if the name means something computed or fed.</summary>
    public TensorProto? Tensor(string name) =>
        _tensors.TryGetValue(name, out var tensor) ? tensor : _makers.ContainsKey(name) ? null : _outer?.Tensor(name);

    /// <summary>The node that computes a name; null if it is a constant or an input.</summary>
    public NodeProto? Maker(string name) =>
        _makers.TryGetValue(name, out var node) ? node : _tensors.ContainsKey(name) ? null : _outer?.Maker(name);
}
