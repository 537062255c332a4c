namespace Libretto.Models;

/// <summary>A model cannot be found, fetched, verified or loaded.</summary>
public sealed class ModelException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public ModelException(string code, string message, bool isTransient = false, Exception? inner = null)
        : base(Stage.Transcribe, code, message, isTransient, inner)
    {
    }

    internal static ModelException FileMissing(string file) => new(
        "model_incomplete",
        $"The model file {file} is missing. Run 'libretto models pull {FolderName(file)}' to fetch the model again.");

    internal static ModelException CannotLoad(string file, Exception inner) => new(
        "model_broken",
        $"The model file {file} cannot be loaded: it is truncated, damaged or not an ONNX model. " +
        $"Remove its folder and run 'libretto models pull {FolderName(file)}'.",
        inner: inner);

    private static string FolderName(string file)
    {
        var folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file)));
        return folder is null or "onnx" ? Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file)))) ?? "" : folder;
    }
}
