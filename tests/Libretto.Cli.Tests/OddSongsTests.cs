using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>Songs as people really have them: in pipes, in one of several tracks, with names that get in the way.</summary>
public sealed class OddSongsTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Theory]
    [InlineData("dotnet \"$1\" - --format txt,json < song.wav", "stdin")]
    [InlineData("cat song.wav | dotnet \"$1\" transcribe - --format txt,json", "stdin")]
    [InlineData("dotnet \"$1\" <(cat song.wav) --format txt,json", "stdin")]
    [InlineData("mkfifo tune.wav; cat song.wav > tune.wav & dotnet \"$1\" tune.wav --format txt,json", "tune")]
    public async Task A_song_that_comes_through_a_pipe_is_done(string command, string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of Unix");
        Sounds.Silence(_libretto.Folder["song.wav"], 2);

        var run = await _libretto.RunAsync("bash", ["-c", command, "bash", LibrettoProgram.Dll]);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.True(File.Exists(_libretto.Folder[name + ".txt"]));
        var json = await File.ReadAllTextAsync(_libretto.Folder[name + ".json"], TestContext.Current.CancellationToken);
        Assert.Contains("\"duration\": 2", json, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet \"$1\" - < /dev/null", "Nothing came through standard input")]
    [InlineData("echo words | dotnet \"$1\" -", "is not audio")]
    [InlineData("dotnet \"$1\" - --lyrics - < song.wav", "the song or the lyrics, not both")]
    public async Task What_comes_through_a_pipe_and_is_no_song_is_refused(string command, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of Unix");
        Sounds.Silence(_libretto.Folder["song.wav"], 1);

        var run = await _libretto.RunAsync("bash", ["-c", command, "bash", LibrettoProgram.Dll]);

        Assert.InRange(run.ExitCode, 2, 3);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["song.wav"], _libretto.Files);
    }

    [Fact]
    public async Task The_usual_track_is_done_unless_another_is_asked_for()
    {
        var make = await _libretto.RunAsync("ffmpeg", [
            "-v", "error", "-f", "lavfi", "-i", "anullsrc=r=16000:d=1", "-f", "lavfi", "-i", "anullsrc=r=16000:d=3",
            "-map", "0", "-map", "1", "-disposition:a:0", "comment", "-disposition:a:1", "default", "two.mka"]);
        Assert.True(make.ExitCode == 0, make.Errors);

        var usual = await _libretto.RunAsync("two.mka", "--stdout", "json", "--progress", "plain");
        var first = await _libretto.RunAsync("two.mka", "--track", "1", "--stdout", "json", "--progress", "plain");
        var third = await _libretto.RunAsync("two.mka", "--track", "3", "--stdout", "json");

        Assert.Contains("\"duration\": 3", usual.Output, StringComparison.Ordinal);
        Assert.Contains("track 2 is used", usual.Errors, StringComparison.Ordinal);
        Assert.Contains("\"duration\": 1", first.Output, StringComparison.Ordinal);
        Assert.Equal(3, third.ExitCode);
        Assert.Contains("there is no track 3", third.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leaves_no_room_for_its_results_is_shortened_and_said()
    {
        var name = string.Concat(Enumerable.Repeat("ü", 122));
        Sounds.Silence(_libretto.Folder[name + ".wav"], 1);

        var run = await _libretto.RunAsync(name + ".wav", "--format", "lrc,verbose_json", "--progress", "plain");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("too long for its results", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, _libretto.Files.Count(
            file => file.StartsWith(name[..100], StringComparison.Ordinal) && !file.EndsWith(".wav", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_name_of_two_lines_is_one_line_in_what_is_said()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no name there holds a line end");
        Sounds.Silence(_libretto.Folder["two\nlines.wav"], 1);

        var run = await _libretto.RunAsync("two\nlines.wav", "--format", "txt", "--progress", "plain");
        var missing = await _libretto.RunAsync("no\nsong.wav");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.DoesNotContain("two\nlines", run.Errors, StringComparison.Ordinal);
        Assert.Contains("two lines.wav", run.Errors, StringComparison.Ordinal);
        Assert.Contains("no song.wav does not exist", missing.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(_libretto.Folder["two\nlines.txt"]));
    }

    [Fact]
    public async Task A_name_that_is_not_UTF_8_is_refused_with_the_way_round()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other systems have no such names");
        Sounds.Silence(_libretto.Folder["song.wav"], 1);

        const string Script = "cp song.wav $'caf\\xe9.wav'; dotnet \"$1\" $'caf\\xe9.wav'; e=$?; rm $'caf\\xe9.wav'; exit $e";
        var run = await _libretto.RunAsync("bash", ["-c", Script, "bash", LibrettoProgram.Dll]);

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("not UTF-8", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_without_its_scheme_is_a_link()
    {
        _libretto["LIBRETTO_YTDLP"] = "/nonexistent/yt-dlp";
        var run = await _libretto.RunAsync("youtu.be/dQw4w9WgXcQ");
        Assert.Equal(5, run.ExitCode);
        Assert.Contains("yt-dlp", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pt-BR")]
    [InlineData("jp")]
    [InlineData("español")]
    public async Task A_language_is_understood_as_people_write_it(string language)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        var run = await _libretto.RunAsync("song.wav", "--language", language, "--engine", "whisper", "--stdout", "txt");
        Assert.DoesNotContain("no value for --language", run.Errors, StringComparison.Ordinal);
        Assert.NotEqual(2, run.ExitCode);
    }
}
