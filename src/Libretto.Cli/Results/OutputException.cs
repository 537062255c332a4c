namespace Libretto.Cli.Results;

/// <summary>A result cannot be written.</summary>
internal sealed class OutputException : LibrettoException
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    private OutputException(ErrorKind kind, string code, string message, Exception? inner = null)
        : base(kind, code, message, inner: inner)
    {
    }

    public static OutputException NotOurs(string path) => new(
        ErrorKind.Output, "would_overwrite",
        $"{path} was not written by Libretto, or was changed since, and is left as it is. Add --force to replace it, or choose another " +
        "folder with --out.");

    public static OutputException IsInput(string path) => new(
        ErrorKind.Output, "would_overwrite", $"{path} is what is being read and cannot be the result too. Choose another name or folder.");

    public static OutputException IsFolder(string path) => new(
        ErrorKind.Output, "cannot_write", $"{path} cannot be written: it is a folder. Choose another folder with --out.");

    public static OutputException WrittenTwice(string path, string first, string second) => new(
        ErrorKind.Usage, "output_clash",
        $"{first} and {second} would both be written to {path}. Rename one, or transcribe them into different folders with --out.");

    public static OutputException CannotWrite(string path, Exception inner) => inner.HResult is NoSpace or OverQuota
        ? new(
            ErrorKind.Output, ErrorCodes.DiskFull,
            $"{path} cannot be written: the disk is full. Free some space, or choose a folder on another disk with --out.", inner)
        : new(ErrorKind.Output, "cannot_write", $"{path} cannot be written: {inner.Message} Choose another folder with --out.", inner);
}
