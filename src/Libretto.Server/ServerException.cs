namespace Libretto.Server;

/// <summary>The server cannot start, or a request cannot be served.</summary>
public sealed class ServerException : LibrettoException
{
    /// <summary>Creates the error; see <see cref="LibrettoException"/> for the parameters.</summary>
    public ServerException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
        : base(kind, code, message, isTransient, inner)
    {
    }

    internal static ServerException BadSetting(string name, string value, string expected) => new(
        ErrorKind.Usage, "setting_invalid", $"'{value}' is no value for {name}: {expected}.");

    internal static ServerException DatabaseDown(string where, Exception inner) => new(
        ErrorKind.Failed, "database_unavailable",
        $"The database {where} cannot be used: {inner.Message} Check its address and that it runs.", isTransient: true, inner);

    internal static ServerException DatabaseNewer(int needed, int known) => new(
        ErrorKind.Failed, "database_newer",
        $"The database has been changed for newer versions of Libretto: it needs one that knows its tables up to number " +
            $"{needed}, and this one knows {known}. Upgrade this machine.");

    internal static ServerException NotWithoutKeys(string url) => new(
        ErrorKind.Usage, "keys_needed",
        $"Without API keys the server listens on loopback only, and {url} is not. Make a key first: libretto keys create --name NAME " +
            $"--admin");

    internal static ServerException AddressInUse(string url, Exception inner) => new(
        ErrorKind.Failed, "address_in_use", $"The server cannot listen on {url}: {inner.Message} Choose another address with --urls.",
        inner: inner);

    internal static ServerException WebhooksOff() => new(
        ErrorKind.Usage, "webhooks_off",
        "This server sends no webhooks, since LIBRETTO_WEBHOOK_SECRET is not set there. Leave the option out, or ask its owner.");

    /// <param name="mayCome">Whether another machine may be about to send it to the store.</param>
    internal static ServerException InputGone(bool mayCome) => new(
        ErrorKind.Input, "input_gone",
        "The song itself is not in the store of the machine that was to work on it. Post it again; if that does not help, the machines " +
            "do not share a store: give all the same LIBRETTO_STORE or data folder.",
        isTransient: mayCome);

    internal static ServerException WorkFolder(Exception inner) => new(
        ErrorKind.Failed,
        DiskErrors.IsFull(inner) ? ErrorCodes.DiskFull : "work_folder_unwritable",
        $"The machine that was to work on it cannot write its temporary files: {inner.Message.TrimEnd('.')}. " +
        "See to the disk of its data folder, then retry the job.",
        inner: inner);

    internal static ServerException NotKept(string why) => new(
        ErrorKind.Failed, "input_not_kept", $"The song was fetched but could not be stored. {why}", isTransient: true);
}
