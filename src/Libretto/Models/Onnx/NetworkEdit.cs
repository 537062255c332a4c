using Google.Protobuf;
using static Libretto.Models.Onnx.TensorProto.Types;

namespace Libretto.Models.Onnx;

/// <summary>
/// What is changed in a network while it is loaded, so that this processor computes it faster; its file stays as it is.
/// </summary>
internal static class NetworkEdit
{
    /// <summary>Larger files are loaded as they are: for a moment there are three copies in memory.</summary>
    private const long LargestFile = 200_000_000;

    /// <summary>Products of an encoder that bear bytes: queries, keys and the layers after attention.</summary>
    private static readonly string[] s_encoderProducts = ["/q_proj/", "/k_proj/", "/fc1/", "/fc2/"];

    /// <summary>An encoder over whole windows, whose attention has no mask.</summary>
    public static int OfEncoder(ModelProto model) => FusedAttention.Replace(model) + (IntegerProducts.AreFast
        ? IntegerProducts.Replace(model, node => s_encoderProducts.Any(part => node.Name.Contains(part, StringComparison.Ordinal))) : 0);

    /// <summary>A file's network after an edit; null where it is to be loaded as it is.</summary>
    /// <param name="file">An ONNX file.</param>
    /// <param name="edit">Changes what it can, and says how much that was.</param>
    public static byte[]? Apply(string file, Func<ModelProto, int> edit)
    {
        if (new FileInfo(file).Length > LargestFile)
            return null;
        var model = OnnxFile.Read(file);
        // Tensors in files of their own would not be found from memory; half precision has other operators.
        var tensors = OnnxGraph.All(model.Graph).SelectMany(graph => graph.Initializer).ToList();
        return tensors.Any(tensor => tensor.DataLocation == DataLocation.External || tensor.DataType == (int)DataType.Float16) ||
            edit(model) == 0 ? null : model.ToByteArray();
    }
}
