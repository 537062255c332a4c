using System.Diagnostics;
using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary><c>libretto library --watch</c> in a process of its own, with the small engine.</summary>
public sealed class LibraryWatchTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public LibraryWatchTests() => Directory.CreateDirectory(_libretto.Folder["music"]);

    public void Dispose() => _libretto.Dispose();

    [Theory]
    [InlineData("by notification", "0")]
    [InlineData("by looking again, as on network folders", "1")]
    public async Task A_song_is_worked_on_once_when_it_has_come_to_rest(string how, string polling)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the end by Ctrl-C is of Unix");
        _libretto["DOTNET_USE_POLLING_FILE_WATCHER"] = polling;
        Sounds.Silence(_libretto.Folder["music/there.wav"], 1);
        using var watch = _libretto.Start("library", "music", "--watch", "--engine", "moonshine", "--progress", "json");
        Assert.Equal("watching", (await NextAsync(watch)).GetProperty("event").GetString());

        Assert.Equal(("there.wav", how), (await DoneAsync(watch), how));

        // Written in three goes, a second apart, and under its own name from the start: never worked on before it is whole.
        var bytes = File.ReadAllBytes(Samples.TwoLines);
        Directory.CreateDirectory(_libretto.Folder["music/album"]);
        using (var slow = File.Create(_libretto.Folder["music/album/slow.wav"]))
        {
            foreach (var part in bytes.Chunk((bytes.Length / 3) + 1))
            {
                slow.Write(part);
                slow.Flush(flushToDisk: true);
                await Task.Delay(1500, Ct);
            }
        }
        Assert.Equal("slow.wav", await DoneAsync(watch));
        Assert.Contains("birds", File.ReadAllText(_libretto.Folder["music/album/slow.ttml"]), StringComparison.Ordinal);

        // Another recording takes the place of a song: it is done again. A song's own results, and one that is only touched, are no work.
        File.SetLastWriteTimeUtc(_libretto.Folder["music/there.wav"], DateTime.UtcNow);
        Sounds.Silence(_libretto.Folder["music/album/slow.wav"], 1);
        Assert.Equal("slow.wav", await DoneAsync(watch));
        File.Copy(Samples.TwoLines, _libretto.Folder["music/last.wav"]);
        Assert.Equal("last.wav", await DoneAsync(watch));

        Process.Start("kill", ["-INT", $"{watch.Id}"]).WaitForExit();
        Assert.Equal(130, (await LibrettoProgram.EndAsync(watch)).ExitCode);
        Assert.Contains("Nothing is to be done.", (await _libretto.RunAsync("library", "music", "--engine", "moonshine")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--dry-run")]
    [InlineData("--redo")]
    public async Task Watching_goes_with_neither_of_these(string option) =>
        Assert.Equal(2, (await _libretto.RunAsync("library", "music", "--watch", option)).ExitCode);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The name of the next song that is done; none may fail.</summary>
    private static async Task<string> DoneAsync(Process watch)
    {
        while (true)
        {
            var line = await NextAsync(watch);
            var what = line.GetProperty("event").GetString();
            Assert.True(what != "failed", line.ToString());
            if (what == "done")
                return Path.GetFileName(line.GetProperty("song").GetString()!);
        }
    }

    private static async Task<JsonElement> NextAsync(Process watch)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        var line = await watch.StandardError.ReadLineAsync(patience.Token);
        return JsonDocument.Parse(line ?? throw new EndOfStreamException("the watch has ended")).RootElement;
    }
}
