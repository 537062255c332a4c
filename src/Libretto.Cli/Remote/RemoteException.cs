namespace Libretto.Cli.Remote;

/// <summary>A server cannot be reached or refuses.</summary>
internal sealed class RemoteException(string code, string message, bool isTransient = false, Exception? inner = null)
    : LibrettoException(Stage.Acquire, code, message, isTransient, inner)
{
    public static RemoteException Unreachable(Uri server, Exception inner) => new(
        "server_unreachable", $"The server {server} cannot be reached: {inner.Message} Start one with 'libretto serve', or give another with --server.", isTransient: true, inner);

    public static RemoteException Refused(string code, string detail) => new(code, $"The server refuses: {detail}");

    public static RemoteException NoServer(Uri server) => new("server_unknown", $"{server} answers, but not as a Libretto server does. Check --server.");
}
