using System.Net;
using System.Net.Sockets;
using Microsoft.Security.AntiSSRF;

namespace Libretto.Acquire;

/// <summary>
/// Keeps links from reaching inside the network: every address that is not the public internet's is refused, however it is written
/// and whatever name or redirect leads to it. One policy of Microsoft's AntiSSRF library holds for all: its handler for our own
/// requests, its ranges for the connections that <see cref="GuardedProxy"/> makes for yt-dlp.
/// </summary>
public sealed class NetworkGuard
{
    private const int MostRedirects = 8;

    // Long obsolete, but still another way to write an IPv4 address.
    private static readonly string[] s_ipv4Compatible = ["::/96"];

    private readonly IReadOnlyList<IPNetwork> _denied;
    private readonly IReadOnlyList<IPNetwork> _allowed;

    /// <summary>Creates a guard.</summary>
    /// <param name="allowed">Networks that links may lead into although they are not public, in CIDR notation.</param>
    /// <exception cref="AcquireException"><c>network_invalid</c>: one of them is no network.</exception>
    public NetworkGuard(IReadOnlyList<string>? allowed = null)
    {
        _allowed = [.. (allowed ?? []).Select(Read)];
        _denied = [.. IPAddressRanges.recommendedLatest.Concat(s_ipv4Compatible).Select(range => IPNetwork.Parse(range))];
    }

    /// <summary>Networks that hold every address: for a user's own command line, which may reach what its user may.</summary>
    public static IReadOnlyList<string> Everything { get; } = ["0.0.0.0/0", "::/0"];

    /// <summary>Whether connections to an address may be made.</summary>
    public bool Allows(IPAddress address) => !IsPrivate(address) || IsIn(_allowed, address);

    /// <summary>Whether an address is not the public internet's.</summary>
    public bool IsPrivate(IPAddress address) => IsIn(_denied, address);

    /// <summary>Refuses a link whose address itself, without asking for a name, lies where links may not lead.</summary>
    /// <exception cref="AcquireException"><c>link_private</c>.</exception>
    public void Check(SongLink link)
    {
        ArgumentNullException.ThrowIfNull(link);
        var host = link.Address.IdnHost;
        if ((IPAddress.TryParse(host, out var address) && !Allows(address)) || (IsOwnName(host) && !Allows(IPAddress.Loopback)))
            throw AcquireException.Private(link.Address.Authority);
    }

    /// <summary>Whether a link's host is not the public internet's.</summary>
    /// <exception cref="AcquireException"><c>link_private</c>: and it may not be reached.</exception>
    /// <exception cref="SocketException">The name is not known.</exception>
    internal async Task<bool> LeadsInsideAsync(SongLink link, CancellationToken cancellationToken) =>
        (await ResolveAsync(link.Address.IdnHost, cancellationToken)).Any(IsPrivate);

    /// <summary>The addresses of a host, all of them allowed.</summary>
    /// <exception cref="AcquireException"><c>link_private</c>: one of them is not.</exception>
    /// <exception cref="SocketException">The name is not known.</exception>
    internal async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        var addresses = IPAddress.TryParse(host, out var itself) ? [itself] : await LookUpAsync(host, cancellationToken);
        return addresses.All(Allows) ? addresses : throw AcquireException.Private(host);
    }

    /// <summary>Connects to the addresses that were checked: the name is not asked for twice.</summary>
    /// <exception cref="AcquireException"><c>link_private</c>.</exception>
    /// <exception cref="SocketException">The host cannot be reached.</exception>
    internal async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(host, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A handler for requests of our own under the same policy, redirects included.</summary>
    /// <param name="followRedirects">Whether redirects are followed at all.</param>
    public HttpMessageHandler CreateHandler(bool followRedirects = true)
    {
        var policy = new AntiSSRFPolicy(PolicyConfigOptions.ExternalOnlyLatest)
        {
            AllowPlainTextHttp = true,
            // Meant for services of one's own cloud; to a public site it is noise.
            AddXFFHeader = false,
        };
        policy.AddDeniedAddresses(s_ipv4Compatible);
        policy.AddAllowedAddresses([.. _allowed.Select(network => network.ToString())]);
        var handler = policy.GetHandler();
        handler.AllowAutoRedirect = followRedirects;
        handler.MaxAutomaticRedirections = MostRedirects;
        handler.ConnectTimeout = TimeSpan.FromSeconds(20);
        return handler;
    }

    private static async Task<IPAddress[]> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellationToken);
        }
        catch (ArgumentException)
        {
            // Longer than a name can be.
            throw new SocketException((int)SocketError.HostNotFound);
        }
    }

    private static bool IsIn(IReadOnlyList<IPNetwork> networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return networks.Any(network => network.Contains(plain));
    }

    private static bool IsOwnName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);

    private static IPNetwork Read(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        return IPAddress.TryParse(text, out var one)
            ? new IPNetwork(one, one.AddressFamily == AddressFamily.InterNetwork ? 32 : 128)
            : throw AcquireException.BadNetwork(text);
    }
}
