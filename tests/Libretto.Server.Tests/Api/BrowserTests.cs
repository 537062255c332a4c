using System.Net;
using System.Net.Sockets;
using System.Text;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api;

/// <summary>What pages of other sites may do, and what slow clients may do.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private const string Page = "https://page.example";

    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api", CorsOrigins = [Page] });

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_whose_origin_is_configured_may_call_the_api_and_see_where_a_job_is()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/jobs");
        preflight.Headers.Add("Origin", Page);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "idempotency-key");
        var allowed = await _server.Client.SendAsync(preflight);
        var answer = await FromAsync(Page);

        Assert.Equal(HttpStatusCode.NoContent, allowed.Status);
        Assert.Equal([Page], allowed.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal([Page], answer.Headers.GetValues("Access-Control-Allow-Origin"));
        Assert.Contains("Location", string.Join(',', answer.Headers.GetValues("Access-Control-Expose-Headers")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Any_other_page_is_refused()
    {
        var answer = await FromAsync("https://elsewhere.example");
        Assert.Equal("origin_foreign", answer.Problem());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task An_upload_that_trickles_is_given_up()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(IPAddress.Loopback, _server.Client.Http.BaseAddress!.Port, Ct);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000000\r\n\r\n" +
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF1234WAVE"), Ct);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        var trickle = Task.Run(async () =>
        {
            try
            {
                for (; !limit.IsCancellationRequested; await Task.Delay(500, limit.Token))
                    await stream.WriteAsync(new byte[1], limit.Token);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The server has hung up, or the test is over.
            }
        }, Ct);

        var head = await new StreamReader(stream).ReadLineAsync(limit.Token);
        await limit.CancelAsync();
        await trickle;

        Assert.Equal("HTTP/1.1 408 Request Timeout", head);
    }

    private async Task<Answer> FromAsync(string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        request.Headers.Add("Origin", origin);
        return await _server.Client.SendAsync(request);
    }
}
