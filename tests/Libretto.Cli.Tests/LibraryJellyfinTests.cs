using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>libretto library --jellyfin</c> against a server that checks what Jellyfin's documentation asks for.</summary>
public sealed class LibraryJellyfinTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();
    private readonly JellyfinServer _server = new();

    public LibraryJellyfinTests()
    {
        Directory.CreateDirectory(_libretto.Folder["music/Day"]);
        Directory.CreateDirectory(_libretto.Folder["music/Night"]);
        File.Copy(Samples.TwoLines, _libretto.Folder["music/Day/Morning.wav"]);
        File.Copy(Samples.TwoLines, _libretto.Folder["music/Night/Morning.wav"]);
        _libretto["LIBRETTO_JELLYFIN_KEY"] = JellyfinServer.Key;
    }

    public void Dispose()
    {
        _server.Dispose();
        _libretto.Dispose();
    }

    [Fact]
    public async Task Lyrics_go_to_the_servers_song_of_the_same_file_once_under_their_own_ending()
    {
        var day = _server.Add("Morning", "/media/Day/Morning.wav");
        var first = await RunAsync();
        Assert.True(first.ExitCode == 0, first.Errors);
        Assert.Equal(day, Assert.Single(_server.Taken.Keys));
        Assert.Equal("Morning.elrc", _server.Taken[day].FileName);
        Assert.Equal(File.ReadAllText(_libretto.Folder["music/Day/Morning.elrc"]), _server.Taken[day].Text);
        Assert.Contains("does not know", first.Errors, StringComparison.Ordinal);
        Assert.Contains("1 song handed to Jellyfin, 1 not known there", first.Errors, StringComparison.Ordinal);

        // What the server finds later is handed over later, and nothing twice.
        var night = _server.Add("Morning", "/media/Night/Morning.wav");
        _server.Requests.Clear();
        var second = await RunAsync();
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Equal(["GET /jellyfin/Items 200", $"POST /jellyfin/Audio/{night}/Lyrics 200"], _server.Requests);
        _server.Requests.Clear();
        Assert.Equal(0, (await RunAsync()).ExitCode);
        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task A_song_that_is_refused_does_not_keep_the_others_from_being_handed()
    {
        var (day, night) = (_server.Add("Morning", "/media/Day/Morning.wav"), _server.Add("Morning", "/media/Night/Morning.wav"));
        _server.Taken[day] = ("old.lrc", "");
        var run = await RunAsync("--write", "lrc");
        Assert.Equal(6, run.ExitCode);
        Assert.Contains("has some there already", run.Errors, StringComparison.Ordinal);
        Assert.Equal("Morning.lrc", _server.Taken[night].FileName);
    }

    [Fact]
    public async Task A_wrong_key_is_told_once_and_never_shown_and_the_lyrics_lie_beside_the_songs_all_the_same()
    {
        _server.Add("Morning", "/media/Day/Morning.wav");
        File.WriteAllText(_libretto.Folder["key"], "very-wrong\n");
        var run = await RunAsync("--jellyfin-key", "key");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("refuses the key", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("very-wrong", run.Errors, StringComparison.Ordinal);
        Assert.Single(_server.Requests);
        Assert.True(File.Exists(_libretto.Folder["music/Night/Morning.elrc"]));

        File.WriteAllText(_libretto.Folder["key"], JellyfinServer.Key + "\n");
        Assert.Equal(0, (await RunAsync("--jellyfin-key", "key")).ExitCode);
        Assert.Single(_server.Taken);
    }

    [Fact]
    public async Task Without_a_key_or_a_server_or_with_local_nothing_is_sent_and_it_is_said_why()
    {
        _libretto["LIBRETTO_JELLYFIN_KEY"] = null!;
        var none = await RunAsync();
        Assert.Equal(5, none.ExitCode);
        Assert.Contains("LIBRETTO_JELLYFIN_KEY", none.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_libretto.Folder["music/Day/Morning.elrc"]));

        var local = await _libretto.RunAsync("library", "music", "--local", "--jellyfin", "http://192.0.2.1:8096");
        Assert.Equal(2, local.ExitCode);
        Assert.Equal(2, (await _libretto.RunAsync("library", "music", "--jellyfin", "ftp://x")).ExitCode);
        Assert.Equal(2, (await _libretto.RunAsync("library", "music", "--jellyfin", _server.Address, "--write", "ttml")).ExitCode);
        Assert.Empty(_server.Requests);
    }

    private Task<Outcome> RunAsync(params string[] more) =>
        _libretto.RunAsync(["library", "music", "--engine", "moonshine", "--jellyfin", _server.Address, .. more]);
}
