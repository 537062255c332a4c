namespace Libretto.Cli.Remote;

/// <summary>A server cannot be reached or refuses.</summary>
internal sealed class RemoteException(ErrorKind kind, string code, string message, bool isTransient = false, Exception? inner = null)
    : LibrettoException(kind, code, message, isTransient, inner)
{
    public static RemoteException Unreachable(Uri server, Exception inner) => new(
        ErrorKind.Missing,
        "server_unreachable",
        $"The server {server} cannot be reached: {inner.Message} Start one with 'libretto serve', or give another with --server.",
        isTransient: true,
        inner);

    public static RemoteException Refused(string code, string detail, bool isTransient = false) =>
        new(KindOf(code), code, $"The server refuses: {detail}", isTransient);

    public static RemoteException NoServer(Uri server) => new(
        ErrorKind.Missing, "server_unknown", $"{server} answers, but not as a Libretto server does. Check --server.");

    // Servers answer with codes; what of them is about the song is told apart from what the server itself could not do.
    private static ErrorKind KindOf(string code) => code switch
    {
        ErrorCodes.JobUnknown or ErrorCodes.NotAudio => ErrorKind.Input,
        ErrorCodes.LinkInvalid or ErrorCodes.LinkPrivate or ErrorCodes.LinkPlaylist => ErrorKind.Input,
        _ => ErrorKind.Failed,
    };
}
