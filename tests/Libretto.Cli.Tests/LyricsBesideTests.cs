using System.Text;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>--lyrics off|sidecar|lookup</c> for a single song, with the small engine.</summary>
public sealed class LyricsBesideTests : IDisposable
{
    private const string Lines = "[00:00.50]Mornin' light is on th' water\n[00:05.50]an' the birds begin to sing\n";

    private readonly LibrettoProgram _libretto = new();

    public LyricsBesideTests() => File.Copy(Samples.TwoLines, _libretto.Folder["song.wav"]);

    public void Dispose() => _libretto.Dispose();

    [Theory]
    [InlineData("song.lrc")]
    [InlineData("Song.WAV.lrc")]
    public async Task Words_beside_a_song_are_used_as_they_are_written(string name)
    {
        Write(name, Lines);
        var run = await RunAsync("--lyrics", "sidecar");
        Assert.Contains("Mornin' light is on th' water", run.Output, StringComparison.Ordinal);
        Assert.Contains(name, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_in_the_tags_are_used_where_nothing_lies_beside()
    {
        var made = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-i", "song.wav", "-metadata", $"LYRICS={Lines}", "song.flac"]);
        Assert.True(made.ExitCode == 0, made.Errors);
        var run = await SongAsync("song.flac", "--lyrics", "sidecar");
        Assert.Contains("Mornin' light", run.Output, StringComparison.Ordinal);
        Assert.Contains("in the tags of song.flac", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Off_hears_the_words_whatever_lies_beside_and_so_does_no_option()
    {
        Write("song.lrc", Lines);
        Assert.DoesNotContain("Mornin'", (await RunAsync("--lyrics", "off")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Mornin'", (await RunAsync()).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_songs_words_are_found_out_and_stay_as_they_are()
    {
        const string Other = "[00:01.00]Happy birthday dear Susan\n[00:03.00]many candles burn tonight\n[00:05.00]we brought you a cake\n";
        Write("song.lrc", Other);
        var run = await RunAsync("--lyrics", "sidecar");
        Assert.Contains("birds", run.Output, StringComparison.Ordinal);
        Assert.Contains("are another's", run.Errors, StringComparison.Ordinal);
        Assert.Equal(Other, File.ReadAllText(_libretto.Folder["song.lrc"]));
    }

    [Fact]
    public async Task What_Libretto_made_is_no_source_for_making_it_again()
    {
        var first = await _libretto.RunAsync("song.wav", "--format", "lrc", "--engine", "moonshine");
        Assert.True(first.ExitCode == 0, first.Errors);
        var second = await RunAsync("--lyrics", "sidecar");
        Assert.Contains("its words are heard", second.Errors, StringComparison.Ordinal);
        // Corrected by its owner it is the owner's.
        Write("song.lrc", Lines);
        Assert.Contains("Mornin'", (await RunAsync("--lyrics", "sidecar")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lookup_asks_the_library_only_where_nothing_lies_with_the_song()
    {
        using var library = new SongServer();
        library.Serve("/api/get", "application/json", Encoding.UTF8.GetBytes(
            $$"""{"id":1,"trackName":"Song","artistName":"Nobody","duration":9,"instrumental":false,"syncedLyrics":"[00:00.50]Morning light's upon the water\n[00:05.50]and the birds begin to sing"}"""));
        _libretto["LIBRETTO_LYRICS_LIBRARY"] = $"{library.Address}api";
        File.Move(_libretto.Folder["song.wav"], _libretto.Folder["Nobody - Song.wav"]);

        Write("Nobody - Song.lrc", Lines);
        var beside = await SongAsync("Nobody - Song.wav", "--lyrics", "lookup");
        Assert.Contains("Mornin'", beside.Output, StringComparison.Ordinal);
        Assert.Empty(library.Requests);

        File.Delete(_libretto.Folder["Nobody - Song.lrc"]);
        var found = await SongAsync("Nobody - Song.wav", "--lyrics", "lookup");
        Assert.NotEmpty(library.Requests);
        Assert.True(found.Output.Contains("light's upon", StringComparison.Ordinal), found.Output + found.Errors);
    }

    [Fact]
    public async Task A_file_of_such_a_name_is_named_by_its_folder_and_align_wants_words()
    {
        Write("off", "some words");
        var none = await _libretto.RunAsync("align", "song.wav", "--lyrics", "off");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("name their file", none.Errors, StringComparison.Ordinal);
        Write("nowhere", "");
        Assert.Contains("./nowhere", (await _libretto.RunAsync("align", "song.wav", "--lyrics", "./nowhere")).Errors, StringComparison.Ordinal);
    }

    private Task<Outcome> RunAsync(params string[] more) => SongAsync("song.wav", more);

    private async Task<Outcome> SongAsync(string song, params string[] more)
    {
        var run = await _libretto.RunAsync([song, "--engine", "moonshine", "--stdout", "lrc", .. more]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run;
    }

    private void Write(string name, string text) => File.WriteAllText(_libretto.Folder[name], text);
}
