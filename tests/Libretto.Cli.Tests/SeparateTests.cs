using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

public sealed class SeparateTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task A_song_becomes_two_stems_as_long_as_itself_that_are_replaced_by_the_next_run()
    {
        UseModels();
        var song = await FirstSecondsAsync(20);

        var run = await _libretto.RunAsync("separate", song, "--out", "made/here");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(["made/here/song.instrumental.flac", "made/here/song.vocals.flac", song], _libretto.Files);
        var frames = (await ProbeAsync(song)).Split(',')[3];
        foreach (var stem in new[] { "vocals", "instrumental" })
            Assert.Equal($"flac,44100,2,{frames},24", await ProbeAsync($"made/here/song.{stem}.flac"));
        Assert.Contains("song.wav: done in", run.Errors, StringComparison.Ordinal);

        // What Libretto wrote itself it replaces; what was changed since it leaves alone.
        Assert.Equal(0, (await _libretto.RunAsync("separate", song, "--out", "made/here", "--progress", "none")).ExitCode);
        File.AppendAllText(_libretto.Folder["made/here/song.vocals.flac"], "mine");
        var refused = await _libretto.RunAsync("separate", song, "--out", "made/here");
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("song.vocals.flac was not written by Libretto", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_batch_a_bad_song_does_not_keep_the_others_from_being_done_and_leaves_nothing()
    {
        UseModels();
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        File.WriteAllText(_libretto.Folder["b.mp3"], "no song");

        var run = await _libretto.RunAsync("separate", "b.mp3", "a.wav", "--stem-format", "wav");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("libretto: b.mp3 is not audio", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.instrumental.wav", "a.vocals.wav", "a.wav", "b.mp3"], _libretto.Files);
    }

    [Fact]
    public async Task With_stems_a_transcription_separates_first_says_so_and_writes_both()
    {
        UseModels();
        var song = await FirstSecondsAsync(15);

        var run = await _libretto.RunAsync(song, "--engine", "moonshine", "--stems", "--stem-format", "opus", "--progress", "json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["song.instrumental.opus", "song.json", "song.lrc", "song.vocals.opus", "song.wav"], _libretto.Files);
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder["song.json"]));
        Assert.Equal("spleeter-2stems", document.RootElement.GetProperty("method").GetProperty("separation").GetString());
        Assert.Contains("The vocals are separated because it was asked for.", run.Errors, StringComparison.Ordinal);
        var shares = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(e => e.GetProperty("event").GetString() == "progress").Select(e => e.GetProperty("fraction").GetDouble()).ToList();
        Assert.Equal(shares.Order(), shares);
    }

    [Fact]
    public async Task Auto_separates_only_with_a_model_that_is_there_and_says_why_not()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        var run = await _libretto.RunAsync("a.wav", "--engine", "moonshine", "--separate", "auto", "--format", "txt");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("The vocals are not separated because", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.txt", "a.wav"], _libretto.Files);
    }

    [Theory]
    [InlineData("no value for --stem-format", "--stem-format", "mp3")]
    [InlineData("moonshine-tiny does not separate vocals", "--model", "moonshine-tiny")]
    [InlineData("nonesuch", "--model", "nonesuch")]
    public async Task What_means_nothing_is_refused(string message, params string[] arguments)
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"]; // no model there
        var run = await _libretto.RunAsync(["separate", "a.wav", .. arguments]);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(_libretto.Files, file => file.Contains("vocals", StringComparison.Ordinal));
    }

    private void UseModels() => _libretto["LIBRETTO_MODELS"] = TestModels.Folder;

    /// <summary>The start of the sample as <c>song.wav</c>.</summary>
    private async Task<string> FirstSecondsAsync(int seconds)
    {
        var made = await _libretto.RunAsync(
            "ffmpeg", ["-v", "error", "-i", Repository.File("samples", "morning-light.ogg"), "-t", $"{seconds}", "-ar", "44100", "song.wav"]);
        Assert.Equal(0, made.ExitCode);
        return "song.wav";
    }

    private async Task<string> ProbeAsync(string file) => (await _libretto.RunAsync("ffprobe", [
        "-v", "error", "-show_entries", "stream=codec_name,sample_rate,channels,duration_ts,bits_per_raw_sample", "-of", "csv=p=0", file])).Output.Trim();
}
