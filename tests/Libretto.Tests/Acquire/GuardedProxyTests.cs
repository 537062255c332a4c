using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Libretto.Acquire;
using Libretto.Tests.Support;

namespace Libretto.Tests.Acquire;

public sealed class GuardedProxyTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _server.Serve("/song", [.. Enumerable.Repeat((byte)'x', 100_000)]);
        _server.Serve("/other", [.. "other"u8]);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_request_with_a_whole_address_reaches_its_host_as_a_path()
    {
        await using var proxy = Open("127.0.0.1");
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(proxy.Address) });

        Assert.Equal(100_000, (await http.GetByteArrayAsync(new Uri(_server.Address, "song"), Token)).Length);
        Assert.Equal("GET /song", Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task A_tunnel_carries_both_ways()
    {
        await using var proxy = Open("127.0.0.1");
        var answer = await SayAsync(proxy, $"CONNECT {_server.Address.Authority} HTTP/1.1\r\nHost: {_server.Address.Authority}\r\n\r\n" +
            $"GET /other HTTP/1.1\r\nHost: {_server.Address.Authority}\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.EndsWith("other", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CONNECT 127.0.0.1:{0}")]
    [InlineData("CONNECT localhost:{0}")]
    [InlineData("CONNECT [::1]:{0}")]
    [InlineData("CONNECT 2130706433:{0}")]
    [InlineData("CONNECT 0x7f.1:{0}")]
    [InlineData("GET http://127.0.0.1:{0}/other")]
    [InlineData("GET http://[::ffff:127.0.0.1]:{0}/other")]
    [InlineData("GET http://017700000001:{0}/other")]
    [InlineData("GET http://0.0.0.0:{0}/other")]
    public async Task An_address_inside_the_network_is_refused_in_every_notation(string request)
    {
        await using var proxy = Open();

        var answer = await SayAsync(proxy, $"{request.Replace("{0}", $"{_server.Address.Port}", StringComparison.Ordinal)} HTTP/1.1\r\nHost: example.com\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403", answer, StringComparison.Ordinal);
        Assert.Equal("link_private", proxy.Refusal!.Code);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_second_request_on_a_connection_cannot_lead_elsewhere()
    {
        await using var proxy = Open("127.0.0.1");
        var answer = await SayAsync(proxy,
            $"GET {_server.Address}other HTTP/1.1\r\nHost: a\r\n\r\nGET http://127.0.0.2:{_server.Address.Port}/song HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("other", answer, StringComparison.Ordinal);
        Assert.Equal("GET /other", Assert.Single(_server.Requests));
    }

    [Fact]
    public async Task More_bytes_than_allowed_do_not_come_through()
    {
        await using var proxy = Open("127.0.0.1", mostBytes: 50_000);
        var answer = await SayAsync(proxy, $"GET {_server.Address}song HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.InRange(answer.Length, 0, 50_000);
        Assert.True(proxy.IsExhausted);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("gzip, br, gzip")]
    [InlineData("GZIP", true)]
    [InlineData("gzip,gzip", true)]
    public async Task A_page_that_unpacks_to_more_than_any_page_holds_does_not_come_through(string encodings, bool chunked = false)
    {
        var bomb = Pack(new byte[40_000_000], encodings);
        Send("/bomb", bomb, encodings, chunked);
        await using var proxy = Open("127.0.0.1");

        var answer = await SayAsync(proxy, $"GET {_server.Address}bomb HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");

        Assert.Equal("link_page_too_big", proxy.Refusal?.Code);
        Assert.True(answer.Length < bomb.Length, "all of it came through");
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("raw deflate")]
    [InlineData("br")]
    [InlineData("gzip, gzip")]
    [InlineData("identity")]
    [InlineData("gzip", true)]
    public async Task An_ordinary_compressed_page_comes_through_as_it_is(string encodings, bool chunked = false)
    {
        var page = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"<p>{i}</p>")));
        var packed = Pack(page, encodings);
        Send("/page", packed, encodings, chunked);
        await using var proxy = Open("127.0.0.1");
        using var http = new HttpClient(new SocketsHttpHandler { Proxy = new WebProxy(proxy.Address) });

        Assert.Equal(packed, await http.GetByteArrayAsync(new Uri(_server.Address, "page"), Token));
        Assert.Null(proxy.Refusal);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("compress")]
    [InlineData("gzip, gzip, gzip, gzip")]
    public async Task What_cannot_be_looked_into_does_not_come_through(string encodings)
    {
        Send("/odd", new byte[1000], encodings, chunked: false);
        await using var proxy = Open("127.0.0.1");
        var answer = await SayAsync(proxy, $"GET {_server.Address}odd HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.NotNull(proxy.Refusal);
    }

    [Fact]
    public async Task Only_what_can_be_looked_into_is_asked_for()
    {
        var asked = "";
        _server.Map("/asked", context =>
        {
            asked = context.Request.Headers.AcceptEncoding.ToString();
            return Task.CompletedTask;
        });
        await using var proxy = Open("127.0.0.1");
        await SayAsync(proxy, $"GET {_server.Address}asked HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n");
        Assert.Equal("gzip, deflate, br", asked);
    }

    [Theory]
    [InlineData("hello\r\n\r\n")]
    [InlineData("GET /song HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")]
    [InlineData("GET file:///etc/passwd HTTP/1.1\r\n\r\n")]
    [InlineData("GET ftp://127.0.0.1/ HTTP/1.1\r\n\r\n")]
    [InlineData("CONNECT 127.0.0.1/path HTTP/1.1\r\n\r\n")]
    public async Task What_is_no_request_to_a_proxy_is_answered_so(string text)
    {
        await using var proxy = Open("127.0.0.1");
        Assert.StartsWith("HTTP/1.1 400", await SayAsync(proxy, text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_without_an_end_is_not_read_for_ever()
    {
        await using var proxy = Open("127.0.0.1");
        Assert.StartsWith("HTTP/1.1 400", await SayAsync(proxy, "GET http://127.0.0.1/ HTTP/1.1\r\nX: " + new string('x', 65_536 - 34)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_cannot_be_reached_is_remembered()
    {
        await using var proxy = Open("127.0.0.1");
        Assert.StartsWith("HTTP/1.1 502", await SayAsync(proxy, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", proxy.Unreachable);
    }

    [Fact]
    public async Task Its_end_closes_what_is_open()
    {
        var proxy = Open("127.0.0.1");
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Address.Port, Token);
        await client.GetStream().WriteAsync("CONNECT"u8.ToArray(), Token);

        await proxy.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60), Token);

        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, proxy.Address.Port, Token).AsTask());
    }

    private void Send(string path, byte[] body, string encodings, bool chunked) => _server.Map(path, async context =>
    {
        context.Response.Headers.ContentEncoding = encodings.Replace("raw ", "", StringComparison.Ordinal);
        if (!chunked)
            context.Response.ContentLength = body.Length;
        foreach (var part in body.Chunk(10_000))
            await context.Response.Body.WriteAsync(part);
    });

    private static byte[] Pack(byte[] content, string encodings) => encodings.Split(',').Aggregate(content, (packed, encoding) =>
    {
        var memory = new MemoryStream();
        using (Stream stream = encoding.Trim().ToLowerInvariant() switch
        {
            "gzip" => new GZipStream(memory, CompressionLevel.Optimal),
            "deflate" => new ZLibStream(memory, CompressionLevel.Optimal),
            "raw deflate" => new DeflateStream(memory, CompressionLevel.Optimal),
            "br" => new BrotliStream(memory, CompressionLevel.Fastest),
            _ => new BufferedStream(memory),
        })
            stream.Write(packed);
        return memory.ToArray();
    });

    private static GuardedProxy Open(string? allowed = null, long mostBytes = 10_000_000) =>
        new(new NetworkGuard(allowed is null ? null : [allowed]), upstream: null, mostBytes);

    private static async Task<string> SayAsync(GuardedProxy proxy, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Address.Port, Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), Token);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            return await reader.ReadToEndAsync(Token).WaitAsync(TimeSpan.FromSeconds(60), Token);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
