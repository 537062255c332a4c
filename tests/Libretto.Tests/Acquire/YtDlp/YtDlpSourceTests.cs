using System.IO.Compression;
using System.Text;
using Libretto.Acquire;
using Libretto.Acquire.YtDlp;
using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Acquire.YtDlp;

/// <summary>The real yt-dlp against a web server on the loopback.</summary>
public sealed class YtDlpSourceTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly ToolRunner _tools = new();
    private LocalServer _server = null!;
    private byte[] _song = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless((await _tools.DescribeAsync(Tool.YtDlp, Token)).IsReady, "yt-dlp is not installed (apt-get install yt-dlp)");
        _server = await LocalServer.StartAsync();
        _song = await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 2, name: "tone.mp3"), Token);
        _server.Map("/media/song.mp3", context => SendAsync(context, "audio/mpeg", _song));
        ServePage("/page", "/media/song.mp3");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_page_that_plays_a_song_becomes_a_file_and_what_is_known_of_it()
    {
        var steps = new List<FetchProgress>();

        var fetched = await FetchAsync("page", progress: new Listener(steps.Add));

        Assert.Equal(("The Testers", "Loopback Blues"), (fetched.Facts.Artist, fetched.Facts.Title));
        Assert.Equal("yt-dlp", fetched.Facts.Method);
        Assert.Equal($"{_server.Address.Authority}/page", fetched.Facts.Key);
        Assert.Equal(_song, await File.ReadAllBytesAsync(fetched.Path!, Token));
        Assert.InRange((await new AudioDecoder(_tools).ProbeAsync(fetched.Path!, Token)).Duration!.Value, 1.9, 2.2);
        Assert.Equal(_song.Length, steps[^1].Bytes);
        Assert.Equal([fetched.Path], Directory.GetFiles(Work));
    }

    [Fact]
    public async Task A_song_that_is_not_wanted_is_not_fetched()
    {
        var asked = new List<SongFacts>();

        var fetched = await FetchAsync("page", request => request with
        {
            IsWanted = (facts, _) =>
            {
                asked.Add(facts);
                return Task.FromResult(false);
            },
        });

        Assert.Null(fetched.Path);
        Assert.Equal(fetched.Facts, Assert.Single(asked));
        Assert.Empty(Directory.GetFiles(Work));
    }

    [Fact]
    public async Task Cookies_go_to_their_site_and_no_copy_stays()
    {
        var seen = "";
        _server.Map("/page", context =>
        {
            seen = context.Request.Headers.Cookie.ToString();
            return SendPageAsync(context, "/media/song.mp3");
        });

        await FetchAsync("page", request => request with
        {
            Cookies = CookieJar.Parse("127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tSID\tletmein\n", "cookies", DateTimeOffset.UtcNow),
        });

        Assert.Equal("SID=letmein", seen);
        Assert.False(File.Exists(Path.Combine(Work, "cookies.txt")));
    }

    [Fact]
    public async Task A_page_without_media_is_told_from_trouble()
    {
        _server.Map("/page", context => SendAsync(context, "text/html", Encoding.UTF8.GetBytes("<html><title>About us</title><p>Nothing here.</p></html>")));
        await RefusedAsync("link_unsupported", "page");
    }

    [Fact]
    public async Task A_page_that_is_not_there_is_told_from_trouble() => await RefusedAsync("link_removed", "gone");

    [Fact]
    public async Task A_server_that_is_not_there_cannot_be_reached()
    {
        // Nothing listens at port 1.
        var error = await RefusedAsync("link_unreachable", "http://127.0.0.1:1/page");
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_site_s_own_error_is_told_as_such(int status)
    {
        _server.Map("/page", context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        Assert.True((await RefusedAsync("link_site_error", "page")).IsTransient);
    }

    [Fact]
    public async Task A_page_that_sends_on_in_circles_is_told_as_such()
    {
        _server.Map("/page", Redirect("/page"));
        await RefusedAsync("link_loop", "page");
    }

    [Fact]
    public async Task A_small_page_that_unpacks_to_a_large_one_is_refused()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<a href='x'>", 1_700_000))));
        _server.Map("/page", context =>
        {
            context.Response.Headers.ContentEncoding = "gzip";
            return SendAsync(context, "text/html", packed.ToArray());
        });
        await RefusedAsync("link_page_too_big", "page");
    }

    [Fact]
    public async Task A_redirect_into_the_network_is_refused()
    {
        _server.Map("/page", Redirect(Elsewhere("media/song.mp3")));
        await RefusedAsync("link_private", "page");
    }

    [Fact]
    public async Task A_page_that_names_media_inside_the_network_is_refused()
    {
        ServePage("/page", Elsewhere("media/song.mp3"));
        await RefusedAsync("link_private", "page");
    }

    [Fact]
    public async Task What_the_environment_says_of_proxies_opens_no_way_past_the_guard()
    {
        _server.Map("/page", Redirect(Elsewhere("media/song.mp3")));
        Environment.SetEnvironmentVariable("no_proxy", "127.0.0.1,127.0.0.2,localhost");
        try
        {
            await RefusedAsync("link_private", "page");
        }
        finally
        {
            Environment.SetEnvironmentVariable("no_proxy", null);
        }
    }

    [Fact]
    public async Task A_file_that_says_it_is_too_big_is_not_fetched() =>
        await RefusedAsync("link_too_big", "page", request => request with { Limits = new FetchLimits { Bytes = 10_000 } });

    [Fact]
    public async Task A_stream_without_an_end_is_cut_off()
    {
        var sent = 0L;
        _server.Map("/media/song.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(_song, context.RequestAborted);
                sent += _song.Length;
                await Task.Delay(5, context.RequestAborted);
            }
        });

        await RefusedAsync("link_too_big", "page", request => request with { Limits = new FetchLimits { Bytes = 2_000_000 } });

        Assert.InRange(sent, 1_000_000, 50_000_000);
    }

    private string Work => Directory.CreateDirectory(_folder["work"]).FullName;

    /// <summary>The server by another address of this machine's, which is not allowed.</summary>
    private string Elsewhere(string path) => $"http://127.0.0.2:{_server.Address.Port}/{path}";

    private async Task<AcquireException> RefusedAsync(string code, string path, Func<SongFetch, SongFetch>? change = null)
    {
        var error = await Assert.ThrowsAsync<AcquireException>(() => FetchAsync(path, change));
        Assert.True(code == error.Code, $"{error.Code}: {error.Message}");
        Assert.DoesNotContain(_server.Requests, request => request.Contains("media", StringComparison.Ordinal) && code == "link_private");
        return error;
    }

    private Task<FetchedSong> FetchAsync(string path, Func<SongFetch, SongFetch>? change = null, IProgress<FetchProgress>? progress = null)
    {
        var request = new SongFetch(SongLink.Parse(new Uri(_server.Address, path).AbsoluteUri), Work);
        return new YtDlpSource(_tools, new NetworkGuard(["127.0.0.1/32"])).FetchAsync(change?.Invoke(request) ?? request, progress, Token);
    }

    private void ServePage(string path, string media) => _server.Map(path, context => SendPageAsync(context, media));

    private static Task SendPageAsync(HttpContext context, string media) => SendAsync(context, "text/html", Encoding.UTF8.GetBytes(
        $"<html><head><title>The Testers - Loopback Blues (Official Video)</title></head><body><audio controls src=\"{media}\"></audio></body></html>"));

    private static Func<HttpContext, Task> Redirect(string to) => context =>
    {
        context.Response.Redirect(to);
        return Task.CompletedTask;
    };

    private static async Task SendAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(content);
    }

    private sealed class Listener(Action<FetchProgress> listen) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => listen(value);
    }
}
