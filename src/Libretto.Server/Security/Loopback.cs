using System.Net;

namespace Libretto.Server.Security;

/// <summary>Names and addresses of this machine itself.</summary>
internal static class Loopback
{
    /// <param name="host">A host as addresses have it, an IPv6 address in brackets or not; without a port.</param>
    public static bool Is(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ||
        (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
