using System.Net;
using Libretto.Models.Download;

namespace Libretto.Models;

/// <summary>A model cannot be found, fetched, verified or loaded.</summary>
public sealed class ModelException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public ModelException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static ModelException Unknown(string name) => new(
        ErrorKind.Usage, "model_unknown",
        $"There is no model '{name}'. 'libretto models list' names those Libretto knows; any other may lie as a folder of that " +
        "name in a folder that LIBRETTO_MODELS names.");

    internal static ModelException MayNotFetch(string name) => new(
        ErrorKind.Missing, ErrorCodes.ModelMissing,
        $"The model {name} is not installed, and the setting 'fetch' (LIBRETTO_FETCH) is 'never'. Fetch it with: libretto models pull " +
            $"{name}");

    internal static ModelException FileMissing(string file) => new(
        ErrorKind.Missing, "model_incomplete",
        $"The model file {file} is missing. Run 'libretto models pull {FolderName(file)}' to fetch the model again.");

    internal static ModelException CannotLoad(string file, Exception inner) => new(
        ErrorKind.Missing, "model_broken",
        $"The model file {file} cannot be loaded: it is truncated, damaged or not an ONNX model. " +
        $"Run 'libretto models pull {FolderName(file)}' to fetch the model again.",
        inner: inner);

    internal static ModelException Broken(string folder, string file, Exception? inner = null) => new(
        ErrorKind.Missing, "model_broken",
        $"The model file {file} is missing or no longer what was installed. " +
        $"Run 'libretto models pull {Path.GetFileName(folder)}' to fetch the model again, or replace the folder {folder}.",
        inner: inner);

    internal static ModelException WrongContent(Uri source) => new(
        ErrorKind.Missing, "model_checksum",
        $"What {source.GetLeftPart(UriPartial.Path)} sent is not the file it should be (its length or checksum differs), so it was " +
        "thrown away. Something on the way may have answered in its place, such as a proxy's login page: check the proxy, then try again.");

    internal static ModelException ChangedUpstream(string repository, string file, string lockFile) => new(
        ErrorKind.Missing, "model_changed",
        $"{file} of {repository} is no longer what it was at the first download. If you trust the change, remove the " +
        $"model's entry from {lockFile} and pull again.");

    internal static ModelException Unreachable(string name, TransientFailureException inner, string cache) => new(
        ErrorKind.Missing, "model_unreachable",
        $"The model {name} could not be fetched: {inner.Message}. Check the network and try again (what has come so far is kept). " +
        "Behind a proxy set HTTPS_PROXY; with a mirror set npm_config_registry or HF_ENDPOINT. Without a network, copy the folder " +
        $"{Path.Combine(cache, name)} from a machine that has it, into a folder that LIBRETTO_MODELS names.",
        isTransient: true, inner: inner);

    internal static ModelException Refused(string name, RefusedException inner) => new(
        ErrorKind.Missing,
        inner.Status is HttpStatusCode.NotFound or HttpStatusCode.Gone ? "model_not_at_source" : "model_refused",
        $"The model {name} could not be fetched: {inner.Message}. " + inner.Status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone =>
                "The file is not there any more; a newer Libretto may know its new place. Or copy the model's folder into a folder that " +
                    "LIBRETTO_MODELS names.",
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                "The source wants credentials: set HF_TOKEN for Hugging Face, or the registry's token in .npmrc for npm.",
            HttpStatusCode.ProxyAuthenticationRequired =>
                "The proxy wants credentials: put them into HTTPS_PROXY (http://user:password@host:port).",
            _ => "Check the address and the proxy.",
        },
        inner: inner);

    internal static ModelException CannotWrite(string folder, Exception inner) => new(
        ErrorKind.Missing, "model_folder_unwritable",
        $"The model folder {folder} cannot be written: {inner.Message} Free some space, or choose another cache folder.",
        inner: inner);

    internal static ModelException RunFailed(string model, Exception inner) => new(
        ErrorKind.Failed,
        "model_failed",
        $"The network in {model} failed: {inner.Message.Split('\n')[0]} Its files may not belong together: fetch the model again with " +
        "'libretto models pull', or choose another one.",
        inner: inner);

    private static string FolderName(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file));
        var name = Path.GetFileName(folder);
        return (name == "onnx" ? Path.GetFileName(Path.GetDirectoryName(folder)) : name) ?? "";
    }
}
