using System.Net;
using Libretto.Acquire;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Acquire;

/// <summary>The look-up against a server that answers as LRCLIB's documentation says; its answers are made by hand.</summary>
public sealed class LyricsLookupTests : IAsyncLifetime
{
    private const string Get = "/api/get?track_name=Good%20Morning%20%26%20Night&artist_name=B%C3%A9a&album_name=First&duration=42";
    private const string Search = "/api/search?track_name=Good%20Morning%20%26%20Night&artist_name=B%C3%A9a";

    private static readonly WantedLyrics s_song = new("Good Morning & Night", "Béa", "First", 41.6);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private LocalServer _server = null!;
    private string _agent = "";

    public async ValueTask InitializeAsync() => _server = await LocalServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    public async Task A_song_known_by_name_artist_album_and_length_is_found_at_once()
    {
        Answer(Get, Record(synced: "[00:01.50] Good morning\\n[00:04.00] Good night", plain: "Good morning\\nGood night"));
        var found = await FindAsync();
        Assert.True(found!.IsSynced);
        Assert.Equal([("Good morning", 1.5), ("Good night", 4.0)], found.Lyrics.Lines.Select(line => (line.Text, line.Start)));
        Assert.Equal(["GET " + Get], _server.Requests);
        Assert.Matches(@"^Libretto/\d+\.\d+\.\d+ \(https://songs\.example/about\)$", _agent);
    }

    [Fact]
    public async Task Else_the_recording_of_that_name_and_length_is_searched_for_one_with_times_first()
    {
        Answer(Search, "[" + string.Join(',',
            Record(duration: 60, synced: "[00:01.00] another length"),
            Record(artist: "Another", synced: "[00:01.00] another artist"),
            Record(title: "Other", synced: "[00:01.00] another song"),
            Record(duration: 41.5, plain: "no times"),
            Record(title: "GOOD MORNING & NIGHT (Remastered 2020)", artist: "Bea", duration: 43, synced: "[00:01.00] this one")) + "]");
        var found = await FindAsync();
        Assert.Equal("this one", Assert.Single(found!.Lyrics.Lines).Text);
        Assert.Equal(["GET " + Get, "GET " + Search], _server.Requests);
    }

    [Theory]
    [InlineData(39.5, "[00:01.00] a", "a")] // more than two seconds apart
    [InlineData(43, null, null)]
    public async Task What_is_found_must_be_of_this_recording_and_hold_words(double duration, string? synced, string? plain)
    {
        Answer(Get, Record(duration: duration, synced: synced, plain: plain));
        Answer(Search, "[]");
        Assert.Null(await FindAsync());
        Assert.Equal(2, _server.Requests.Count);
    }

    [Fact]
    public async Task Of_lyrics_whose_times_are_broken_the_words_are_taken()
    {
        Answer(Get, Record(synced: "no time tag", plain: "Good morning"));
        var found = await FindAsync();
        Assert.Equal((false, "Good morning"), (found!.IsSynced, found.Lyrics.Lines[0].Text));
    }

    [Fact]
    public async Task An_instrumental_is_known_as_one()
    {
        Answer(Get, Record(synced: null, plain: null, instrumental: true));
        Answer(Search, "[]");
        Assert.True((await FindAsync())!.IsInstrumental);
    }

    [Theory]
    [InlineData(500, "", "it answered 500")]
    [InlineData(200, "<html>", "cannot be read")]
    public async Task A_library_in_trouble_is_told(int status, string body, string says)
    {
        _server.Map(Get, context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(body);
        });
        var error = await Assert.ThrowsAsync<AcquireException>(FindAsync);
        Assert.Equal(("lyrics_lookup_failed", true), (error.Code, error.IsTransient));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_that_does_not_answer_is_told()
    {
        _server.Map(Get, context => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var hasty = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };
        var slow = await Assert.ThrowsAsync<AcquireException>(() =>
            new LyricsLookup(() => hasty, new Uri(_server.Address, "api/")).FindAsync(s_song, TestContext.Current.CancellationToken));
        Assert.Contains("did not answer in time", slow.Message, StringComparison.Ordinal);

        var away = await Assert.ThrowsAsync<AcquireException>(() =>
            new LyricsLookup(() => _http, new Uri("http://127.0.0.1:9/api/")).FindAsync(s_song, TestContext.Current.CancellationToken));
        Assert.Contains("cannot be reached", away.Message, StringComparison.Ordinal);
    }

    private Task<FoundLyrics?> FindAsync() =>
        new LyricsLookup(() => _http, new Uri(_server.Address, "api/"), "https://songs.example/about").FindAsync(s_song, TestContext.Current.CancellationToken);

    private void Answer(string path, string json) => _server.Map(path, context =>
    {
        _agent = context.Request.Headers.UserAgent.ToString();
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    });

    internal static string Record(
        string title = "Good Morning & Night", string artist = "Béa", double duration = 42, string? synced = null, string? plain = null, bool instrumental = false)
    {
        static string Text(string? text) => text is null ? "null" : $"\"{text}\"";
        return string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $$"""{"id":1,"trackName":"{{title}}","artistName":"{{artist}}","albumName":"x","duration":{{duration}},"instrumental":{{(instrumental ? "true" : "false")}},"plainLyrics":{{Text(plain)}},"syncedLyrics":{{Text(synced)}}}""");
    }
}
