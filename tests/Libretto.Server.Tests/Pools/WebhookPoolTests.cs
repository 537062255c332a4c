using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Server.Pools;
using Libretto.Server.Webhooks;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Server.Tests.Pools;

public sealed class WebhookPoolTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_795_400_000));
    private LocalServer _host = null!;
    private (string Body, string Signature) _got;
    private int _status = 202;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WebhookPool Pool => new(new Uri(_host.Address, "start"), "shared secret", _http, _time);

    public async ValueTask InitializeAsync()
    {
        _host = await LocalServer.StartAsync();
        _host.Map("/start", async context =>
        {
            _got = (await new StreamReader(context.Request.Body).ReadToEndAsync(), context.Request.Headers[WebhookSignature.Header].ToString());
            context.Response.StatusCode = _status;
        });
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task The_receiver_can_tell_who_asks_and_when_and_for_which_worker()
    {
        Assert.Equal("row-1", await Pool.StartAsync("row-1", Ct));

        var order = JsonElement.Parse(_got.Body);
        Assert.Equal(("start", "row-1"), (order.GetProperty("action").GetString(), order.GetProperty("worker").GetString()));
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes("shared secret"), Encoding.UTF8.GetBytes("1795400000." + _got.Body));
        Assert.Equal("t=1795400000,v1=" + Convert.ToHexStringLower(hash), _got.Signature);
    }

    [Theory]
    [InlineData(401, "pool_refused")]
    [InlineData(400, "pool_refused")]
    [InlineData(409, "pool_exhausted")]
    [InlineData(429, "pool_exhausted")]
    [InlineData(500, "pool_unreachable")]
    public async Task Each_status_becomes_a_code(int status, string code)
    {
        _status = status;

        var error = await Assert.ThrowsAsync<PoolException>(() => Pool.StartAsync("row-1", Ct));

        Assert.Equal(code, error.Code);
        Assert.DoesNotContain("shared secret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_gone_need_not_be_stopped()
    {
        _status = 404;

        await Pool.StopAsync("row-1", Ct);

        Assert.Contains("\"stop\"", _got.Body, StringComparison.Ordinal);
    }
}
