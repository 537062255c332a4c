using System.Net;
using System.Net.Http.Headers;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Security;

public sealed class KeysTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_sees_only_its_own_jobs_and_an_admin_key_all()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var keys = server.Services.GetRequiredService<ApiKeys>();
        var (_, anna) = await keys.CreateAsync("anna", ApiKeys.UserScope, Ct);
        var (_, bert) = await keys.CreateAsync("bert", ApiKeys.UserScope, Ct);
        var (_, boss) = await keys.CreateAsync("boss", ApiKeys.AdminScope, Ct);
        var song = TestAudio.Tone(_folder, 1);

        Use(server, anna);
        var hers = await server.Client.PostAsync(song, """{"title":"secret of anna"}""");
        await server.Client.FinishAsync(hers);
        var own = await server.Client.GetAsync($"/api/jobs/{hers}");
        Use(server, bert);
        var foreign = new List<Answer>();
        foreach (var path in (string[])["", "/steps", "/events", "/lyrics.json", "/audio/mix"])
            foreign.Add(await server.Client.GetAsync($"/api/jobs/{hers}{path}"));
        foreign.Add(await server.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{hers}/cancel"));
        foreign.Add(await server.Client.SendAsync(HttpMethod.Delete, $"/api/jobs/{hers}"));
        var his = (await server.Client.TryPostAsync(song, """{"title":"secret of anna"}""")).Json;
        var list = await server.Client.GetAsync("/api/jobs");
        var closed = await server.Client.GetAsync("/hangfire");
        Use(server, boss);
        var seen = await server.Client.GetAsync($"/api/jobs/{hers}");
        var dashboard = await server.Client.GetAsync("/hangfire");

        Assert.Equal(HttpStatusCode.OK, own.Status);
        Assert.All(foreign, answer => Assert.Equal("job_unknown", answer.Problem()));
        // Shared from the store: the same result, nothing of whose it was.
        Assert.Equal("completed", his.Text("status"));
        Assert.DoesNotContain(hers, list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(hers, his.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, seen.Status);
        Assert.Equal(HttpStatusCode.Forbidden, closed.Status);
        Assert.Equal(HttpStatusCode.OK, dashboard.Status);
    }

    [Fact]
    public async Task Without_the_right_key_nothing_but_health_answers()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });
        var keys = server.Services.GetRequiredService<ApiKeys>();
        var (key, text) = await keys.CreateAsync("anna", ApiKeys.UserScope, Ct);

        var none = await server.Client.GetAsync("/api/jobs");
        Use(server, text + "0");
        var wrong = await server.Client.GetAsync("/api/jobs");
        Use(server, "lib_" + key.Id + "_" + key.Hash);
        var hash = await server.Client.GetAsync("/api/jobs");
        Use(server, text);
        var right = await server.Client.GetAsync("/api/jobs");
        Assert.True(await keys.RevokeAsync("anna", Ct));
        var revoked = await server.Client.GetAsync("/api/jobs");
        var health = await server.Client.GetAsync("/health");

        Assert.Equal((HttpStatusCode.Unauthorized, "key_missing"), (none.Status, none.Problem()));
        Assert.Equal((HttpStatusCode.Unauthorized, "key_invalid"), (wrong.Status, wrong.Problem()));
        Assert.Equal("key_invalid", hash.Problem());
        Assert.Equal(HttpStatusCode.OK, right.Status);
        Assert.Equal("key_invalid", revoked.Problem());
        Assert.Equal(HttpStatusCode.OK, health.Status);
    }

    [Fact]
    public async Task Too_many_requests_of_a_key_are_told_when_to_come_back()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], RequestsPerMinute = 5 });
        var (_, text) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);
        Use(server, text);

        var answers = new List<Answer>();
        for (var i = 0; i < 8; i++)
            answers.Add(await server.Client.GetAsync("/api/jobs"));

        Assert.Equal(5, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Equal("too_many_requests", answers[^1].Problem());
        Assert.True(answers[^1].Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Without_keys_an_open_address_is_refused_and_with_one_it_is_served()
    {
        var port = PostgresCluster.FreePort();
        string[] serve = ["serve", "--data", _folder["data"], "--urls", $"http://0.0.0.0:{port}"];
        var refused = await LibrettoProcess.RunAsync(serve);
        var created = await LibrettoProcess.RunAsync(["keys", "create", "--name", "ci", "--data", _folder["data"]]);
        var listed = await LibrettoProcess.RunAsync(["keys", "list", "--data", _folder["data"]]);
        var revoked = await LibrettoProcess.RunAsync(["keys", "revoke", "ci", "--data", _folder["data"]]);
        var again = await LibrettoProcess.RunAsync(["keys", "revoke", "ci", "--data", _folder["data"]]);

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("libretto keys create", refused.Errors, StringComparison.Ordinal);
        Assert.StartsWith("lib_", created.Output, StringComparison.Ordinal);
        Assert.Contains("ci", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Output.Trim().Split('_')[2], listed.Output, StringComparison.Ordinal);
        Assert.Equal((0, 3), (revoked.ExitCode, again.ExitCode));
    }

    [Fact]
    public async Task Health_tells_the_parts()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });

        var ready = await server.Client.GetAsync("/health/ready");

        Assert.Contains(ready.Json.Text("status"), (string[])["healthy", "degraded"]);
        foreach (var part in (string[])["database", "store", "disk", "models", "queue"])
            Assert.NotEqual("unhealthy", ready.Json.GetProperty("parts").GetProperty(part).Text("status"));
        Assert.DoesNotContain(_folder.Path, ready.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_api_describes_itself()
    {
        await using var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"] });

        var document = (await server.Client.GetAsync("/openapi/v1.json")).Json;
        var page = await server.Client.GetAsync("/scalar");

        var paths = document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToList();
        foreach (var path in (string[])["/api/jobs", "/api/jobs/{id}", "/api/jobs/{id}/steps", "/api/jobs/{id}/events", "/api/jobs/{id}/cancel", "/api/jobs/{id}/retry",
            "/api/jobs/{id}/lyrics", "/api/jobs/{id}/audio/{name}", "/v1/audio/transcriptions", "/v1/audio/translations", "/v1/models"])
            Assert.Contains(path, paths);
        Assert.Equal(HttpStatusCode.OK, page.Status);
    }

    private static void Use(RunningServer server, string key) =>
        server.Client.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
}
