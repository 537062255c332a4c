using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>libretto library</c> where something is wrong with the folder, the disk or the files: real processes, real disks.</summary>
public sealed class LibraryBadInputTests : IDisposable
{
    private const string Timed = "[00:00.10]<00:00.10>one <00:00.40>two<00:00.80>\n";

    private readonly LibrettoProgram _libretto = new();

    public LibraryBadInputTests() => Directory.CreateDirectory(_libretto.Folder["music"]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task Empty_sound_files_are_told_in_the_plan_and_the_report_and_fail_nothing()
    {
        Sounds.Silence(_libretto.Folder["music/song.wav"], 1);
        Write("song.elrc", Timed);
        Write("empty.mp3", "");
        Write("EMPTY TOO.FLAC", "");
        // What is no song may be empty, and so may lyrics.
        Write("cover.jpg", "");
        Write("song.txt", "");

        var run = await RunAsync("--dry-run", "--report", "report.json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("empty.mp3  (It is empty (0 bytes)", run.Output, StringComparison.Ordinal);
        Assert.Contains("EMPTY TOO.FLAC  (It is empty (0 bytes)", run.Output, StringComparison.Ordinal);
        Assert.Contains("3 songs in", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cover.jpg", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, Songs("report.json").Count(song => song.GetProperty("notices").ToString().Contains("0 bytes", StringComparison.Ordinal)));
        Assert.Equal(0, (await RunAsync()).ExitCode);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_may_not_be_read_is_told_and_the_others_are_done()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "root's rights are taken away on Linux only");
        Directory.CreateDirectory(_libretto.Folder["music/closed"]);
        Sounds.Silence(_libretto.Folder["music/closed/song.wav"], 1);
        Sounds.Silence(_libretto.Folder["music/open.wav"], 1);
        Write("open.elrc", Timed);
        File.SetUnixFileMode(_libretto.Folder["music/closed"], UnixFileMode.None);
        try
        {
            // Even root is forbidden something without these rights.
            string[] arguments = ["dotnet", LibrettoProgram.Dll, "library", "music", "--dry-run"];
            var run = Environment.IsPrivilegedProcess
                ? await _libretto.RunAsync("setpriv", ["--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all", .. arguments])
                : await _libretto.RunAsync("dotnet", arguments[1..]);
            Assert.True(run.ExitCode == 0, run.Errors);
            Assert.Contains("closed may not be read, so its songs are left out", run.Output, StringComparison.Ordinal);
            Assert.Contains("1 song in", run.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(_libretto.Folder["music/closed"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task A_song_that_changes_while_it_is_read_is_left_for_the_next_run()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        using var run = _libretto.Start("library", "music", "--engine", "moonshine", "--progress", "json");
        Assert.Contains("plan", await run.StandardError.ReadLineAsync(Ct), StringComparison.Ordinal);
        File.AppendAllText(_libretto.Folder["music/song.wav"], "still being written");
        var end = await LibrettoProgram.EndAsync(run);
        Assert.Equal(3, end.ExitCode);
        Assert.Contains("file_changed", end.Errors, StringComparison.Ordinal);
        Assert.Equal(["song.wav"], Names());

        Assert.Equal(0, (await RunAsync()).ExitCode);
        Assert.Contains("birds", File.ReadAllText(_libretto.Folder["music/song.ttml"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_fills_in_the_midst_of_writing_tags_leaves_the_song_whole_and_the_next_run_goes_on()
    {
        using var disk = TinyDisk.Mount(_libretto.Folder["music"], 600_000);
        var made = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=2:r=44100", "music/song.flac"]);
        Assert.True(made.ExitCode == 0, made.Errors);
        Write("song.elrc", Timed);
        var before = File.ReadAllBytes(_libretto.Folder["music/song.flac"]);
        // Room for lyrics, but not for another copy of the song.
        File.WriteAllBytes(_libretto.Folder["music/filler"], new byte[600_000 - before.Length - 40_000]);

        var full = await RunAsync("--tags", "synced");
        Assert.True(full.ExitCode == 4, full.Output + full.Errors);
        Assert.Contains("full", full.Errors, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_libretto.Folder["music/song.flac"]));
        Assert.Equal(["filler", "song.elrc", "song.flac"], Names());

        File.Delete(_libretto.Folder["music/filler"]);
        Assert.Equal(0, (await RunAsync("--tags", "synced")).ExitCode);
        Assert.NotEqual(before, File.ReadAllBytes(_libretto.Folder["music/song.flac"]));
    }

    [Fact]
    public async Task On_a_disk_that_is_read_only_a_plan_can_be_made_and_nothing_is_listened_to_in_vain()
    {
        using var disk = TinyDisk.Mount(_libretto.Folder["music"], 2_000_000);
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        Process.Start("mount", ["-o", "remount,ro", disk.Path]).WaitForExit();

        Assert.Equal(0, (await RunAsync("--dry-run")).ExitCode);
        // Whatever listens to the song would complain of this.
        _libretto["LIBRETTO_FFMPEG"] = "/nonexistent/ffmpeg";
        var run = await RunAsync();
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("cannot be written", run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("nonexistent", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["song.wav"], Names());
    }

    [Fact]
    public async Task Lyrics_with_HTML_lose_it_and_a_report_shows_names_as_they_are()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/<b>song.wav"]);
        Write("<b>song.lrc", "[00:00.50]<i>Mornin&#39;</i> light is on the water<br>\n[00:05.50]&quot;and&nbsp;the <b>birds</b>&quot; begin to sing<br/>\n");
        var run = await RunAsync("--report", "report.html", "--force");
        Assert.True(run.ExitCode == 0, run.Errors);
        var lines = File.ReadAllText(_libretto.Folder["music/<b>song.lrc"]);
        Assert.Contains("[00:00.50]Mornin' light is on the water\n", lines, StringComparison.Ordinal);
        Assert.Contains("[00:05.50]\"and the birds\" begin to sing", lines, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;song", File.ReadAllText(_libretto.Folder["report.html"]), StringComparison.Ordinal);
        Assert.DoesNotContain("<b>song", File.ReadAllText(_libretto.Folder["report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_playlist_that_contains_itself_is_read_once_and_told()
    {
        Sounds.Silence(_libretto.Folder["music/song.wav"], 1);
        Write("song.elrc", Timed);
        Write("a.m3u8", "b.pls\nsong.wav\n");
        Write("b.pls", "[playlist]\nFile1=a.m3u8\nFile2=song.wav\nNumberOfEntries=2\n");
        var run = await _libretto.RunAsync("library", "music/a.m3u8", "--dry-run");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("contains itself", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 song in", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_song_in_pieces_is_no_list_of_songs()
    {
        var made = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-i", Samples.TwoLines, "-c:a", "aac", "-hls_time", "4", "-hls_list_size", "0", "stream.m3u8"]);
        Assert.True(made.ExitCode == 0, made.Errors);
        var library = await _libretto.RunAsync("library", "stream.m3u8", "--dry-run");
        Assert.Equal(3, library.ExitCode);
        Assert.Contains("is a file", library.Errors, StringComparison.Ordinal);
        // One song, whether it can be read or not: its pieces are none.
        var single = await _libretto.RunAsync("stream.m3u8", "--engine", "moonshine", "--stdout", "txt");
        Assert.DoesNotContain("songs", single.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("stream0.ts", single.Errors, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] more) => _libretto.RunAsync(["library", "music", "--engine", "moonshine", .. more]);

    private void Write(string name, string text) => File.WriteAllText(_libretto.Folder[$"music/{name}"], text);

    private IEnumerable<string?> Names() =>
        Directory.EnumerateFiles(_libretto.Folder["music"]).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private List<JsonElement> Songs(string report)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder[report]));
        return [.. document.RootElement.Clone().GetProperty("songs").EnumerateArray()];
    }
}
