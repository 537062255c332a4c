using System.Globalization;

namespace Libretto.Models.Onnx;

/// <summary>
/// Makes a merged decoder tell what it listens to. Exports of Moonshine compute cross-attention inside both branches of their
/// <c>If</c> and keep it to themselves; here the softmaxed weights of every layer become outputs <c>cross_attentions.N</c> of
/// shape [batch, heads, tokens, frames], the names and layout of Whisper's timestamped exports.
/// </summary>
internal static class AttentionOutputs
{
    private const string Prefix = "cross_attentions.";

    /// <summary>Edits the model in place.</summary>
    /// <returns>False if the outputs are there already.</returns>
    /// <exception cref="InvalidDataException">The graph is not a merged decoder with attention to an encoder.</exception>
    public static bool Add(ModelProto model)
    {
        var graph = model.Graph;
        if (graph.Output.Any(output => output.Name.StartsWith(Prefix, StringComparison.Ordinal)))
            return false;
        var choice = graph.Node.SingleOrDefault(node => node.OpType == "If")
            ?? throw new InvalidDataException("The decoder is not one merged graph with two branches.");
        var branches = choice.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G).ToList();
        var layers = Layers(branches[0]);
        if (layers == 0 || branches.Count != 2 || Layers(branches[1]) != layers)
            throw new InvalidDataException("The decoder's branches do not hold the same cross-attention.");

        var heads = Heads(graph);
        for (var layer = 0; layer < layers; layer++)
        {
            // A branch's outputs are matched to the If's by order, so the name inside may stay the tensor's own.
            foreach (var branch in branches)
                branch.Output.Add(Attention(Tensor(layer), heads));
            choice.Output.Add(Prefix + layer.ToString(CultureInfo.InvariantCulture));
            graph.Output.Add(Attention(choice.Output[^1], heads));
        }
        return true;
    }

    private static string Tensor(int layer) =>
        string.Create(CultureInfo.InvariantCulture, $"/model/decoder/layers.{layer}/encoder_attn/Softmax_output_0");

    private static int Layers(GraphProto branch)
    {
        var made = branch.Node.SelectMany(node => node.Output).ToHashSet(StringComparer.Ordinal);
        return Enumerable.Range(0, made.Count).TakeWhile(layer => made.Contains(Tensor(layer))).Count();
    }

    // The cache of keys is [batch, heads, length, width].
    private static long? Heads(GraphProto graph) =>
        graph.Output.FirstOrDefault(output => output.Name == "present.0.encoder.key")?.Type?.TensorType?.Shape?.Dim.ElementAtOrDefault(1) is
            { HasDimValue: true } dim ? dim.DimValue : null;

    private static ValueInfoProto Attention(string name, long? heads)
    {
        var shape = new TensorShapeProto();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch_size" });
        shape.Dim.Add(heads is { } number
            ? new TensorShapeProto.Types.Dimension { DimValue = number }
            : new TensorShapeProto.Types.Dimension { DimParam = "heads" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "decoder_sequence_length" });
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "encoder_sequence_length_out" });
        var type =
            new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float, Shape = shape } };
        return new ValueInfoProto { Name = name, Type = type };
    }
}
