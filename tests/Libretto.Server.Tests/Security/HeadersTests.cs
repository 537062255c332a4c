using System.Net;
using System.Net.Http.Headers;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Security;

public sealed class HeadersTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_answer_carries_them_errors_and_other_peoples_pages_included()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var (_, key) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("boss", ApiKeys.AdminScope, Ct);
        var statuses = new HashSet<HttpStatusCode>();

        foreach (var (method, path, signedIn) in new[]
        {
            ("GET", "/api/jobs", true), ("GET", "/api/jobs", false), ("GET", "/api/jobs/nobody", true), ("POST", "/api/jobs", true), ("PATCH", "/api/jobs", true),
            ("GET", "/health", false), ("GET", "/health/ready", false), ("GET", "/openapi/v1.json", false), ("GET", "/scalar", false), ("GET", "/scalar/scalar.js", false),
            ("GET", "/hangfire", true), ("GET", "/hangfire", false), ("GET", "/", true), ("GET", "/sign-in", false), ("GET", "/service-worker.js", false),
            ("GET", "/no/such/thing", true), ("GET", "/s/forged", false), ("POST", "/v1/audio/transcriptions", true),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (signedIn)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var answer = await server.Client.Http.SendAsync(request, Ct);
            statuses.Add(answer.StatusCode);
            var (where, headers) = ($"{method} {path}: {(int)answer.StatusCode}", answer.Headers);
            Assert.True(headers.TryGetValues("X-Content-Type-Options", out var sniff) && sniff.Single() == "nosniff", where);
            Assert.True(headers.TryGetValues("X-Frame-Options", out var frame) && frame.Single() == "DENY", where);
            Assert.True(headers.TryGetValues("Referrer-Policy", out var referrer) && referrer.Single() == "no-referrer", where);
            Assert.True(headers.TryGetValues("Content-Security-Policy", out var policies), where);
            var policy = Assert.Single(policies);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
            Assert.Equal(path.StartsWith("/scalar", StringComparison.Ordinal) || path == "/hangfire", policy.Contains("script-src 'self' 'unsafe-inline'", StringComparison.Ordinal));
            Assert.True(headers.CacheControl is not null, where);
            Assert.Equal(answer.StatusCode == HttpStatusCode.Unauthorized, headers.WwwAuthenticate.Count == 1);
            Assert.False(headers.Contains("Server") || headers.Contains("X-Powered-By"), where);
        }

        Assert.True(statuses.IsSupersetOf([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed]));
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_tls_browsers_are_told_to_stay_with_it()
    {
        var port = PostgresCluster.FreePort();
        await using var process = await LibrettoProcess.ServeAsync(_folder["data"], port, environment: [("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true")]);
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.Add("X-Forwarded-Proto", "https");

        var forwarded = await client.SendAsync(request);
        var plain = await client.GetAsync("/health");

        Assert.Equal("max-age=31536000", Assert.Single(forwarded.Headers.GetValues("Strict-Transport-Security")));
        Assert.False(plain.Headers.Contains("Strict-Transport-Security"));
    }
}
