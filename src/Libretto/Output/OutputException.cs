namespace Libretto.Output;

/// <summary>A result cannot be written.</summary>
public sealed class OutputException : LibrettoException
{
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    private OutputException(ErrorKind kind, string code, string message, Exception? inner = null)
        : base(kind, code, message, inner: inner)
    {
    }

    /// <summary>A file that someone else wrote or changed stands where a result belongs.</summary>
    public static OutputException NotOurs(string path) => new(
        ErrorKind.Output, "would_overwrite",
        $"{path} was not written by Libretto, or was changed since, and is left as it is. Add --force to replace it, or choose another " +
        "folder with --out.");

    /// <summary>The result would replace what is being read.</summary>
    public static OutputException IsInput(string path) => new(
        ErrorKind.Output, "would_overwrite", $"{path} is what is being read and cannot be the result too. Choose another name or folder.");

    /// <summary>A folder stands where a result belongs.</summary>
    public static OutputException IsFolder(string path) => new(
        ErrorKind.Output, "cannot_write", $"{path} cannot be written: it is a folder. Choose another folder with --out.");

    /// <summary>Two songs would be written to one file.</summary>
    public static OutputException WrittenTwice(string path, string first, string second) => new(
        ErrorKind.Usage, "output_clash",
        $"{first} and {second} would both be written to {path}. Rename one, or transcribe them into different folders with --out.");

    /// <summary>The disk is full, or the file or its folder may not be written.</summary>
    public static OutputException CannotWrite(string path, Exception inner) => inner.HResult is NoSpace or OverQuota
        ? new(
            ErrorKind.Output, ErrorCodes.DiskFull,
            $"{path} cannot be written: the disk is full. Free some space, or choose a folder on another disk with --out.", inner)
        : new(ErrorKind.Output, "cannot_write", $"{path} cannot be written: {inner.Message} Choose another folder with --out.", inner);

    /// <summary>A song's tags cannot be written.</summary>
    public static OutputException CannotTag(string path, Exception inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return new(
            ErrorKind.Output, "cannot_tag",
            $"The tags of {path} cannot be written: the file is damaged ({inner.Message.TrimEnd('.')}). It stays as it is; the lyrics " +
            "are beside it.", inner);
    }
}
