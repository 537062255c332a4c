using System.Net;
using System.Net.Http.Headers;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Security;

/// <summary>Who gets in: asked of every address that the server has, so that none is forgotten.</summary>
public sealed class GateTests : IDisposable
{
    // What needs no key, and why: whether it lives, what the API is like, and the page's way to sign in. A shared link is itself the key.
    private static readonly string[] s_open = ["/health", "/openapi", "/scalar", "/page", "/service-worker.js", "/favicon.ico", "/sign-in", "/s/", "/p/"];

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_address_asks_for_a_key_but_those_that_are_meant_to_be_open()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);
        var asked = 0;

        foreach (var endpoint in server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            var path = "/" + Placeholder().Replace(endpoint.RoutePattern.RawText!.TrimStart('/'), "x");
            if (s_open.Any(open => path.StartsWith(open, StringComparison.Ordinal)))
                continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET", "POST"])
            {
                var answer = await server.Client.SendAsync(new HttpMethod(method), path);
                Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{method} {path}: {(int)answer.Status}");
                asked++;
            }
        }

        Assert.InRange(asked, 20, 1000);
    }

    [Fact]
    public async Task The_dashboard_is_the_administrators_and_its_buttons_need_its_own_page()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var keys = server.Services.GetRequiredService<ApiKeys>();
        var (_, user) = await keys.CreateAsync("anna", ApiKeys.UserScope, Ct);
        var (_, admin) = await keys.CreateAsync("boss", ApiKeys.AdminScope, Ct);

        var closed = await AskAsync(server, HttpMethod.Get, "/hangfire", user);
        var hidden = await AskAsync(server, HttpMethod.Get, "/hangfire/../hangfire/servers", user);
        var open = await AskAsync(server, HttpMethod.Get, "/hangfire", admin);
        // What a page of another site could make the administrator's browser send, its remembered password included.
        var forged = await AskAsync(server, HttpMethod.Post, "/hangfire/jobs/actions/delete", admin, "https://elsewhere.example");

        Assert.Equal((HttpStatusCode.Forbidden, "admin_only"), (closed.Status, closed.Problem()));
        Assert.Equal(HttpStatusCode.Forbidden, hidden.Status);
        Assert.Equal(HttpStatusCode.OK, open.Status);
        Assert.True((int)forged.Status is >= 400 and < 500, $"{forged.Status}");
    }

    private static async Task<Answer> AskAsync(RunningServer server, HttpMethod method, string path, string key, string? origin = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("me:" + key)));
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        return await server.Client.SendAsync(request);
    }

    private static System.Text.RegularExpressions.Regex Placeholder() => new(@"\{[^}]*\}");
}
