using Libretto.Server.Data;
using Libretto.Server.Pools;

namespace Libretto.Server.Tests.Pools;

/// <summary>Fly's Machines API as documented, spoken by a server on this machine: what each of its answers leads to.</summary>
public sealed class FlyPoolTests : IAsyncLifetime
{
    private const string Machines = "/v1/apps/songs/machines";
    private readonly HttpClient _http = new();
    private LocalServer _fly = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private FlyPool Pool => new("songs", "token", _fly.Address, _http);

    public async ValueTask InitializeAsync()
    {
        _fly = await LocalServer.StartAsync();
        List(("m1", "started", "worker"), ("m2", "stopped", "api"), ("m3", "stopped", "worker"), ("m4", "stopped", "worker"));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _fly.DisposeAsync();
    }

    [Fact]
    public async Task A_stopped_machine_of_the_group_is_started_under_a_lease_that_is_given_back()
    {
        Lease("m3", 200);
        string? nonce = null;
        _fly.Map($"{Machines}/m3/start", context =>
        {
            nonce = context.Request.Headers["fly-machine-lease-nonce"];
            return Task.CompletedTask;
        });

        Assert.Equal("m3", await Pool.StartAsync("row", Ct));

        Assert.Equal("secret-nonce", nonce);
        Assert.Equal("Bearer token", _fly.Authorizations[Machines]);
        Assert.Equal(
            [$"GET {Machines}", $"POST {Machines}/m3/lease", $"POST {Machines}/m3/start", $"DELETE {Machines}/m3/lease"], _fly.Requests);
    }

    [Fact]
    public async Task A_machine_that_somebody_else_holds_is_passed_over()
    {
        Lease("m3", 409);
        Lease("m4", 200);
        Answer("m4/start", 200);

        Assert.Equal("m4", await Pool.StartAsync("row", Ct));
    }

    [Theory]
    [InlineData(409)]
    [InlineData(412)]
    public async Task A_machine_that_is_no_longer_stopped_is_passed_over(int status)
    {
        Lease("m3", 200);
        Lease("m4", 200);
        Answer("m3/start", status);
        Answer("m4/start", 200);

        Assert.Equal("m4", await Pool.StartAsync("row", Ct));
        Assert.Contains($"DELETE {Machines}/m3/lease", _fly.Requests);
    }

    [Fact]
    public async Task When_all_machines_run_the_message_says_how_to_get_more()
    {
        List(("m1", "started", "worker"));

        var error = await Assert.ThrowsAsync<PoolException>(() => Pool.StartAsync("row", Ct));

        Assert.Equal("pool_exhausted", error.Code);
        Assert.Contains("fly scale count", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "pool_refused", false)]
    [InlineData(404, "pool_refused", false)]
    [InlineData(429, "pool_unreachable", true)]
    [InlineData(500, "pool_unreachable", true)]
    [InlineData(503, "pool_unreachable", true)]
    public async Task Each_status_becomes_a_code(int status, string code, bool isTransient)
    {
        _fly.Map(Machines, context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        var error = await Assert.ThrowsAsync<PoolException>(() => Pool.StartAsync("row", Ct));

        Assert.Equal((code, isTransient), (error.Code, error.IsTransient));
        Assert.DoesNotContain("token ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("[{\"id\":null}]")]
    [InlineData("null")]
    public async Task Nonsense_is_a_passing_trouble(string body)
    {
        _fly.Map(Machines, context => Json(context, body));

        Assert.Equal("pool_unreachable", (await Assert.ThrowsAsync<PoolException>(() => Pool.StartAsync("row", Ct))).Code);
    }

    [Fact]
    public async Task A_provider_that_is_not_there_is_a_passing_trouble()
    {
        var pool = new FlyPool("songs", "token", new Uri("http://127.0.0.1:1/"), _http);

        Assert.Equal("pool_unreachable", (await Assert.ThrowsAsync<PoolException>(() => pool.StartAsync("row", Ct))).Code);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(404)]
    [InlineData(412)]
    public async Task A_machine_that_never_came_is_stopped_or_gone(int status)
    {
        Answer("m3/stop", status);

        await Pool.StopAsync("m3", Ct);

        Assert.Contains($"POST {Machines}/m3/stop", _fly.Requests);
    }

    private void List(params (string Id, string State, string Group)[] machines) => _fly.Map(Machines, context => Json(
        context,
        "[" + string.Join(',', machines.Select(machine =>
            $$$"""{"id":"{{{machine.Id}}}","name":"x","state":"{{{machine.State}}}","config":{"metadata":{"fly_process_group":"{{{machine.Group}}}"} } }""")) + "]"));

    private void Lease(string machine, int status) => _fly.Map($"{Machines}/{machine}/lease", context =>
    {
        context.Response.StatusCode = status;
        return Json(context, """{"status":"success","data":{"nonce":"secret-nonce","expires_at":1795400000,"owner":"x","description":"libretto"}}""");
    });

    private void Answer(string path, int status) => _fly.Map($"{Machines}/{path}", context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    private static async Task Json(Microsoft.AspNetCore.Http.HttpContext context, string body)
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body));
    }
}
