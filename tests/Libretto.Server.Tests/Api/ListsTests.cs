using System.Net;
using System.Text;
using System.Text.Json;
using Libretto.Server.Tests.Support;
using Libretto.Settings;

namespace Libretto.Server.Tests.Api;

/// <summary>Lists of songs as groups of jobs, with a site on the loopback, the real yt-dlp and the real engine.</summary>
public sealed class ListsTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private LinkSite _site = null!;
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _site = await LinkSite.StartAsync();
        var song = await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 2, name: "tone.mp3"), Ct);
        foreach (var name in new[] { "One", "Two", "Three" })
            _site.ServeBytes($"/{name}.mp3", "audio/mpeg", song);
        var items = new[] { "One", "Two", "Three" }.Select(name => $"<item><title>{name}</title><link>{_site.Address(name + ".mp3")}</link></item>");
        _site.ServeBytes("/album", "application/rss+xml", Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>An album</title>{string.Concat(items)}</channel></rss>"));
        _server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"], RetryDelays = [], ScanEvery = TimeSpan.FromMilliseconds(500) },
            settings: new LibrettoSettings { AllowNetworks = ["127.0.0.0/8"] });
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        if (_site is not null)
            await _site.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_link_to_a_list_becomes_a_group_of_jobs_named_after_it_with_one_progress()
    {
        await LinkSite.NeedYtDlpAsync();
        var posted = await PostAsync($$"""{"url":"{{_site.Address("album")}}","options":{"language":"en"} }""", "first");
        Assert.True(posted.Status == HttpStatusCode.Accepted, posted.Text);
        var list = posted.Json;
        Assert.Equal(("An album", 3.0, 3.0), (list.Text("name"), list.Number("found"), list.Number("count")));
        Assert.Equal($"/api/lists/{list.Text("id")}", posted.Headers.Location!.ToString());

        var jobs = await JobsAsync(list.Text("id"));
        Assert.Equal(3, jobs.Count);
        foreach (var job in jobs)
        {
            Assert.Equal(list.Text("id"), job.Text("list_id"));
            Assert.Equal("en", job.GetProperty("options").Text("language"));
            Assert.Equal("completed", (await Client.FinishAsync(job.Text("id"))).Text("status"));
        }
        var done = (await Client.GetAsync($"/api/lists/{list.Text("id")}")).Json;
        Assert.Equal(("completed", 100.0), (done.Text("status"), done.Number("pct")));
        Assert.Equal(3, done.GetProperty("counts").Number("completed"));
        Assert.Equal(list.Text("id"), (await Client.GetAsync("/api/lists")).Json.GetProperty("lists")[0].Text("id"));

        // The same request again is the same list and the same jobs.
        var again = await PostAsync($$"""{"url":"{{_site.Address("album")}}","options":{"language":"en"} }""", "first");
        Assert.Equal(list.Text("id"), again.Json.Text("id"));
        Assert.Equal(3, (await JobsAsync(list.Text("id"))).Count);
    }

    [Fact]
    public async Task A_file_that_names_links_is_a_list_too_and_what_cannot_be_had_is_told()
    {
        var text = $"#EXTM3U\r\n{_site.Address("One.mp3")}\r\n{_site.Address("gone.mp3")}\r\nC:\\Musik\\Stille.mp3\r\n{_site.Address("One.mp3")}\r\n";
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(Encoding.Latin1.GetBytes(text)), "file", "Süßes.m3u" },
            { new StringContent("""{"language":"en"}"""), "options" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/lists") { Content = form };
        var posted = await Client.SendAsync(request);
        Assert.True(posted.Status == HttpStatusCode.Accepted, posted.Text);
        Assert.Equal(("Süßes", 3.0, 2.0), (posted.Json.Text("name"), posted.Json.Number("found"), posted.Json.Number("count")));
        Assert.Contains("1 files", posted.Json.GetProperty("left_out")[0].GetString(), StringComparison.Ordinal);

        var id = posted.Json.Text("id");
        foreach (var job in await JobsAsync(id))
            await Client.FinishAsync(job.Text("id"));
        // One is there and one is not: the whole is done all the same.
        var list = (await Client.GetAsync($"/api/lists/{id}")).Json;
        Assert.Equal(("completed", 100.0), (list.Text("status"), list.Number("pct")));
        Assert.Equal((1.0, 1.0), (list.GetProperty("counts").Number("completed"), list.GetProperty("counts").Number("failed")));
    }

    [Fact]
    public async Task The_command_line_posts_the_links_of_a_list_as_one_and_its_files_beside_it()
    {
        File.WriteAllText(_folder["Party.m3u8"], $"{_site.Address("One.mp3")}\n{_site.Address("Two.mp3")}\ntone.mp3\n");

        var (exitCode, output, errors) = await LibrettoProcess.RunAsync(
            ["jobs", "submit", _folder["Party.m3u8"], "--language", "en"], ("LIBRETTO_SERVER", Client.Http.BaseAddress!.AbsoluteUri));

        Assert.True(exitCode == 0, errors);
        var list = Assert.Single((await Client.GetAsync("/api/lists")).Json.GetProperty("lists").EnumerateArray());
        Assert.Equal(("Party", 2.0), (list.Text("name"), list.Number("count")));
        var ids = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var ofList = (await JobsAsync(list.Text("id"))).Select(job => job.Text("id")).Reverse();
        Assert.Equal(ofList, ids[..2]);
        Assert.Equal("tone.mp3", (await Client.JobAsync(ids[2])).Text("file_name"));
        Assert.Equal(3, ids.Length);
        Assert.Equal("en", (await Client.JobAsync(ids[2])).GetProperty("options").Text("language"));
    }

    [Theory]
    [InlineData("""{"url":"no link"}""", 422, "link_invalid")]
    [InlineData("""{"url":"https://example.org/list","items":0}""", 422, "option_invalid")]
    [InlineData("""{"url":"https://example.org/list","options":{"title":"One"}}""", 422, "option_invalid")]
    [InlineData("""{"link":"https://example.org/list"}""", 400, "unknown_field")]
    public async Task What_is_no_list_is_refused_in_words(string json, int status, string code)
    {
        var answer = await PostAsync(json);
        Assert.Equal((status, code), ((int)answer.Status, answer.Json.Text("code")));
    }

    [Fact]
    public async Task A_list_can_be_cancelled_as_a_whole_and_is_nobody_elses()
    {
        using var form = new MultipartFormDataContent { { new StringContent($"{_site.Address("One.mp3")}\n{_site.Address("Two.mp3")}\n"), "file", "two.m3u8" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/lists") { Content = form };
        var id = (await Client.SendAsync(request)).Json.Text("id");
        var cancelled = await Client.SendAsync(HttpMethod.Post, $"/api/lists/{id}/cancel");
        Assert.True(cancelled.Status == HttpStatusCode.OK, cancelled.Text);
        foreach (var job in await JobsAsync(id))
            await Client.FinishAsync(job.Text("id"));
        Assert.Equal(100, (await Client.GetAsync($"/api/lists/{id}")).Json.Number("pct"));
        Assert.Equal("list_unknown", (await Client.GetAsync("/api/lists/other")).Json.Text("code"));
    }

    private async Task<List<JsonElement>> JobsAsync(string list) =>
        [.. (await Client.GetAsync($"/api/jobs?list={list}")).Json.GetProperty("jobs").EnumerateArray()];

    private Task<Answer> PostAsync(string json, string? idempotencyKey = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/api/lists") { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return Client.SendAsync(request);
    }
}
