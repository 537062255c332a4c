namespace Libretto.Separate;

/// <summary>A song cannot be separated into voice and accompaniment.</summary>
public sealed class SeparateException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public SeparateException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static SeparateException Mismatch(string file, string found, string wanted) => new(
        ErrorKind.Failed, "model_mismatch",
        $"{file} is not the separation network its description says: it has {found}, where {wanted} is wanted. " +
        "Choose another model, or fetch this one again with 'libretto models pull'.");

    internal static SeparateException UnknownLayout(string folder) => new(
        ErrorKind.Usage, "model_unknown",
        $"{folder} holds no separation model that Libretto can run. It needs the networks of Spleeter (vocals*.onnx and " +
        "accompaniment*.onnx) or one of HT-Demucs with input 'mix' and output 'stems'.");

    internal static SeparateException NoVocals(string name) => new(
        ErrorKind.Failed, "model_without_vocals", $"The model {name} gives no stem named 'vocals'. Choose another model.");
}
