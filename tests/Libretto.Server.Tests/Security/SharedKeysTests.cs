using System.Net;
using Libretto.Pipeline;
using Libretto.Server.Data;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Libretto.Server.Web.Export;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Security;

/// <summary>Several orchestrators on one PostgreSQL, each with a data folder of its own.</summary>
public sealed class SharedKeysTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Who_signed_in_at_one_orchestrator_is_known_to_the_other_and_its_links_open_there()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var one = await StartAsync(database, "one", "secret");
        await using var other = await StartAsync(database, "other", "secret");
        var (song, link) = await ShareAsync(one);
        var (_, text) = await one.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);

        Assert.Equal(HttpStatusCode.OK, await LookAsync(other, CookieOf(one, text)));
        Assert.Equal(song, (await other.Services.GetRequiredService<ShareLinks>().OpenAsync(link, Ct))!.JobId);
    }

    [Fact]
    public async Task A_copy_of_the_database_without_the_secret_opens_nothing()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var one = await StartAsync(database, "one", "secret");
        await using var thief = await StartAsync(database, "thief", "guess");
        var (_, link) = await ShareAsync(one);
        var (_, text) = await one.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(thief, CookieOf(one, text)));
        Assert.Null(await thief.Services.GetRequiredService<ShareLinks>().OpenAsync(link, Ct));
        await using var context = await one.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        var rows = await context.DataKeys.ToListAsync(Ct);
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.DoesNotContain("masterKey", System.Text.Encoding.Latin1.GetString(Convert.FromBase64String(row.Sealed)), StringComparison.Ordinal));
    }

    private Task<RunningServer> StartAsync(string database, string folder, string secret) =>
        RunningServer.StartAsync(new ServerOptions { DataFolder = _folder[folder], Database = database, Role = "api", Secret = secret });

    /// <summary>A song and a link to it, made while no keys are in use.</summary>
    private async Task<(string Song, string Token)> ShareAsync(RunningServer server)
    {
        var song = await server.Client.PostAsync(TestAudio.Tone(_folder, 1));
        var links = server.Services.GetRequiredService<ShareLinks>();
        return (song, links.PathOf(await links.MakeAsync(song, TimeSpan.FromHours(1), Ct))[(ShareLinks.Root.Length + 1)..]);
    }

    private static string CookieOf(RunningServer server, string key)
    {
        var context = new DefaultHttpContext();
        server.Services.GetRequiredService<SignInCookie>().Set(context, key);
        return context.Response.Headers.SetCookie.ToString().Split(';')[0];
    }

    private static async Task<HttpStatusCode> LookAsync(RunningServer server, string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        request.Headers.Add("Cookie", cookie);
        return (await server.Client.SendAsync(request)).Status;
    }
}
