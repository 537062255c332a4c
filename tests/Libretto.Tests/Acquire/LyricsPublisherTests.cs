using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Acquire;
using Libretto.Lyrics;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Acquire;

/// <summary>Publishing to a library that checks the work as LRCLIB does.</summary>
public sealed class LyricsPublisherTests : IAsyncLifetime
{
    private const string Prefix = "VXMwW2qPfW2gkCNSl1i708NJkDghtAyU";
    // One of some thousand numbers will do.
    private const string Target = "000FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF";

    private static readonly PublishedLyrics s_lyrics = new("Sol", "Luna", "Noche", 12.4, LyricsFormats.EnhancedLrc.Read(
        "[00:00.25]<00:00.25>el <00:00.50>sol\n[00:01.00]<00:01.00>sale <00:01.50>ya\n"));

    private readonly HttpClient _http = new();
    private LocalServer _server = null!;
    private JsonElement _published;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await LocalServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task Lyrics_are_published_once_the_work_is_done()
    {
        Challenge(Target);
        _server.Map("/api/publish", Check);
        await Publisher().PublishAsync(s_lyrics, Ct);

        Assert.Equal(("Sol", "Luna", "Noche", 12), (_published.GetProperty("trackName").GetString(),
            _published.GetProperty("artistName").GetString(), _published.GetProperty("albumName").GetString(),
            _published.GetProperty("duration").GetInt32()));
        Assert.Equal("el sol\nsale ya", _published.GetProperty("plainLyrics").GetString());
        Assert.Contains("[00:01.00]sale ya", _published.GetProperty("syncedLyrics").GetString(), StringComparison.Ordinal);
        Assert.Contains("words:", _published.GetProperty("lyricsfile").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_librarys_words()
    {
        Challenge(Target);
        _server.Map("/api/publish", context =>
        {
            context.Response.StatusCode = 400;
            return context.Response.WriteAsync("IncorrectPublishTokenError", Ct);
        });
        var error = await Assert.ThrowsAsync<AcquireException>(() => Publisher().PublishAsync(s_lyrics, Ct));
        Assert.Equal("publish_refused", error.Code);
        Assert.Contains("IncorrectPublishTokenError", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00")]
    [InlineData("no hexadecimal")]
    public async Task A_challenge_that_makes_no_sense_is_told(string target)
    {
        Challenge(target);
        var error = await Assert.ThrowsAsync<AcquireException>(() => Publisher().PublishAsync(s_lyrics, Ct));
        Assert.Equal(("publish_failed", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task Endless_work_can_be_stopped()
    {
        Challenge(new string('0', 64));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var publishing = Publisher().PublishAsync(s_lyrics, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
    }

    private LyricsPublisher Publisher() => new(() => _http, new Uri(_server.Address, "/api/"), contact: null);

    private void Challenge(string target) => _server.Map(
        "/api/request-challenge", context => context.Response.WriteAsJsonAsync(new { prefix = Prefix, target }, Ct));

    private async Task Check(HttpContext context)
    {
        var token = context.Request.Headers["X-Publish-Token"].ToString().Split(':');
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(token[0] + token[1]));
        var holds = token[0] == Prefix && hash.AsSpan().SequenceCompareTo(Convert.FromHexString(Target)) <= 0;
        _published = (await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: Ct)).RootElement;
        context.Response.StatusCode = holds ? 201 : 400;
    }
}
