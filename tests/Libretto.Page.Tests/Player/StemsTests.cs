using System.Text.Json;

namespace Libretto.Page.Tests.Player;

/// <summary>A song whose voice and music lie apart, on a phone held upright.</summary>
public sealed class StemsTests(Site site) : IDisposable
{
    private const string Player = "document.querySelector('libretto-player')";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Levels_are_in_reach_while_one_sings_and_remembered_and_stems_are_named_by_what_they_are()
    {
        Repository.SharedFile("models", "spleeter-2stems");
        // Clicks as loud as the tone behind them, but of next to no power.
        var song = TestAudio.Ffmpeg(
            _folder["clicks.wav"], "-f", "lavfi", "-i", "aevalsrc='if(lt(t,1.3),lt(mod(t,0.1),0.001),sin(2765*t))':s=44100:d=2.6");
        var id = await site.Client.PostAsync(song, JsonSerializer.Serialize(new { title = "Apart", artist = "Both", stems = true }));
        Assert.Equal("completed", (await site.Client.FinishAsync(id)).Text("status"));
        await using var visitor = await site.VisitAsync(new Look(390, 664, true));
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Page.Locator("libretto-player[data-stems=true]").WaitForAsync();
        await visitor.Button("Karaoke").ClickAsync();
        var voice = visitor.Page.GetByLabel("Voice", new() { Exact = true });
        await visitor.ShotAsync("karaoke-stems-390x664");
        var box = (await voice.BoundingBoxAsync())!;
        await voice.FillAsync("30");

        Assert.InRange(box.Height, 43.5f, 100);
        Assert.InRange(box.Y + box.Height, 0, 664);
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Page.Locator("libretto-player[data-stems=true]").WaitForAsync();
        Assert.Equal("30", await visitor.Page.GetByLabel("Voice", new() { Exact = true }).InputValueAsync());
        // The waveform shows what is heard as loud, which peaks do not.
        var (clicks, tone) = await visitor.Page.EvaluateAsync<double[]>($$"""
            async () => {
              while (!{{Player}}.wave.shape) await new Promise((next) => setTimeout(next, 50));
              const { peaks } = {{Player}}.wave.shape, mean = (part) => part.reduce((sum, level) => sum + level, 0) / part.length;
              return [mean(peaks.slice(5, 55)), mean(peaks.slice(75, 125))];
            }
            """) is [var one, var two] ? (one, two) : default;
        Assert.InRange(clicks, 0, tone / 3);
        var link = visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Instrumental" });
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        Assert.Equal("Both - Apart (instrumental).flac", download.SuggestedFilename);
    }
}
