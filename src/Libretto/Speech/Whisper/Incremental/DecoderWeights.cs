using System.Runtime.InteropServices;
using Libretto.Models.Onnx;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>The weights of Whisper's decoder, read from a network whose products are in 8-bit blocks.</summary>
internal sealed class DecoderWeights
{
    private DecoderWeights(float[] positions, DecoderLayer[] layers, LayerNorm norm, BlockMatrix words) =>
        (Positions, Layers, Norm, Words) = (positions, layers, norm, words);

    /// <summary>What is added to each position's token, [positions, width].</summary>
    public float[] Positions { get; }

    public IReadOnlyList<DecoderLayer> Layers { get; }

    /// <summary>Applied after the last layer.</summary>
    public LayerNorm Norm { get; }

    /// <summary>A row a token: its embedding, and what its score is read from.</summary>
    public BlockMatrix Words { get; }

    /// <summary>Numbers of a position.</summary>
    public int Width => Words.Inputs;

    /// <summary>
    /// Reads a decoder exported from transformers, by the names that its exports give to layers; null where something of it is missing, or
    /// is not in blocks: the network is then run as it is.
    /// </summary>
    /// <param name="model">The network.</param>
    /// <param name="config">What its folder says of it.</param>
    public static DecoderWeights? Read(ModelProto model, WhisperConfig config)
    {
        try
        {
            return new Reader(model).Read(config);
        }
        catch (MissingException)
        {
            return null;
        }
    }

    /// <summary>Finds layers by name.</summary>
    private sealed class Reader
    {
        private readonly Dictionary<string, TensorProto> _tensors = new(StringComparer.Ordinal);
        private readonly Dictionary<string, NodeProto> _products = new(StringComparer.Ordinal);
        private readonly ILookup<string, NodeProto> _sums;

        // Branches of one network share what they have: names that are there twice mean the same.
        public Reader(ModelProto model)
        {
            var graphs = OnnxGraph.All(model.Graph).ToList();
            foreach (var tensor in graphs.SelectMany(graph => graph.Initializer))
                _tensors.TryAdd(tensor.Name, tensor);
            var nodes = graphs.SelectMany(graph => graph.Node).ToList();
            foreach (var node in nodes.Where(node => node.OpType == "MatMulNBits"))
                _products.TryAdd(node.Output[0], node);
            _sums = nodes.Where(node => node.OpType == "Add").SelectMany(node => node.Input.Select(input => (input, node)))
                .ToLookup(read => read.input, read => read.node, StringComparer.Ordinal);
        }

        public DecoderWeights? Read(WhisperConfig config)
        {
            var layers = Enumerable.Range(0, config.Layers).Select(Layer).ToArray();
            var words = Product(_products.GetValueOrDefault("logits") ?? throw new MissingException(), hasBias: false);
            var weights = new DecoderWeights(Floats(Tensor("decoder.embed_positions.weight")), layers, Norm("decoder.layer_norm"), words);
            var fits = words.Outputs == config.VocabularySize && words.Inputs == config.Heads * AudioKeys.HeadWidth &&
                weights.Positions.Length >= config.MaxTokens * words.Inputs;
            return fits ? weights : null;
        }

        private DecoderLayer Layer(int layer)
        {
            var name = $"layers.{layer}/";
            return new DecoderLayer
            {
                OwnNorm = Norm($"decoder.layers.{layer}.self_attn_layer_norm"),
                OwnQuery = Product(name + "self_attn/q_proj/"),
                OwnKey = Product(name + "self_attn/k_proj/", hasBias: false),
                OwnValue = Product(name + "self_attn/v_proj/"),
                OwnOutput = Product(name + "self_attn/out_proj/"),
                AudioNorm = Norm($"decoder.layers.{layer}.encoder_attn_layer_norm"),
                AudioQuery = Product(name + "encoder_attn/q_proj/"),
                AudioKey = Product(name + "encoder_attn/k_proj/", hasBias: false),
                AudioValue = Product(name + "encoder_attn/v_proj/"),
                AudioOutput = Product(name + "encoder_attn/out_proj/"),
                LastNorm = Norm($"decoder.layers.{layer}.final_layer_norm"),
                Widening = Product(name + "fc1/"),
                Narrowing = Product(name + "fc2/"),
            };
        }

        private BlockMatrix Product(string name, bool hasBias = true) => Product(
            _products.Where(product => product.Key.Contains(name, StringComparison.Ordinal)).Select(product => product.Value)
                .FirstOrDefault() ?? throw new MissingException(), hasBias);

        private BlockMatrix Product(NodeProto node, bool hasBias)
        {
            var (columns, rows) = ((int)Number(node, "K"), (int)Number(node, "N"));
            // A fourth input would be zero points.
            if (Number(node, "bits") != 8 || Number(node, "block_size") != BlockMatrix.Block || columns % BlockMatrix.Block != 0 ||
                node.Input.Count != 3 || Tensor(node.Input[1]) is not { DataType: (int)DataType.Uint8 } bytes)
                throw new MissingException();
            return new BlockMatrix(rows, columns, bytes.RawData.Span, Floats(Tensor(node.Input[2])), hasBias ? Bias(node, rows) : []);
        }

        /// <summary>What is added to a product.</summary>
        private float[] Bias(NodeProto product, int length)
        {
            foreach (var constant in _sums[product.Output[0]].SelectMany(sum => sum.Input))
                if (_tensors.TryGetValue(constant, out var tensor) && tensor.Dims is [var count] && count == length)
                    return Floats(tensor);
            throw new MissingException();
        }

        private LayerNorm Norm(string name) => new(Floats(Tensor(name + ".weight")), Floats(Tensor(name + ".bias")));

        private TensorProto Tensor(string name) => _tensors.GetValueOrDefault(name) ??
            _tensors.FirstOrDefault(tensor => tensor.Key.Contains(name, StringComparison.Ordinal)).Value ?? throw new MissingException();

        private static float[] Floats(TensorProto tensor) =>
            tensor is { DataType: (int)DataType.Float, DataLocation: not DataLocation.External, RawData.Length: > 0 }
                ? MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray() : throw new MissingException();

        private static long Number(NodeProto node, string name) =>
            node.Attribute.FirstOrDefault(attribute => attribute.Name == name)?.I ?? 0;
    }

    private sealed class MissingException : Exception;
}

/// <summary>One layer of the decoder.</summary>
internal sealed record DecoderLayer
{
    public required LayerNorm OwnNorm { get; init; }

    public required BlockMatrix OwnQuery { get; init; }

    public required BlockMatrix OwnKey { get; init; }

    public required BlockMatrix OwnValue { get; init; }

    public required BlockMatrix OwnOutput { get; init; }

    public required LayerNorm AudioNorm { get; init; }

    public required BlockMatrix AudioQuery { get; init; }

    public required BlockMatrix AudioKey { get; init; }

    public required BlockMatrix AudioValue { get; init; }

    public required BlockMatrix AudioOutput { get; init; }

    public required LayerNorm LastNorm { get; init; }

    /// <summary>The first layer after attention.</summary>
    public required BlockMatrix Widening { get; init; }

    /// <summary>The second.</summary>
    public required BlockMatrix Narrowing { get; init; }
}

/// <summary>Brings rows to mean 0 and variance 1, then scales and shifts them.</summary>
/// <param name="Scale">A number a column.</param>
/// <param name="Shift">A number a column.</param>
internal sealed record LayerNorm(float[] Scale, float[] Shift);
