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
    [InlineData("gone.lrc", "song.srt", 3, "gone.lrc does not exist")]
    [InlineData("song.lrc", "song.docx", 2, "'song.docx' is no lyrics format")]
    [InlineData("song.xyz", "song.srt", 2, "'song.xyz' is no lyrics format")]
    [InlineData("song.lrc", "song.lrc", 4, "song.lrc is what is being read")]
    [InlineData("empty.lrc", "song.srt", 3, "empty.lrc is empty")]
    [InlineData("broken.json", "song.srt", 3, "broken.json: ")]
    [InlineData("song.ass", "song.srt", 2, "does not read it")]
    [InlineData("song.lrc", "mine.srt", 4, "mine.srt was not written by Libretto")]
    public async Task What_cannot_be_converted_is_named(string from, string to, int exitCode, string message)
    {
        File.WriteAllText(_libretto.Folder["broken.json"], "{ \"schema\": ");
        File.WriteAllText(_libretto.Folder["song.ass"], "[Script Info]\n");
        File.WriteAllText(_libretto.Folder["mine.srt"], "mine");
        File.WriteAllText(_libretto.Folder["empty.lrc"], "");
        var before = _libretto.Files.ToList();

        var run = await _libretto.RunAsync("convert", from, to);

        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Equal(before, _libretto.Files);
    }
}
