using System.Globalization;
using System.Text;
using System.Text.Json;
using Libretto.Cli.Tests.Support;
using Libretto.Models;
using Libretto.Tools;

namespace Libretto.Cli.Tests;

/// <summary>The program, given links to a web server on the loopback, with the real yt-dlp.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();
    private readonly SongServer _server = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public LinkTests()
    {
        // A cache of the test's own; only models are the user's.
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"];
        _libretto["LIBRETTO_MODELS"] = ModelFolders.DefaultCache(Environment.GetEnvironmentVariable);
        _libretto["LIBRETTO_KEEP"] = "true";
        _libretto["LIBRETTO_ENGINE"] = "moonshine";
    }

    public void Dispose()
    {
        _server.Dispose();
        _libretto.Dispose();
    }

    [Fact]
    public async Task A_link_becomes_lyrics_named_after_the_song_and_is_fetched_once()
    {
        await NeedYtDlpAsync();
        Serve("/media/song.wav", "audio/wav", await File.ReadAllBytesAsync(Samples.TwoLines, Token));
        ServePage("/page", "JFK - Inaugural Address (Official Video)", "/media/song.wav");

        var first = await _libretto.RunAsync(Address("page"));
        var asked = _server.Requests.Count;
        var second = await _libretto.RunAsync(Address("page") + "?utm_source=test", "--force");

        Assert.True(first.ExitCode == 0, first.Errors);
        Assert.Equal(["JFK - Inaugural Address.json", "JFK - Inaugural Address.lrc"], Results);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(_libretto.Folder["JFK - Inaugural Address.json"], Token));
        var (root, source) = (document.RootElement, document.RootElement.GetProperty("source"));
        Assert.Equal(("Inaugural Address", "JFK"), (root.GetProperty("title").GetString(), root.GetProperty("artist").GetString()));
        Assert.Equal(("link", Address("page")), (source.GetProperty("kind").GetString(), source.GetProperty("url").GetString()));
        Assert.Contains("birds", root.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("lies inside your network", first.Errors, StringComparison.Ordinal);
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Contains("the song was found in the cache", second.Errors, StringComparison.Ordinal);
        Assert.Equal(asked, _server.Requests.Count);
        Assert.Empty(Directory.EnumerateFiles(_libretto.Folder["cache/work"], "song", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Links_and_files_can_be_mixed_and_no_two_songs_share_a_file()
    {
        Sounds.Silence(_libretto.Folder["Quiet.wav"], 1);
        var quiet = await File.ReadAllBytesAsync(_libretto.Folder["Quiet.wav"], Token);
        Serve("/a/Quiet.wav", "audio/wav", quiet);
        Serve("/b/Quiet.wav", "audio/wav", quiet);

        var run = await _libretto.RunAsync(Address("a/Quiet.wav"), "Quiet.wav", Address("gone.mp3"), Address("b/Quiet.wav"), "--format", "txt");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(["Quiet (2).txt", "Quiet (3).txt", "Quiet.txt", "Quiet.wav"], Results);
        Assert.Contains("not there any more", run.Errors, StringComparison.Ordinal);
        Assert.Contains("4 songs: 3 done, 1 failed", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Separating_and_aligning_take_links_as_well_and_fetch_them_once()
    {
        _libretto["LIBRETTO_MODELS"] = TestModels.Folder;
        Sounds.Silence(_libretto.Folder["Quiet.wav"], 1);
        Serve("/a/Hush.wav", "audio/wav", await File.ReadAllBytesAsync(_libretto.Folder["Quiet.wav"], Token));
        await File.WriteAllTextAsync(_libretto.Folder["words.txt"], "Hush\n", Token);

        var separated = await _libretto.RunAsync("separate", Address("a/Hush.wav"), "Quiet.wav", "--stem-format", "wav");
        var aligned = await _libretto.RunAsync("align", Address("a/Hush.wav"), "--lyrics", "words.txt", "--engine", "whisper", "--language", "en", "--separate", "never");

        Assert.True(separated.ExitCode == 0, separated.Errors);
        Assert.True(aligned.ExitCode == 0, aligned.Errors);
        Assert.Equal(
            ["Hush.instrumental.wav", "Hush.json", "Hush.lrc", "Hush.vocals.wav", "Quiet.instrumental.wav", "Quiet.vocals.wav", "Quiet.wav"],
            Results.Where(file => file != "words.txt"));
        Assert.Contains("Hush: done in", separated.Errors, StringComparison.Ordinal);
        Assert.Equal(1, _server.Requests.Count(path => path == "/a/Hush.wav"));
    }

    [Fact]
    public async Task The_songs_of_a_list_are_a_batch_and_what_is_missing_or_endless_in_it_is_told()
    {
        Directory.CreateDirectory(_libretto.Folder["music"]);
        Sounds.Silence(_libretto.Folder["music/Stille Nacht ü.wav"], 1);
        Serve("/a/Hush.wav", "audio/wav", await File.ReadAllBytesAsync(_libretto.Folder["music/Stille Nacht ü.wav"], Token));
        // As Windows' programs write them.
        await File.WriteAllBytesAsync(_libretto.Folder["list.m3u"], Encoding.Latin1.GetBytes(
            $"#EXTM3U\r\n#EXTINF:1,Stille\r\nmusic\\Stille Nacht ü.wav\r\n{Address("a/Hush.wav")}\r\ngone.wav\r\nlist.m3u\r\n"), Token);

        var run = await _libretto.RunAsync("list.m3u", "--format", "txt");
        var one = await _libretto.RunAsync("list.m3u", "--stdout", "txt");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(["Hush.txt", "list.m3u", "music/Stille Nacht ü.txt", "music/Stille Nacht ü.wav"], Results.Order(StringComparer.Ordinal));
        Assert.Contains("gone.wav does not exist", run.Errors, StringComparison.Ordinal);
        Assert.Contains("contains itself", run.Errors, StringComparison.Ordinal);
        Assert.Contains("3 songs: 2 done, 1 failed", run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, one.ExitCode);
        Assert.Contains("--stdout is for one song", one.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_to_a_list_is_taken_whole_or_in_part_where_that_is_asked_for()
    {
        await NeedYtDlpAsync();
        Sounds.Silence(_libretto.Folder["Quiet.wav"], 1);
        var quiet = await File.ReadAllBytesAsync(_libretto.Folder["Quiet.wav"], Token);
        var names = new[] { "One", "Two", "Three" };
        foreach (var name in names)
            Serve($"/{name}.wav", "audio/wav", quiet);
        var items = names.Select(name => $"<item><title>{name}</title><link>{Address(name + ".wav")}</link></item>");
        Serve("/album", "application/rss+xml",
            Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>An album</title>{string.Concat(items)}</channel></rss>"));

        var run = await _libretto.RunAsync(Address("album"), "--playlist", "--playlist-items", "2", "--format", "txt");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["One.txt", "Quiet.wav", "Two.txt"], Results.Order(StringComparer.Ordinal));
        Assert.Contains("An album: the first 2 of 3 songs", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd", 3, "http://")]
    [InlineData("ftp://127.0.0.1/song.mp3", 3, "http://")]
    [InlineData("https://www.youtube.com/playlist?list=PL1", 3, "--playlist")]
    public async Task A_link_that_is_none_is_refused_with_a_hint(string link, int exitCode, string hint)
    {
        var run = await _libretto.RunAsync(link);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
        Assert.Empty(Results);
    }

    [Fact]
    public async Task Ten_hours_are_too_long()
    {
        Serve("/long.wav", "audio/wav", TenHours());
        var run = await _libretto.RunAsync(Address("long.wav"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("600 minutes long; the limit is 120 minutes", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_without_a_song_says_so()
    {
        await NeedYtDlpAsync();
        Serve("/page", "text/html", "<html><title>About us</title><p>Nothing here.</p></html>"u8.ToArray());
        var run = await _libretto.RunAsync(Address("page"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("No song was found at", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Networks_that_are_named_are_the_only_ones_open()
    {
        _libretto["LIBRETTO_ALLOW_NETWORKS"] = "10.0.0.0/8";
        var run = await _libretto.RunAsync(Address("song.mp3"));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("LIBRETTO_ALLOW_NETWORKS", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    [Theory]
    [InlineData("{\"SID\": \"topsecret\"}", "Netscape format")]
    [InlineData(".example.com\tTRUE\t/\tTRUE\t1000000000\tSID\ttopsecret\n", "expired")]
    [InlineData(null, "cannot be read")]
    public async Task Cookies_that_are_of_no_use_end_the_run_before_anything_is_asked(string? cookies, string hint)
    {
        if (cookies is not null)
            await File.WriteAllTextAsync(_libretto.Folder["cookies.txt"], cookies, Token);
        var run = await _libretto.RunAsync(Address("song.mp3"), "--cookies", "cookies.txt");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(hint, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_server.Requests);
    }

    private IEnumerable<string> Results =>
        _libretto.Files.Where(file => !file.StartsWith("cache", StringComparison.Ordinal) && file != "cookies.txt");

    private string Address(string path) => new Uri(_server.Address, path).AbsoluteUri;

    private void ServePage(string path, string title, string media) => Serve(path, "text/html", Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $"<html><head><title>{title}</title></head><body><audio src=\"{media}\"></audio></body></html>")));

    private void Serve(string path, string type, byte[] content) => _server.Serve(path, type, content);

    private static async Task NeedYtDlpAsync() =>
        Assert.SkipUnless((await new ToolRunner().DescribeAsync(Tool.YtDlp, Token)).IsReady, "yt-dlp is not installed (apt-get install yt-dlp)");

    /// <summary>Silence, 8 bits and a thousand samples a second.</summary>
    private static byte[] TenHours()
    {
        const int Bytes = 36_000_000;
        var wav = new byte[44 + Bytes];
        using var writer = new BinaryWriter(new MemoryStream(wav));
        writer.Write("RIFF"u8);
        writer.Write(36 + Bytes);
        writer.Write("WAVEfmt "u8);
        writer.Write(16);
        writer.Write((short)1);
        writer.Write((short)1);
        writer.Write(1000);
        writer.Write(1000);
        writer.Write((short)1);
        writer.Write((short)8);
        writer.Write("data"u8);
        writer.Write(Bytes);
        return wav;
    }
}
