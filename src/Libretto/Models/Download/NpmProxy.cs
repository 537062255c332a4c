using System.Net;

namespace Libretto.Models.Download;

/// <summary>The proxy of the usual variables (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>, ...), else the one npm is configured with.</summary>
internal sealed class NpmProxy(NpmConfiguration npm, IWebProxy system) : IWebProxy
{
    public ICredentials? Credentials
    {
        get => system.Credentials;
        set => system.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => Usual(destination) ?? npm.ProxyFor(destination);

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    private Uri? Usual(Uri destination) => system.IsBypassed(destination) ? null : system.GetProxy(destination);
}
