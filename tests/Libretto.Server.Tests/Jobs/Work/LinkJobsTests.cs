using System.Net;
using System.Text.Json;
using Libretto.Server.Data;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>Jobs for links to a site on the loopback, with the real yt-dlp and the real engine.</summary>
public sealed class LinkJobsTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private LinkSite _site = null!;
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobClient Client => _server.Client;

    public async ValueTask InitializeAsync()
    {
        _site = await LinkSite.StartAsync();
        _site.ServeBytes("/media/song.mp3", "audio/mpeg", await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 2, name: "tone.mp3"), Ct));
        _site.ServePage("/page", "The Testers - Loopback Blues (Official Video)", "/media/song.mp3");
        _server = await StartAsync();
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
    public async Task A_link_becomes_lyrics_and_the_same_link_again_is_answered_at_once()
    {
        await LinkSite.NeedYtDlpAsync();

        var job = await Client.FinishAsync(await Client.PostLinkAsync(_site.Address("page")));
        var asked = _site.AskedAltogether;
        var again = await Client.TryPostLinkAsync($$"""{"url":"{{_site.Address("page")}}?utm_source=x#t=3"}""");

        Assert.True(job.Text("status") == "completed", job.GetRawText());
        Assert.Equal(("The Testers", "Loopback Blues", _site.Address("page")), (job.Text("artist"), job.Text("title"), job.Text("url")));
        Assert.InRange(job.Number("duration"), 1.9, 2.2);
        var acquire = Steps(job, "acquire")[0];
        Assert.Equal(("completed", "download"), (acquire.Text("status"), acquire.Text("method")));
        Assert.Equal(30, acquire.Number("percentage"));
        Assert.InRange(job.Number("processing_time_seconds"), acquire.Number("duration"), 600);
        // Downloading and reading what came are one step to whoever looks.
        var seen = (await Client.GetAsync($"/api/jobs/{job.Text("id")}/steps")).Json.GetProperty("steps")[0];
        Assert.Equal(("completed", "downloaded by yt-dlp"), (seen.Text("status"), seen.Text("message")));
        Assert.Equal(Steps(job, "acquire").Sum(step => step.Number("duration")), seen.Number("duration"), 0.002);
        var document = (await Client.GetAsync(job.Text("results_url"))).Json;
        Assert.Equal(("link", _site.Address("page")), (document.GetProperty("source").Text("kind"), document.GetProperty("source").Text("url")));
        Assert.Equal("Loopback Blues", document.Text("title"));
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/api/jobs/{job.Text("id")}/audio/mix")).Status);
        Assert.Equal(("completed", "cache"), (again.Json.Text("status"), again.Json.Text("processing_method")));
        Assert.Equal("Loopback Blues", again.Json.Text("title"));
        Assert.Equal(asked, _site.AskedAltogether);
    }

    [Fact]
    public async Task A_link_takes_lyrics_and_options_as_a_file_does()
    {
        _site.ServeBytes("/media/speech.wav", "audio/wav", await File.ReadAllBytesAsync(Samples.TwoLines, Ct));
        const string Options =
            """
            {"language":"en","engine":"whisper","model":"whisper-base","quality":"fast","separate":"never","stems":false,"formats":["lrc"],"title":"Inaugural","artist":"Kennedy"}
            """;

        var answer = await Client.TryPostLinkAsync(
            $$"""{"url":"{{_site.Address("media/speech.wav")}}","lyrics":"And so, my fellow Americans,\nask not what your country can do for you","options":{{Options}}}""");
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        var job = await Client.FinishAsync(answer.Json.Text("id"));

        Assert.True(job.Text("status") == "completed", job.GetRawText());
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(Options), job.GetProperty("options")), job.GetRawText());
        Assert.Equal(("Inaugural", "Kennedy"), (job.Text("title"), job.Text("artist")));
        Assert.Equal("And so, my fellow Americans,\nask not what your country can do for you\n", (await Client.GetAsync($"/api/jobs/{job.Text("id")}/lyrics.txt")).Text);
    }

    [Fact]
    public async Task Fifty_clients_with_one_link_cost_one_download_and_one_transcription()
    {
        var posted = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Client.PostLinkAsync(_site.Address("media/song.mp3"))));
        var jobs = await Task.WhenAll(posted.Select(Client.FinishAsync));

        Assert.All(jobs, job => Assert.True(job.Text("status") == "completed", job.GetRawText()));
        Assert.Equal(1, _site.Asked("/media/song.mp3"));
        Assert.Single(jobs, job => Steps(job, "transcribe").Count > 0);
    }

    [Theory]
    [InlineData("file:///etc/passwd", "link_invalid")]
    [InlineData("", "link_invalid")]
    [InlineData("http://10.0.0.1/song.mp3", "link_private")]
    [InlineData("http://2130706434/song.mp3", "link_private")]
    [InlineData("http://[::ffff:10.0.0.1]/song.mp3", "link_private")]
    [InlineData("http://0xa000001/song.mp3", "link_private")]
    [InlineData("http://012.0.0.1/song.mp3", "link_private")]
    [InlineData("http://0.0.0.0/song.mp3", "link_private")]
    [InlineData("http://[::1]/song.mp3", "link_private")]
    [InlineData("http://169.254.169.254/latest/meta-data/", "link_private")]
    [InlineData("https://www.youtube.com/playlist?list=PL1", "link_playlist")]
    public async Task A_bad_link_is_refused_before_it_becomes_a_job(string url, string code)
    {
        var answer = await Client.TryPostLinkAsync($$"""{"url":"{{url}}"}""");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task What_a_link_turns_out_to_be_fails_the_job_with_a_code_of_its_own()
    {
        await LinkSite.NeedYtDlpAsync();
        var song = await File.ReadAllBytesAsync(_folder["tone.mp3"], Ct);
        _site.ServeBytes("/empty", "text/html", "<html><p>Nothing here.</p></html>"u8.ToArray());
        _site.ServeBytes("/text.mp3", "audio/mpeg", "not a song at all"u8.ToArray());
        _site.ServeBytes("/long.flac", "audio/flac", await File.ReadAllBytesAsync(TestAudio.Silence(_folder, 400, name: "long.flac"), Ct));
        _site.Map("/inside.mp3", context =>
        {
            context.Response.Redirect($"http://127.0.0.2:{_site.Port}/media/song.mp3");
            return Task.CompletedTask;
        });
        _site.Map("/endless.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(song, context.RequestAborted);
        });

        foreach (var (path, code) in ((string, string)[])
            [("empty", "link_unsupported"), ("text.mp3", "link_unsupported"), ("long.flac", "link_too_long"), ("inside.mp3", "link_private"), ("endless.mp3", "link_too_big"), ("gone.mp3", "link_removed")])
        {
            var job = await Client.FinishAsync(await Client.PostLinkAsync(_site.Address(path)));
            Assert.Equal(("failed", code), (job.Text("status"), job.Text("error_code")));
            Assert.DoesNotContain(_folder.Path, job.GetRawText(), StringComparison.Ordinal);
            var step = Assert.Single(Steps(job, "acquire"));
            Assert.Equal(("failed", job.Text("error_message")), (step.Text("status"), step.Text("message")));
            Assert.InRange(step.Number("duration"), 0, 60);
        }
        Assert.Equal(0, _site.Asked("/media/song.mp3"));
    }

    [Fact]
    public async Task Cookies_are_an_admins_and_lie_encrypted_until_the_song_is_here()
    {
        await LinkSite.NeedYtDlpAsync();
        const string Cookie = "127.0.0.1\\tFALSE\\t/\\tFALSE\\t4102444800\\tSID\\tletmein\\n";
        var hold = new TaskCompletionSource();
        var cookie = "";
        _site.Map("/members", async context =>
        {
            cookie = context.Request.Headers.Cookie.ToString();
            await hold.Task;
            await LinkSite.SendAsync(context, "text/html", "<html><title>A - B</title><audio src=\"/media/song.mp3\"></audio></html>"u8.ToArray());
        });
        var keys = _server.Services.GetRequiredService<ApiKeys>();
        var (_, user) = await keys.CreateAsync("user", ApiKeys.UserScope, Ct);
        var (_, admin) = await keys.CreateAsync("admin", ApiKeys.AdminScope, Ct);
        var post = $$"""{"url":"{{_site.Address("members")}}","cookies":"{{Cookie}}"}""";

        Use(user);
        var refused = await Client.TryPostLinkAsync(post);
        Use(admin);
        var broken = await Client.TryPostLinkAsync($$"""{"url":"{{_site.Address("members")}}","cookies":"SID=letmein"}""");
        var expired = await Client.TryPostLinkAsync(post.Replace("4102444800", "1000000000", StringComparison.Ordinal));
        var taken = await Client.TryPostLinkAsync(post);
        var id = taken.Json.Text("id");
        var stored = await CookiesOfAsync(id);
        hold.SetResult();
        var job = await Client.FinishAsync(id);
        var other = await Client.TryPostLinkAsync($$"""{"url":"{{_site.Address("members")}}"}""");

        Assert.Equal("admin_only", refused.Problem());
        Assert.Equal("cookies_invalid", broken.Problem());
        Assert.Equal("cookies_expired", expired.Problem());
        Assert.NotNull(stored);
        Assert.DoesNotContain("letmein", stored + taken.Text + job.GetRawText() + broken.Text, StringComparison.Ordinal);
        Assert.Equal(("completed", "SID=letmein"), (job.Text("status"), cookie));
        Assert.Null(await CookiesOfAsync(id));
        // What only some are shown is not handed to the next who asks.
        Assert.Equal("queued", other.Json.Text("status"));
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{other.Json.Text("id")}/cancel");
    }

    [Fact]
    public async Task Cookies_of_the_servers_own_that_are_of_no_use_are_no_reason_to_fail()
    {
        await File.WriteAllTextAsync(_folder["old.txt"], "127.0.0.1\tFALSE\t/\tFALSE\t1000000000\tSID\tletmein\n", Ct);
        await using var server = await StartAsync(new LibrettoSettings { Cookies = _folder["old.txt"] }, data: "old");
        var job = await server.Client.FinishAsync(await server.Client.PostLinkAsync(_site.Address("media/song.mp3")));
        Assert.True(job.Text("status") == "completed", job.GetRawText());
        Assert.DoesNotContain(_folder.Path, job.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_line_posts_links_and_with_an_admins_key_cookies()
    {
        await LinkSite.NeedYtDlpAsync();
        var keys = _server.Services.GetRequiredService<ApiKeys>();
        var (_, user) = await keys.CreateAsync("user", ApiKeys.UserScope, Ct);
        var (_, admin) = await keys.CreateAsync("admin", ApiKeys.AdminScope, Ct);
        var seen = "";
        _site.Map("/members.mp3", context =>
        {
            seen = context.Request.Headers.Cookie.ToString();
            context.Response.StatusCode = seen.Length > 0 ? 200 : 401;
            return LinkSite.SendAsync(context, "audio/mpeg", File.ReadAllBytes(_folder["tone.mp3"]));
        });
        await File.WriteAllTextAsync(_folder["cookies.txt"], "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tSID\tletmein\n", Ct);

        var plain = await SubmitAsync(user, _site.Address("media/song.mp3"), "--watch");
        var refused = await SubmitAsync(user, _site.Address("members.mp3"), "--cookies", _folder["cookies.txt"]);
        var inside = await SubmitAsync(user, "http://10.0.0.1/song.mp3", _site.Address("media/song.mp3"));
        var opened = await SubmitAsync(admin, _site.Address("members.mp3"), "--cookies", _folder["cookies.txt"], "--watch");

        Assert.True(plain.ExitCode == 0, plain.Errors);
        Assert.Contains("100 %", plain.Errors, StringComparison.Ordinal);
        Assert.Contains("admin key", refused.Errors, StringComparison.Ordinal);
        // One that is refused does not keep the other from being posted.
        Assert.Equal((3, 1), (inside.ExitCode, inside.Output.Trim().Split('\n').Length));
        Assert.Contains("LIBRETTO_ALLOW_NETWORKS", inside.Errors, StringComparison.Ordinal);
        Assert.True(opened.ExitCode == 0, opened.Errors);
        Assert.Equal("SID=letmein", seen);
        Assert.DoesNotContain("letmein", opened.Errors + refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_a_download_at_once()
    {
        _site.Map("/slow.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            await context.Response.Body.WriteAsync(new byte[1000], context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var id = await Client.PostLinkAsync(_site.Address("slow.mp3"));
        await Client.BegunAsync(id);
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");
        Assert.Equal("cancelled", (await Client.FinishAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Alone_a_machine_does_not_hand_a_failure_to_itself()
    {
        var program = LinkSite.Failing(_folder, "yt-dlp", "[youtube] x: Sign in to confirm you are not a bot");
        await using var alone = await StartAsync(new LibrettoSettings { YtDlp = program }, data: "alone");

        var job = await alone.Client.FinishAsync(await alone.Client.PostLinkAsync(_site.Address("page")));

        Assert.Equal(("failed", "link_sign_in"), (job.Text("status"), job.Text("error_code")));
        Assert.Contains("--cookies", job.Text("error_message"), StringComparison.Ordinal);
        Assert.Equal(1, LinkSite.Runs(program));
    }

    [Theory]
    [InlineData("Private video", "link_not_public", 1)]
    [InlineData("HTTP Error 429: Too Many Requests", "link_rate_limited", 2)]
    public async Task What_became_of_a_try_is_told_to_all_who_wait_for_the_same_link(string says, string code, int runs)
    {
        var program = LinkSite.Failing(_folder, "yt-dlp", $"[youtube] x: {says}", waitsFor: _folder["go"]);
        await using var server = await StartAsync(new LibrettoSettings { YtDlp = program }, data: "twins");

        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => server.Client.PostLinkAsync(_site.Address("page"))));
        await File.WriteAllTextAsync(_folder["go"], "", Ct);
        var jobs = await Task.WhenAll(ids.Select(server.Client.FinishAsync));

        Assert.All(jobs, job =>
        {
            Assert.Equal(("failed", code, runs), (job.Text("status"), job.Text("error_code"), (int)job.Number("attempts")));
            Assert.All(Steps(job, "acquire"), step => Assert.Equal(("failed", job.Text("error_message")), (step.Text("status"), step.Text("message"))));
            Assert.Equal(runs, Steps(job, "acquire").Count);
        });
        Assert.Equal(runs, LinkSite.Runs(program));
    }

    private Task<RunningServer> StartAsync(LibrettoSettings? settings = null, string data = "data") => RunningServer.StartAsync(
        new ServerOptions
        {
            DataFolder = _folder[data],
            MaxUploadBytes = 5_000_000,
            MaxDuration = TimeSpan.FromMinutes(6),
            RetryDelays = [TimeSpan.FromMilliseconds(100)],
            ScanEvery = TimeSpan.FromMilliseconds(500),
            IoWorkers = 2,
        },
        settings: (settings ?? new LibrettoSettings()) with { AllowNetworks = ["127.0.0.1/32"] });

    private Task<(int ExitCode, string Output, string Errors)> SubmitAsync(string key, params string[] arguments) => LibrettoProcess.RunAsync(
        ["jobs", "submit", .. arguments], ("LIBRETTO_SERVER", Client.Http.BaseAddress!.AbsoluteUri), ("LIBRETTO_KEY", key));

    private void Use(string key) => Client.Http.DefaultRequestHeaders.Authorization = new("Bearer", key);

    private async Task<string?> CookiesOfAsync(string id)
    {
        await using var context = await _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        return (await context.Jobs.AsNoTracking().SingleAsync(job => job.Id == id, Ct)).Cookies;
    }

    private static List<JsonElement> Steps(JsonElement job, string name) =>
        [.. job.GetProperty("progress_log").EnumerateArray().Where(step => step.Text("step") == name)];
}
