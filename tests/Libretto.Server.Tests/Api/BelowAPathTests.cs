using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Libretto.Server.Web.Export;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Api;

/// <summary>The server below a path of another host, behind nginx set up as docs/proxy.md says, in both of its ways.</summary>
public sealed partial class BelowAPathTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly List<IAsyncDisposable> _started = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        foreach (var one in Enumerable.Reverse(_started))
            await one.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_address_that_is_given_out_leads_back_through_the_proxy(bool stripsPath)
    {
        var (server, proxy) = await StartAsync(stripsPath);

        // A job, from its Location on.
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 0.6), Ct)), "file", "song.wav" } };
        using var posted = await _http.PostAsync(new Uri(proxy, "api/jobs"), form, Ct);
        Assert.Equal(HttpStatusCode.Accepted, posted.StatusCode);
        Assert.StartsWith("/libretto/api/jobs/", posted.Headers.Location!.ToString(), StringComparison.Ordinal);
        var last = await LastEventAsync(new Uri(proxy, posted.Headers.Location + "/events"));
        Assert.Equal("completed", last.Text("status"));
        foreach (var path in Addresses(last).Append(last.Text("results_url")).Append($"{last.GetProperty("links").Text("self")}/karaoke.html"))
        {
            Assert.StartsWith("/libretto/api/", path, StringComparison.Ordinal);
            using var answer = await _http.GetAsync(new Uri(proxy, path), HttpCompletionOption.ResponseHeadersRead, Ct);
            // Seen to its end, the events say so.
            Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        }
        var page = await JsonAsync(new Uri(proxy, "api/jobs?limit=1"));
        Assert.StartsWith("/libretto/api/", page.GetProperty("jobs")[0].GetProperty("links").Text("self"), StringComparison.Ordinal);

        // The page and its files.
        var html = await _http.GetStringAsync(proxy, Ct);
        Assert.Contains("<base href=\"/libretto/\"", html, StringComparison.Ordinal);
        await AllThereAsync(proxy, html);
        using var manifest = JsonDocument.Parse(await _http.GetStringAsync(new Uri(proxy, Manifest().Match(html).Groups[1].Value), Ct));
        Assert.Equal("/libretto/", new Uri(new Uri(proxy, Manifest().Match(html).Groups[1].Value), manifest.RootElement.GetProperty("scope").GetString()).AbsolutePath);
        using var bare = await _http.GetAsync(new Uri(proxy, "/libretto"), Ct);
        Assert.EndsWith("/libretto/", bare.Headers.Location!.ToString(), StringComparison.Ordinal);

        // A shared link, and its sound.
        var links = server.Services.GetRequiredService<ShareLinks>();
        var shared = links.PathOf(await links.MakeAsync(last.Text("id"), TimeSpan.FromDays(1), Ct))[1..];
        await AllThereAsync(proxy, await _http.GetStringAsync(new Uri(proxy, shared), Ct));
        using var sound = await _http.GetAsync(new Uri(proxy, shared + "/audio/mix"), Ct);
        Assert.Equal(HttpStatusCode.OK, sound.StatusCode);

        // The karaoke file knows of no server.
        Assert.DoesNotContain("libretto/", await _http.GetStringAsync(new Uri(proxy, $"api/jobs/{last.Text("id")}/karaoke.html"), Ct), StringComparison.Ordinal);

        // The API's description.
        Assert.Equal(proxy.ToString().TrimEnd('/'), (await JsonAsync(new Uri(proxy, "openapi/v1.json"))).GetProperty("servers")[0].Text("url").TrimEnd('/'));
        using var scalar = await _http.GetAsync(new Uri(proxy, "scalar/"), Ct);
        Assert.Equal(HttpStatusCode.OK, scalar.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_signs_in_stays_below_the_path(bool stripsPath)
    {
        var (server, proxy) = await StartAsync(stripsPath);
        var (_, key) = await server.Services.GetRequiredService<ApiKeys>().CreateAsync("anna", ApiKeys.UserScope, Ct);

        using var asked = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy, "jobs?search=x"));
        asked.Headers.Accept.ParseAdd("text/html");
        using var sent = await _http.SendAsync(asked, Ct);
        var door = new Uri(proxy, sent.Headers.Location!);
        Assert.Equal("/libretto/sign-in?to=%2Fjobs%3Fsearch%3Dx", door.PathAndQuery);

        using var form = await _http.GetAsync(door, Ct);
        var token = Token().Match(await form.Content.ReadAsStringAsync(Ct)).Groups[1].Value;
        using var signing = new HttpRequestMessage(HttpMethod.Post, door)
        {
            Content = new FormUrlEncodedContent([new("_handler", "sign-in"), new("__RequestVerificationToken", token), new("Key", key)]),
        };
        signing.Headers.Add("Cookie", string.Join("; ", form.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));
        using var signed = await _http.SendAsync(signing, Ct);

        Assert.True(signed.StatusCode == HttpStatusCode.Redirect, $"{signed.StatusCode} {token} {await signed.Content.ReadAsStringAsync(Ct)}");
        Assert.Equal("/libretto/jobs?search=x", new Uri(proxy, signed.Headers.Location!).PathAndQuery);
        Assert.All(form.Headers.GetValues("Set-Cookie").Concat(signed.Headers.GetValues("Set-Cookie")),
            cookie => Assert.Contains("path=/libretto;", cookie + ";", StringComparison.OrdinalIgnoreCase));
        using var leaving = new HttpRequestMessage(HttpMethod.Get, new Uri(proxy, "sign-out"));
        leaving.Headers.Add("Cookie", string.Join("; ", signed.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));
        using var left = await _http.SendAsync(leaving, Ct);
        Assert.Equal("/libretto/sign-in", new Uri(proxy, left.Headers.Location!).AbsolutePath);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "/libretto", "")]
    [InlineData("127.0.0.0/8", "/libretto", "/libretto")]
    [InlineData(null, "/libretto/", "/libretto")]
    [InlineData(null, "//elsewhere.example", "")]
    [InlineData(null, "/../x", "")]
    [InlineData(null, "/a\"><script>", "")]
    public async Task A_prefix_counts_from_trusted_proxies_and_as_a_plain_path_alone(string? trusted, string header, string prefix)
    {
        var options = new ServerOptions { DataFolder = _folder["data"], Role = "api", TrustedProxies = trusted is null ? [] : [IPNetwork.Parse(trusted)] };
        var server = await RunningServer.StartAsync(options);
        _started.Add(server);

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Client.Http.BaseAddress!, "/"));
        request.Headers.TryAddWithoutValidation("X-Forwarded-Prefix", header);
        using var answer = await _http.SendAsync(request, Ct);

        Assert.Contains($"<base href=\"{prefix}/\"", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_keys_nobody_comes_in_through_a_proxy_that_speaks_for_another_machine()
    {
        var server = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["data"], Role = "api" });
        _started.Add(server);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/jobs");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        var answer = await server.Client.SendAsync(request);

        Assert.Equal((403, "host_foreign"), ((int)answer.Status, answer.Problem()));
    }

    [Theory]
    [InlineData("libretto", "/libretto")]
    [InlineData("/a/b/", "/a/b")]
    [InlineData("/", "")]
    public void The_setting_is_a_path_however_its_slashes_stand(string text, string path) => Assert.Equal(path, BasePath.Parse(text));

    [Theory]
    [InlineData("/a b")]
    [InlineData("https://songs.example/x")]
    [InlineData("/a/../b")]
    public void A_setting_that_is_no_path_is_refused(string text) => Assert.Throws<FormatException>(() => BasePath.Parse(text));

    private async Task<(RunningServer Server, Uri Proxy)> StartAsync(bool stripsPath)
    {
        var server = await RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["data"], ScanEvery = TimeSpan.FromMilliseconds(500), BasePath = stripsPath ? "" : "/libretto",
        });
        _started.Add(server);
        var proxy = await NginxProxy.StartAsync(server.Client.Http.BaseAddress!, stripsPath);
        _started.Add(proxy);
        return (server, proxy.Address);
    }

    private async Task<JsonElement> LastEventAsync(Uri events)
    {
        using var response = await _http.GetAsync(events, HttpCompletionOption.ResponseHeadersRead, Ct);
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        JsonElement? last = null;
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Ct))
            last = JsonElement.Parse(item.Data);
        return last!.Value;
    }

    private async Task<JsonElement> JsonAsync(Uri address) => JsonElement.Parse(await _http.GetStringAsync(address, Ct));

    private static IEnumerable<string> Addresses(JsonElement job) => job.GetProperty("links").EnumerateObject().SelectMany(link =>
        link.Value.ValueKind == JsonValueKind.String ? [link.Value.GetString()!] : link.Value.EnumerateObject().Select(one => one.Value.GetString()!));

    /// <summary>Fetches all that a document of the page names; none of it is named from the host's root.</summary>
    private async Task AllThereAsync(Uri proxy, string html)
    {
        var named = Named().Matches(html).Select(match => match.Groups[1].Value).Where(address => !address.StartsWith('#')).Distinct().ToList();
        Assert.InRange(named.Count, 5, 60);
        foreach (var address in named.Where(address => address != "/libretto/"))
        {
            Assert.False(address.StartsWith('/'), address);
            using var answer = await _http.GetAsync(new Uri(proxy, address), HttpCompletionOption.ResponseHeadersRead, Ct);
            Assert.True(answer.IsSuccessStatusCode, $"{address}: {answer.StatusCode}");
        }
    }

    [GeneratedRegex("(?:href|src|data-mix|data-waveform|data-vocals)=\"([^\"]*)\"")]
    private static partial Regex Named();

    [GeneratedRegex("rel=\"manifest\" href=\"([^\"]*)\"|href=\"([^\"]*)\" rel=\"manifest\"")]
    private static partial Regex Manifest();

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]*)\"")]
    private static partial Regex Token();
}
