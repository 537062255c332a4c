using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Libretto.Acquire;

/// <summary>
/// A forward proxy on the loopback for one download of yt-dlp: every connection of its own is made here, under the policy of
/// <see cref="NetworkGuard"/>. It speaks what clients of proxies do (HTTP/1.1: CONNECT, and requests with a whole address), joins
/// each client's connection to one host that was checked, and lets no more bytes through than a download may have. Compressed pages are
/// unpacked on the way, as far as they are not encrypted, and count as what they hold.
/// </summary>
internal sealed class GuardedProxy : IAsyncDisposable
{
    private const int LongestHead = 64 * 1024;
    private const int MostConnections = 64;

    // Of one page when it is unpacked; the heaviest of the large sites have two or three megabytes.
    private const long MostPageBytes = 16_000_000;
    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);
    private static readonly byte[] s_headEnd = "\r\n\r\n"u8.ToArray();

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MostConnections);
    private readonly NetworkGuard _guard;
    private readonly Uri? _upstream;
    private readonly Task _accepting;
    private long _bytesLeft;

    /// <summary>Starts a proxy.</summary>
    /// <param name="guard">Says where connections may lead.</param>
    /// <param name="upstream">The proxy of the user's own that connections go through, an http address; directly when null.</param>
    /// <param name="mostBytes">What may come in altogether.</param>
    public GuardedProxy(NetworkGuard guard, Uri? upstream, long mostBytes)
    {
        (_guard, _upstream, _bytesLeft) = (guard, upstream, mostBytes);
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>The first connection that was refused; null when none was.</summary>
    public AcquireException? Refusal { get; private set; }

    /// <summary>The host that last could not be reached; null when none was.</summary>
    public string? Unreachable { get; private set; }

    /// <summary>Whether more bytes wanted to come than may.</summary>
    public bool IsExhausted => Interlocked.Read(ref _bytesLeft) < 0;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        // Each connection gives its place back when it ends.
        for (var i = 0; i < MostConnections; i++)
            await _places.WaitAsync();
        _places.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_stop.Token);
                Socket client;
                try
                {
                    client = await _listener.AcceptSocketAsync(_stop.Token);
                }
                catch
                {
                    _places.Release();
                    throw;
                }
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (_stop.IsCancellationRequested &&
            e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The download is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var client = new NetworkStream(socket, ownsSocket: true);
            if (await ReadHeadAsync(client) is not { } head)
                return;
            using var server = await ConnectAsync(head, client);
            if (server is null)
                return;
            await using var stream = new NetworkStream(server);
            if (head.IsConnect && _upstream is null)
                await client.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _stop.Token);
            else
                await stream.WriteAsync(head.Forwarded(_upstream), _stop.Token);
            await stream.WriteAsync(head.Rest, _stop.Token);
            await JoinAsync(client, stream, head);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Either side hung up, or the download is over: the client finds out by itself.
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Connects to where a request leads; null when it was answered with a refusal.</summary>
    private async Task<Socket?> ConnectAsync(ProxyRequest head, NetworkStream client)
    {
        try
        {
            if (_upstream is null)
                return await _guard.ConnectAsync(head.Host, head.Port, _stop.Token);
            await CheckForUpstreamAsync(head.Host);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(_upstream.IdnHost, _upstream.Port, _stop.Token);
            return socket;
        }
        catch (AcquireException e)
        {
            Refusal ??= e;
            await AnswerAsync(client, "403 Forbidden");
        }
        catch (SocketException)
        {
            Unreachable = head.Host;
            await AnswerAsync(client, "502 Bad Gateway");
        }
        return null;
    }

    /// <summary>A name that only the user's proxy knows is its to resolve; what it means here must be allowed.</summary>
    private async Task CheckForUpstreamAsync(string host)
    {
        try
        {
            await _guard.ResolveAsync(host, _stop.Token);
        }
        catch (SocketException)
        {
        }
    }

    private async Task<ProxyRequest?> ReadHeadAsync(NetworkStream client)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(HeadPatience);
        var buffer = new byte[LongestHead];
        var length = 0;
        while (length < LongestHead)
        {
            var count = await client.ReadAsync(buffer.AsMemory(length), patience.Token);
            if (count == 0)
                return null;
            length += count;
            var end = buffer.AsSpan(0, length).IndexOf(s_headEnd);
            if (end < 0)
                continue;
            var rest = buffer.AsMemory(end + s_headEnd.Length, length - end - s_headEnd.Length);
            if (ProxyRequest.Parse(Encoding.Latin1.GetString(buffer, 0, end), rest) is { } request)
                return request;
            break;
        }
        await AnswerAsync(client, "400 Bad Request");
        return null;
    }

    /// <summary>Copies both ways until the server has said all.</summary>
    private async Task JoinAsync(NetworkStream client, NetworkStream server, ProxyRequest request)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var up = CopyAsync(client, server, counted: false, over.Token);
        try
        {
            if (request.IsConnect || await PassHeadAsync(request, client, server, over.Token))
                await CopyAsync(server, client, counted: true, over.Token);
        }
        finally
        {
            await over.CancelAsync();
            await up.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Passes on the head of an answer, and its body too where that is compressed.</summary>
    /// <returns>Whether there is more to pass on, as it is.</returns>
    private async Task<bool> PassHeadAsync(
        ProxyRequest request, NetworkStream client, NetworkStream server, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LongestSilence);
        var buffer = new byte[LongestHead];
        var (length, end) = (0, -1);
        while (end < 0 && length < LongestHead)
        {
            var count = await server.ReadAsync(buffer.AsMemory(length), patience.Token);
            if (count == 0)
                break;
            length += count;
            end = buffer.AsSpan(0, length).IndexOf(s_headEnd);
        }
        if (Interlocked.Add(ref _bytesLeft, -length) < 0)
            return false;
        string[] lines = end < 0 ? [] : Encoding.Latin1.GetString(buffer, 0, end).Split("\r\n");
        if (BoundedBody.EncodingsOf(lines).Count == 0)
        {
            await client.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            return end >= 0;
        }
        await client.WriteAsync(buffer.AsMemory(0, end + s_headEnd.Length), cancellationToken);
        var read = buffer.AsMemory(end + s_headEnd.Length, length - end - s_headEnd.Length);
        var body = new BoundedBody.Prefixed(read, new MeteredStream(this, server));
        var isWithinBounds = await new BoundedBody(body, client, MostPageBytes).PassAsync(lines, cancellationToken);
        if (!isWithinBounds && !cancellationToken.IsCancellationRequested)
            Refusal ??= AcquireException.PageTooBig(request.Host);
        return false;
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool counted, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            while (true)
            {
                // A client may well have nothing more to say.
                if (counted)
                    silence.CancelAfter(LongestSilence);
                var count = await from.ReadAsync(buffer, silence.Token);
                if (count == 0 || (counted && Interlocked.Add(ref _bytesLeft, -count) < 0))
                    return;
                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What the server says, as long as it says something in time and there are bytes left to come in.</summary>
    private sealed class MeteredStream(GuardedProxy proxy, Stream server) : BoundedBody.ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            silence.CancelAfter(LongestSilence);
            var count = await server.ReadAsync(buffer, silence.Token);
            return Interlocked.Add(ref proxy._bytesLeft, -count) < 0 ? 0 : count;
        }
    }

    private async Task AnswerAsync(NetworkStream client, string status) => await client.WriteAsync(
        Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"), _stop.Token);
}

/// <summary>The head of a request to a proxy.</summary>
/// <param name="Method">CONNECT or any other.</param>
/// <param name="Target">As it stands in the first line.</param>
/// <param name="Host">The host to connect to, without brackets.</param>
/// <param name="Port">Its port.</param>
/// <param name="Headers">The other lines.</param>
/// <param name="Rest">What came behind the head.</param>
internal sealed record ProxyRequest(
    string Method, string Target, string Host, int Port, IReadOnlyList<string> Headers, ReadOnlyMemory<byte> Rest)
{
    public bool IsConnect => Method == "CONNECT";

    /// <summary>Null when it is none that a proxy could serve.</summary>
    public static ProxyRequest? Parse(string head, ReadOnlyMemory<byte> rest)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, { Length: > 0 } target, "HTTP/1.1" or "HTTP/1.0"])
            return null;
        var address = method == "CONNECT" ? $"http://{target}" : target;
        return Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == "http" && uri.Host.Length > 0 &&
            (method != "CONNECT" || uri.PathAndQuery == "/")
            ? new ProxyRequest(method, target, uri.IdnHost, PortOf(target, uri, method), lines[1..], rest)
            : null;
    }

    /// <summary>
    /// The head as the next one is to get it: the host itself a path, a proxy the whole address and what lets us in there.
    /// </summary>
    public byte[] Forwarded(Uri? upstream)
    {
        var target = IsConnect || upstream is not null ? Target : new Uri(Target).PathAndQuery;
        // One request a connection, so that a second one cannot lead elsewhere.
        var headers = Headers.Where(line => !Is(line, "Connection") && !Is(line, "Proxy-Connection") && !Is(line, "Proxy-Authorization") &&
            !Is(line, "Keep-Alive")).ToList();
        if (!IsConnect)
            headers = [.. headers.Select(WithKnownEncodings), "Connection: close"];
        if (upstream?.UserInfo is { Length: > 0 } login)
            headers.Add($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(login)))}");
        return Encoding.Latin1.GetBytes($"{Method} {target} HTTP/1.1\r\n{string.Concat(headers.Select(line => line + "\r\n"))}\r\n");
    }

    /// <summary>Only what can be looked into is asked for.</summary>
    private static string WithKnownEncodings(string line)
    {
        if (!Is(line, "Accept-Encoding"))
            return line;
        string[] known = [.. line.Split(':', 2)[1].Split(',').Select(encoding => encoding.Trim())
            .Where(encoding => encoding.Split(';')[0].Trim().ToLowerInvariant() is "gzip" or "deflate" or "br" or "identity")];
        return $"Accept-Encoding: {(known.Length == 0 ? "identity" : string.Join(", ", known))}";
    }

    /// <summary>A CONNECT to port 80 says so; an address leaves it out.</summary>
    private static int PortOf(string target, Uri uri, string method) =>
        method == "CONNECT" && target.LastIndexOf(':') is >= 0 and var colon &&
        int.TryParse(target[(colon + 1)..], CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : uri.Port;

    private static bool Is(string line, string header) => line.StartsWith(header + ":", StringComparison.OrdinalIgnoreCase);
}
