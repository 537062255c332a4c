using System.Net;
using System.Net.Sockets;
using Libretto.Acquire;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Acquire;

public sealed class DirectSourceTests : IAsyncLifetime
{
    private static readonly byte[] s_song = [.. Enumerable.Range(0, 300_000).Select(i => (byte)i)];

    private readonly ScratchFolder _folder = new();
    private LocalServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync();
        _server.Map("/music/The_Testers_-_Loopback%20Blues.mp3", context => SendAsync(context, "audio/mpeg"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_link_to_a_media_file_becomes_the_file()
    {
        var fetched = await FetchAsync("music/The_Testers_-_Loopback%20Blues.mp3");

        Assert.Equal(s_song, await File.ReadAllBytesAsync(fetched.Path!, Token));
        Assert.Equal(("The Testers", "Loopback Blues", "http"), (fetched.Facts.Artist, fetched.Facts.Title, fetched.Facts.Method));
        Assert.Equal($"{_server.Address.Authority}/music/The_Testers_-_Loopback%20Blues.mp3", fetched.Facts.Key);
    }

    [Fact]
    public async Task The_server_may_name_the_file_and_send_it_from_elsewhere()
    {
        _server.Map("/get?id=3", context =>
        {
            context.Response.Redirect("/bytes");
            return Task.CompletedTask;
        });
        _server.Map("/bytes", context =>
        {
            context.Response.Headers.ContentDisposition = "attachment; filename=\"Someone - Something.flac\"";
            return SendAsync(context, "application/octet-stream");
        });

        var fetched = await FetchAsync("get?id=3");

        Assert.Equal(("Someone", "Something"), (fetched.Facts.Artist, fetched.Facts.Title));
        Assert.Equal(s_song.Length, new FileInfo(fetched.Path!).Length);
    }

    [Fact]
    public async Task A_song_that_is_not_wanted_is_not_fetched()
    {
        var fetched = await FetchAsync("music/The_Testers_-_Loopback%20Blues.mp3", change: request => request with { IsWanted = (_, _) => Task.FromResult(false) });
        Assert.Null(fetched.Path);
        Assert.Empty(Directory.GetFiles(Work));
    }

    [Theory]
    [InlineData(404, "link_removed", false, false)]
    [InlineData(410, "link_removed", false, false)]
    [InlineData(401, "link_sign_in", false, true)]
    [InlineData(403, "link_refused", false, true)]
    [InlineData(429, "link_rate_limited", true, true)]
    [InlineData(451, "link_geo_blocked", false, true)]
    [InlineData(418, "link_failed", false, true)]
    [InlineData(500, "link_site_error", true, true)]
    [InlineData(503, "link_site_error", true, true)]
    public async Task Each_refusal_of_the_server_is_told_apart(int status, string code, bool isTransient, bool elsewhere)
    {
        _server.Map("/song.mp3", context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var error = await RefusedAsync(code, "song.mp3");
        Assert.Equal((isTransient, elsewhere), (error.IsTransient, error.ElsewhereMayHelp));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData("image/png")]
    [InlineData("audio/x-mpegurl")]
    public async Task What_is_no_media_file_is_refused(string type)
    {
        _server.Map("/song.mp3", context => SendAsync(context, type));
        await RefusedAsync("link_unsupported", "song.mp3");
    }

    [Fact]
    public async Task A_redirect_into_the_network_is_refused()
    {
        _server.Map("/song.mp3", Redirect($"http://127.0.0.2:{_server.Address.Port}/music/The_Testers_-_Loopback%20Blues.mp3"));
        await RefusedAsync("link_private", "song.mp3");
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/song.mp3")]
    [InlineData("http://0.0.0.0/")]
    public async Task A_redirect_to_another_scheme_or_to_no_address_is_refused(string to)
    {
        _server.Map("/song.mp3", Redirect(to));
        await RefusedAsync("link_private", "song.mp3");
    }

    [Fact]
    public async Task A_redirect_in_circles_ends()
    {
        _server.Map("/song.mp3", Redirect("/song.mp3"));
        await RefusedAsync("link_loop", "song.mp3");
        Assert.InRange(_server.Requests.Count, 2, 10);
    }

    [Fact]
    public async Task A_private_address_is_refused_before_anything_is_asked()
    {
        var error = await Assert.ThrowsAsync<AcquireException>(() => FetchAsync("song.mp3", guard: new NetworkGuard()));
        Assert.Equal("link_private", error.Code);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_name_that_stands_for_a_private_address_is_refused()
    {
        // What this machine calls itself, which no list of names holds.
        var name = Dns.GetHostName();
        Assert.SkipUnless(await IsPrivateAsync(name), "this machine's own name stands for no private address");
        var link = SongLink.Parse($"http://{name}:{_server.Address.Port}/music/The_Testers_-_Loopback%20Blues.mp3");
        var error = await Assert.ThrowsAsync<AcquireException>(() => new DirectSource(new NetworkGuard()).FetchAsync(new SongFetch(link, Work), null, Token));
        Assert.Equal("link_private", error.Code);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_file_that_says_it_is_too_big_is_not_fetched()
    {
        _server.Map("/song.mp3", context => SendAsync(context, "audio/mpeg"));
        await RefusedAsync("link_too_big", "song.mp3", request => request with { Limits = new FetchLimits { Bytes = 100_000 } });
        Assert.Empty(Directory.GetFiles(Work));
    }

    [Fact]
    public async Task A_stream_without_an_end_is_cut_off()
    {
        _server.Map("/song.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(s_song, context.RequestAborted);
        });
        await RefusedAsync("link_too_big", "song.mp3", request => request with { Limits = new FetchLimits { Bytes = 2_000_000 } });
    }

    [Fact]
    public async Task Internet_radio_is_known_for_what_it_is()
    {
        _server.Map("/song.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            context.Response.Headers["icy-name"] = "Radio Loopback";
            await context.Response.Body.WriteAsync(s_song);
        });
        await RefusedAsync("link_live", "song.mp3");
    }

    [Fact]
    public async Task A_connection_that_breaks_off_is_worth_a_retry()
    {
        _server.Map("/song.mp3", async context =>
        {
            context.Response.ContentType = "audio/mpeg";
            context.Response.ContentLength = s_song.Length;
            await context.Response.Body.WriteAsync(s_song.AsMemory(0, 1000));
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        Assert.True((await RefusedAsync("link_unreachable", "song.mp3")).IsTransient);
    }

    [Theory]
    [InlineData(30, "link_unreachable")]
    [InlineData(900, "link_too_slow")]
    public async Task A_server_that_falls_silent_is_given_up(int seconds, string code)
    {
        var time = new FakeTimeProvider();
        var begun = new TaskCompletionSource();
        _server.Map("/song.mp3", async context =>
        {
            if (code == "link_unreachable")
            {
                context.Response.ContentType = "audio/mpeg";
                await context.Response.Body.WriteAsync(s_song.AsMemory(0, 1000));
                await context.Response.Body.FlushAsync();
            }
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var run = FetchAsync("song.mp3", time: time);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            await Task.WhenAny(run, Task.Delay(100, Token));
        }

        var error = await Assert.ThrowsAsync<AcquireException>(() => run);
        Assert.Equal((code, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_proxy_of_the_users_own_is_asked_with_its_password()
    {
        _server.Map("http://songs.invalid/song.mp3", context => SendAsync(context, "audio/mpeg"));
        var proxy = new Uri($"http://me:p%40ss@{_server.Address.Authority}");
        var source = new DirectSource(new NetworkGuard(), proxy);

        var fetched = await source.FetchAsync(new SongFetch(SongLink.Parse("http://songs.invalid/song.mp3"), Work), null, Token);

        Assert.Equal(s_song.Length, new FileInfo(fetched.Path!).Length);
        Assert.Equal("GET http://songs.invalid/song.mp3", Assert.Single(_server.Requests));
    }

    private static async Task<bool> IsPrivateAsync(string name)
    {
        try
        {
            return (await Dns.GetHostAddressesAsync(name, Token)).Any(new NetworkGuard().IsPrivate);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Work => Directory.CreateDirectory(_folder["work"]).FullName;

    private async Task<AcquireException> RefusedAsync(string code, string path, Func<SongFetch, SongFetch>? change = null)
    {
        var error = await Assert.ThrowsAsync<AcquireException>(() => FetchAsync(path, change));
        Assert.True(code == error.Code, $"{error.Code}: {error.Message}");
        return error;
    }

    private Task<FetchedSong> FetchAsync(
        string path, Func<SongFetch, SongFetch>? change = null, NetworkGuard? guard = null, TimeProvider? time = null)
    {
        var request = new SongFetch(SongLink.Parse(new Uri(_server.Address, path).AbsoluteUri), Work);
        return new DirectSource(guard ?? new NetworkGuard(["127.0.0.1/32"]), null, time).FetchAsync(change?.Invoke(request) ?? request, null, Token);
    }

    private static Func<HttpContext, Task> Redirect(string to) => context =>
    {
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = to;
        return Task.CompletedTask;
    };

    private static async Task SendAsync(HttpContext context, string type)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = s_song.Length;
        await context.Response.Body.WriteAsync(s_song);
    }
}
