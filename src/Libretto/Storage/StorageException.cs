namespace Libretto.Storage;

/// <summary>A store cannot be reached, read or written.</summary>
public sealed class StorageException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public StorageException(string code, string message, bool isTransient = false, Exception? inner = null)
        : base(Stage.Publish, code, message, isTransient, inner)
    {
    }

    internal static StorageException CannotWrite(string folder, Exception inner) => IsFull(inner)
        ? new StorageException(
            "disk_full", $"The disk that holds {folder} is full. Free some space or set another data folder.", isTransient: true, inner)
        : new StorageException(
            "store_unwritable", $"{folder} cannot be written: {inner.Message} Change its permissions or set another data folder.", inner: inner);

    internal static StorageException CannotRead(string folder, Exception inner) => new(
        "store_unreadable", $"{folder} cannot be read: {inner.Message} Change its permissions or set another data folder.", inner: inner);

    private static bool IsFull(Exception e) =>
        e is IOException && (OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 39 or 112 : e.HResult is 28 or 122 or 69);
}
