namespace Libretto.Cli.Results;

/// <summary>A lyrics file cannot be read.</summary>
internal sealed class InputException : LibrettoException
{
    private InputException(ErrorKind kind, string code, string message, Exception? inner = null)
        : base(kind, code, message, inner: inner)
    {
    }

    public static InputException Missing(string path) => new(ErrorKind.Input, "file_missing", $"{path} does not exist. Check the name.");

    public static InputException IsFolder(string path) => new(ErrorKind.Input, "is_folder", $"{path} is a folder. Give a lyrics file in it.");

    public static InputException Empty(string path) => new(ErrorKind.Input, "file_empty", $"{path} is empty (0 bytes). Copy or make it again.");

    public static InputException Unreadable(string path, Exception inner) => new(
        ErrorKind.Input, "file_unreadable", $"{path} cannot be read: {inner.Message} Change its permissions or copy it elsewhere.", inner);
}
