namespace Libretto.Models.Onnx;

/// <summary>Finds a network among the precisions that a model's folder holds it in.</summary>
internal static class OnnxFiles
{
    // Best first on a CPU: 8-bit blocks are as good as full precision and faster; dynamic 8 bits and 4 bits lose words.
    private static readonly string[] s_precisions = ["_q8", "", "_fp16", "_quantized", "_int8", "_uint8", "_q4", "_q4f16", "_bnb4"];

    /// <summary>The best file of a network.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="name">The file's name without precision and ending, such as <c>encoder_model</c>.</param>
    /// <param name="places">Folders within it to look in, in order; "" for itself.</param>
    /// <returns>A path.</returns>
    /// <exception cref="ModelException">There is none.</exception>
    public static string Best(string folder, string name, params ReadOnlySpan<string> places)
    {
        foreach (var precision in s_precisions)
            foreach (var place in places)
                if (Path.Combine(folder, place, $"{name}{precision}.onnx") is var file && File.Exists(file))
                    return file;
        throw ModelException.FileMissing(Path.Combine(folder, places[0], name + ".onnx"));
    }
}
