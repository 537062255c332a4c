using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>libretto library</c> on small collections, with the small engine.</summary>
public sealed class LibraryTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public LibraryTests() => Directory.CreateDirectory(_libretto.Folder["music"]);

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task A_dry_run_says_what_would_be_done_and_writes_nothing()
    {
        Song("new.wav");
        Sidecar("done.elrc", "[00:01.00]<00:01.00>one <00:02.00>two\n");
        Song("done.wav");
        Sidecar("lines.lrc", "[00:01.00]one two\n");
        Song("lines.wav");
        Sidecar("plain.txt", "one two\n");
        Song("plain.wav");
        Sidecar("tune.lrc", "[au: instrumental]\n");
        Song("tune.wav");
        Sidecar("broken.mp3", "no sound");
        var before = _libretto.Files.ToList();

        var run = await RunAsync("--dry-run");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("6 songs in 10 files", run.Output, StringComparison.Ordinal);
        foreach (var line in new[] { "transcribe   ", "time words   ", "align        ", "unusable     ", "1  have what is wanted", "1  are without words" })
            Assert.Contains(line, run.Output, StringComparison.Ordinal);
        Assert.Equal(before, _libretto.Files);
        Assert.False(Directory.Exists(_libretto.Folder["state/libretto/library"]));
    }

    [Fact]
    public async Task A_song_that_a_link_leads_to_is_done_beside_the_link()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["elsewhere.wav"]);
        File.CreateSymbolicLink(_libretto.Folder["music/linked.wav"], _libretto.Folder["elsewhere.wav"]);

        var run = await RunAsync();

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("birds", File.ReadAllText(_libretto.Folder["music/linked.ttml"]), StringComparison.Ordinal);
        Assert.Contains("Nothing is to be done.", (await RunAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_written_and_a_second_run_does_nothing()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        Song("silent.wav");

        var first = await RunAsync("--report", "report.json", "--jobs", "2");
        Assert.True(first.ExitCode == 0, first.Errors);
        Assert.Contains("birds", File.ReadAllText(_libretto.Folder["music/song.ttml"]), StringComparison.Ordinal);
        Assert.Equal("[au: instrumental]\n", File.ReadAllText(_libretto.Folder["music/silent.lrc"]));
        var songs = JsonDocument.Parse(File.ReadAllText(_libretto.Folder["report.json"])).RootElement.GetProperty("songs").EnumerateArray();
        Assert.Equal(["no_words", "written"], songs.Select(song => song.GetProperty("result").GetString()));
        var files = Contents();

        var second = await RunAsync("--report", "report.html");
        Assert.Contains("Nothing is to be done.", second.Output, StringComparison.Ordinal);
        Assert.Equal(files, Contents());
        Assert.Contains("<h1>What was done</h1>", File.ReadAllText(_libretto.Folder["report.html"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_keep_their_own_times()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        Assert.Equal(0, (await RunAsync("--write", "lrc")).ExitCode);
        var heard = File.ReadAllLines(_libretto.Folder["music/song.lrc"]).Where(line => line.StartsWith("[0", StringComparison.Ordinal)).ToList();
        File.Delete(_libretto.Folder["music/song.lrc"]);
        Sidecar("song.lrc", string.Join('\n', heard));

        var run = await RunAsync("--write", "elrc,lrc");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("The lines keep their own times", run.Errors, StringComparison.Ordinal);
        Assert.Equal(string.Join('\n', heard), File.ReadAllText(_libretto.Folder["music/song.lrc"]));
        var timed = File.ReadAllText(_libretto.Folder["music/song.elrc"]);
        Assert.All(heard.Where(line => line.Length > 10), line => Assert.Contains(line[..10], timed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lyrics_of_another_song_are_found_out_and_stay()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        const string Other = "[00:01.00]Happy birthday dear Susan\n[00:03.00]many candles burn tonight\n[00:05.00]we brought you a cake\n";
        Sidecar("song.lrc", Other);

        var run = await RunAsync();
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("are another's", run.Errors, StringComparison.Ordinal);
        Assert.Equal(Other, File.ReadAllText(_libretto.Folder["music/song.lrc"]));
        Assert.Contains("birds", File.ReadAllText(_libretto.Folder["music/song.ttml"]), StringComparison.Ordinal);
        Assert.Contains("found to belong to another song", (await RunAsync()).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_runs_over_one_folder_do_not_meet()
    {
        File.Copy(Samples.TwoLines, _libretto.Folder["music/song.wav"]);
        Directory.CreateDirectory(_libretto.Folder["music/below"]);
        using var first = _libretto.Start("library", "music", "--engine", "moonshine", "--progress", "json");
        // Its plan is made: it holds the folder.
        Assert.Contains("plan", await first.StandardError.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        var second = await _libretto.RunAsync("library", "music/below");
        Assert.Equal(0, (await LibrettoProgram.EndAsync(first)).ExitCode);
        Assert.Equal(4, second.ExitCode);
        Assert.Contains("Another run of Libretto works on", second.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "does not exist", "nowhere")]
    [InlineData(3, "is a file", "file.txt")]
    [InlineData(2, "--write", "music", "--write", "none")]
    [InlineData(2, "--tags", "music", "--tags", "some")]
    [InlineData(2, "--report", "music", "--report", "report.pdf")]
    public async Task What_cannot_be_asked_for_is_said(int exitCode, string said, params string[] arguments)
    {
        File.WriteAllText(_libretto.Folder["file.txt"], "x");
        var run = await _libretto.RunAsync(["library", .. arguments]);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] arguments) => _libretto.RunAsync(["library", "music", "--engine", "moonshine", .. arguments]);

    private void Song(string name) => Sounds.Silence(_libretto.Folder[$"music/{name}"], 1);

    private void Sidecar(string name, string text) => File.WriteAllText(_libretto.Folder[$"music/{name}"], text);

    private List<(string, DateTime)> Contents() =>
        [.. Directory.EnumerateFiles(_libretto.Folder["music"]).Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file)))];
}
