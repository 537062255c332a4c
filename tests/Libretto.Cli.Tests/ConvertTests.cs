using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed class ConvertTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public ConvertTests() => File.WriteAllText(_libretto.Folder["song.lrc"], "[00:01.50]Hello again\n[00:04.00]my friend\n");

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task Lyrics_go_from_one_format_to_another()
    {
        Assert.Equal(new Outcome(0, "", ""), await _libretto.RunAsync("convert", "song.lrc", "made/song.srt"));
        Assert.Contains("00:00:01,500 --> ", File.ReadAllText(_libretto.Folder["made/song.srt"]), StringComparison.Ordinal);
        Assert.Contains("Hello again", File.ReadAllText(_libretto.Folder["made/song.srt"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet \"$1\" convert - song.srt < song.lrc")]
    [InlineData("cat song.lrc | dotnet \"$1\" convert - song.srt")]
    [InlineData("dotnet \"$1\" convert <(cat song.lrc) song.srt")]
    public async Task Lyrics_that_come_through_a_pipe_are_converted(string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of Unix");
        Assert.Equal(new Outcome(0, "", ""), await _libretto.RunAsync("bash", ["-c", command, "bash", LibrettoProgram.Dll]));
        Assert.Contains("Hello again", File.ReadAllText(_libretto.Folder["song.srt"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dotnet \"$1\" convert - song.srt < /dev/null", "Nothing came through standard input")]
    [InlineData("printf '{ \"schema\": ' | dotnet \"$1\" convert - song.srt", "Standard input: ")]
    public async Task What_comes_through_a_pipe_and_is_no_lyrics_is_refused(string command, string reason)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the commands are of Unix");
        var run = await _libretto.RunAsync("bash", ["-c", command, "bash", LibrettoProgram.Dll]);
        Assert.Contains(reason, run.Errors, StringComparison.Ordinal);
        Assert.Equal(3, run.ExitCode);
        Assert.Equal(["song.lrc"], _libretto.Files);
    }

    [Theory]
    [InlineData("gone.lrc", "song.srt", 3, "gone.lrc does not exist")]
    [InlineData("song.lrc", "song.docx", 2, "'song.docx' is no lyrics format")]
    [InlineData("picture.lrc", "song.srt", 3, "picture.lrc: This is no text file")]
    [InlineData("song.lrc", "song.lrc", 4, "song.lrc is what is being read")]
    [InlineData("empty.lrc", "song.srt", 3, "empty.lrc is empty")]
    [InlineData("broken.json", "song.srt", 3, "broken.json: ")]
    [InlineData("karaoke.txt", "song.srt", 3, "look like KRC, QRC or YRC, which Libretto does not read")]
    [InlineData("song.lrc", "mine.srt", 4, "mine.srt was not written by Libretto")]
    public async Task What_cannot_be_converted_is_named(string from, string to, int exitCode, string message)
    {
        File.WriteAllText(_libretto.Folder["broken.json"], "{ \"schema\": ");
        File.WriteAllBytes(_libretto.Folder["picture.lrc"], [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 1, 2, 3, 4]);
        File.WriteAllText(_libretto.Folder["karaoke.txt"], "[1000,2000]<0,500,0>Hello <500,500,0>you\n[4000,2000]<0,500,0>again\n");
        File.WriteAllText(_libretto.Folder["mine.srt"], "mine");
        File.WriteAllText(_libretto.Folder["empty.lrc"], "");
        var before = _libretto.Files.ToList();

        var run = await _libretto.RunAsync("convert", from, to);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Equal(before, _libretto.Files);
    }

    [Fact]
    public async Task What_is_changed_or_cannot_be_held_is_said_and_the_rest_converted()
    {
        // Windows' Western encoding; one line backward in time; two that sound at once.
        File.WriteAllBytes(
            _libretto.Folder["old.srt"],
            System.Text.Encoding.Latin1.GetBytes(
                "1\n00:00:04,000 --> 00:00:02,000\ndéjà l'été\n\n2\n00:00:06,000 --> 00:00:09,000\noù étais-tu\n\n3\n00:00:08,000 --> 00:00:10,000\n(là-bas)\n"));

        var run = await _libretto.RunAsync("convert", "old.srt", "new.lrc");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("old.srt: The file is not UTF-8; it reads as windows-1252", run.Errors, StringComparison.Ordinal);
        Assert.Contains("old.srt: Line 2: the subtitle ends before", run.Errors, StringComparison.Ordinal);
        Assert.Contains("new.lrc: Lines that sound while another does", run.Errors, StringComparison.Ordinal);
        Assert.Contains("[00:08.00](là-bas)", File.ReadAllText(_libretto.Folder["new.lrc"]), StringComparison.Ordinal);
    }
}
