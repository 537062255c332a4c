namespace Libretto.Storage;

/// <summary>A store cannot be reached, read or written.</summary>
public sealed class StorageException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public StorageException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    /// <summary>Whether a store beyond the network is the cause; what is stored meanwhile stays on the disk and is sent later.</summary>
    public bool IsRemote { get; private init; }

    /// <summary>Whether one kind of question alone is refused, and the rest of the store goes on.</summary>
    internal bool LeavesStoreUsable { get; private init; }

    internal static StorageException CannotWrite(string folder, Exception inner) => IsFull(inner)
        ? new StorageException(
            ErrorKind.Output, ErrorCodes.DiskFull, $"The disk that holds {folder} is full. Free some space or set another data folder.",
            isTransient: true, inner)
        : new StorageException(
            ErrorKind.Failed, "store_unwritable",
            $"{folder} cannot be written: {inner.Message} Change its permissions or set another data folder.", inner: inner);

    internal static StorageException CannotRead(string folder, Exception inner) => new(
        ErrorKind.Failed, "store_unreadable",
        $"{folder} cannot be read: {inner.Message} Change its permissions or set another data folder.", inner: inner);

    internal static StorageException BadAddress(string expected) =>
        new(ErrorKind.Usage, "store_invalid", $"LIBRETTO_STORE is no store: {expected}.");

    internal static StorageException NoKeys(string store, string variables) => new(
        ErrorKind.Missing, "store_keys_missing", $"{store} needs keys, and there are none: set {variables} in the environment.")
    {
        IsRemote = true,
    };

    internal static StorageException Refused(string store, string reason, string cure, Exception? inner = null) => new(
        ErrorKind.Missing, "store_refused", $"{store} refuses the request: {reason.TrimEnd('.')}. {cure}", inner: inner)
    {
        IsRemote = true,
    };

    internal static StorageException NotThere(string store, string cure, Exception? inner = null) => new(
        ErrorKind.Missing, "store_missing", $"{store} does not exist. {cure}", inner: inner)
    {
        IsRemote = true,
    };

    internal static StorageException Unreachable(string store, string reason, Exception? inner = null) => new(
        ErrorKind.Missing, "store_unreachable", $"{store} cannot be reached: {reason.TrimEnd('.')}. Check its address and the network.",
        isTransient: true, inner)
    {
        IsRemote = true,
    };

    internal static StorageException Busy(string store, string until, Exception? inner = null) => new(
        ErrorKind.Missing, "store_busy", $"{store} limits requests{until}. Content waits on the disk until then.", isTransient: true, inner)
    {
        IsRemote = true,
    };

    internal static StorageException QuestionsLimited(string store, string until) => new(
        ErrorKind.Missing,
        "store_busy",
        $"{store} answers no more questions of its admin API{until}. Content is stored and read meanwhile.", isTransient: true)
    {
        IsRemote = true,
        LeavesStoreUsable = true,
    };

    private static bool IsFull(Exception e) =>
        e is IOException && (OperatingSystem.IsWindows() ? (e.HResult & 0xffff) is 39 or 112 : e.HResult is 28 or 122 or 69);
}
