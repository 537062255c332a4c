using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed class OverwriteTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public OverwriteTests() => Sounds.Silence(_libretto.Folder["song.wav"], 1);

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task What_libretto_wrote_is_replaced_without_asking()
    {
        for (var i = 0; i < 2; i++)
            Assert.Equal(0, (await TranscribeAsync()).ExitCode);
    }

    [Fact]
    public async Task A_file_of_someone_else_stays_and_is_named()
    {
        File.WriteAllText(_libretto.Folder["song.lrc"], "[00:01.00]mine");
        var run = await TranscribeAsync();
        Assert.Equal(4, run.ExitCode);
        Assert.Contains("song.lrc was not written by Libretto", run.Errors, StringComparison.Ordinal);
        Assert.Contains("--force", run.Errors, StringComparison.Ordinal);
        Assert.Equal("[00:01.00]mine", File.ReadAllText(_libretto.Folder["song.lrc"]));
        Assert.Equal(["song.lrc", "song.wav"], _libretto.Files);
    }

    [Fact]
    public async Task A_result_that_was_corrected_by_hand_stays()
    {
        await TranscribeAsync();
        File.AppendAllText(_libretto.Folder["song.lrc"], "[00:01.00]a word that was missed\n");
        Assert.Equal(4, (await TranscribeAsync()).ExitCode);
    }

    [Fact]
    public async Task Force_replaces_what_is_there()
    {
        File.WriteAllText(_libretto.Folder["song.lrc"], "[00:01.00]mine");
        Assert.Equal(0, (await TranscribeAsync("--force")).ExitCode);
        Assert.DoesNotContain("mine", File.ReadAllText(_libretto.Folder["song.lrc"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_song_itself_is_never_replaced()
    {
        File.Copy(_libretto.Folder["song.wav"], _libretto.Folder["song.txt"]);
        var run = await _libretto.RunAsync("song.txt", "--format", "txt", "--force");
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(File.ReadAllBytes(_libretto.Folder["song.wav"]), File.ReadAllBytes(_libretto.Folder["song.txt"]));
    }

    private Task<Outcome> TranscribeAsync(params string[] more) => _libretto.RunAsync(["song.wav", "--progress", "none", .. more]);
}
