using System.IO.Compression;
using System.Net;
using System.Text.Json;

namespace Libretto.Page.Tests.Watch;

/// <summary>Many songs: their covers, several of them at once, and one after the other.</summary>
public sealed class LibraryTests(Site site) : IDisposable
{
    private const string Player = "document.querySelector('libretto-player')";

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_songs_cover_stands_in_the_list_and_so_dark_behind_the_words_that_they_are_read()
    {
        // The worst there is to read white words on.
        var id = await SongAsync(1.71, "Covered", "white");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs?search=covered");
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('.job .cover img')?.naturalWidth === 320");
        await visitor.Page.Locator(".job-link").ClickAsync();
        await visitor.PlayerAsync();
        await visitor.Page.Keyboard.PressAsync("f");
        var lightest = await visitor.Page.EvaluateAsync<double>("""
            async () => {
              const address = getComputedStyle(document.querySelector('.backdrop')).backgroundImage.slice(5, -2);
              const picture = await createImageBitmap(await (await fetch(address)).blob());
              const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext('2d');
              pen.drawImage(picture, 0, 0);
              const { data } = pen.getImageData(0, 0, picture.width, picture.height);
              const part = (value) => ((value /= 255) <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
              let lightest = 0;
              for (let i = 0; i < data.length; i += 4)
                lightest = Math.max(lightest, 0.2126 * part(data[i]) + 0.7152 * part(data[i + 1]) + 0.0722 * part(data[i + 2]));
              return lightest;
            }
            """);

        // The line that comes next is shown at 0.78 of white: 6 to 1 for it, and more for what is sung.
        Assert.InRange((0.55 + 0.05) / (lightest + 0.05), 6, 21);
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync($"/api/jobs/{id}/cover")).Status);
    }

    [Fact]
    public async Task When_a_song_ends_the_next_of_the_list_follows_on_the_same_stage_unless_it_is_stopped()
    {
        foreach (var (i, name) in (string[])["One after A", "One after B", "One after C"] is var names ? names.Index() : [])
            await SongAsync(1.81 + (i / 100.0), name);
        await using var visitor = await site.VisitAsync();
        // The first count passes quickly.
        await visitor.Page.AddInitScriptAsync("""
            const real = setInterval;
            window.setInterval = (act, ms) => {
              const isFirst = ms === 1000 && document.querySelector('libretto-next') && !window.hasCounted;
              window.hasCounted ||= isFirst;
              return real(act, isFirst ? 60 : ms);
            };
            """);
        await visitor.GoAsync("/jobs?search=one+after&order=title");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Play all" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "One after A" }).WaitForAsync();
        await visitor.Page.Locator("libretto-player.playing").WaitForAsync();
        await visitor.Page.Keyboard.PressAsync("f");

        await visitor.Page.Locator("libretto-next", new() { HasText = "One after B" }).WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "One after B" }).WaitForAsync();
        await visitor.Page.Locator("libretto-player.playing.karaoke").WaitForAsync();
        await visitor.Button("Stop here").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator("libretto-next")).ToHaveCountAsync(0);
        await visitor.Page.EvaluateAsync($"{Player}.toggle()");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Play now" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "One after C" }).WaitForAsync();

        // After the last nothing follows.
        await visitor.Page.WaitForFunctionAsync($"() => {Player}?.isOver");
        await Assertions.Expect(visitor.Page.Locator("libretto-next")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Several_songs_are_taken_away_put_into_the_party_and_deleted_at_once()
    {
        foreach (var (i, name) in (string[])["Of many 1", "Of many 2", "Of many 3"] is var names ? names.Index() : [])
            await SongAsync(1.91 + (i / 100.0), name);
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/party");
        await visitor.Button("Begin the party").ClickAsync();
        await visitor.Page.Locator(".code-picture svg").WaitForAsync();
        var party = visitor.Page.Url;
        await visitor.GoAsync("/jobs?search=of+many&order=title");
        await visitor.Page.GetByLabel("Choose Of many 1").CheckAsync();
        await visitor.Page.GetByLabel("Choose Of many 3").CheckAsync();
        await visitor.ShotAsync("songs-chosen");
        var zip = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Download (.zip)" }).ClickAsync());
        await zip.SaveAsAsync(_folder["songs.zip"]);
        using (var songs = ZipFile.OpenRead(_folder["songs.zip"]))
            Assert.Equal(["Of many 1", "Of many 3"], songs.Entries.Select(entry => entry.FullName.Split('/')[0]).Distinct().Order());

        await visitor.Button("Sing at the party").ClickAsync();
        await visitor.Page.GetByLabel("Who sings at").FillAsync("Zoë");
        await visitor.Button("Put 2 in").ClickAsync();
        await visitor.Text("2 songs wait for Zoë.").WaitForAsync();

        await visitor.Page.GetByLabel("Choose Of many 1").CheckAsync();
        await visitor.Button("All shown").ClickAsync();
        await visitor.Page.Locator(".chosen").GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await visitor.Text("No song fits.").WaitForAsync();
        await visitor.Button("Undo").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".job")).ToHaveCountAsync(3);
        await visitor.GoAsync(party);
        await Assertions.Expect(visitor.Page.Locator(".turns li")).ToContainTextAsync((string[])["Of many 1", "Of many 3"]);
    }

    /// <summary>A short song of the test's own, with a cover where a colour is given.</summary>
    private async Task<string> SongAsync(double seconds, string title, string? cover = null)
    {
        var tone = TestAudio.Tone(_folder, seconds);
        var song = cover is null ? tone : TestAudio.Ffmpeg(
            _folder["covered.mp3"], "-i", tone, "-f", "lavfi", "-i", $"color={cover}:s=320x320:d=0.04", "-map", "0", "-map", "1", "-frames:v", "1",
            "-c:v", "mjpeg", "-disposition:v", "attached_pic");
        var id = await site.Client.PostAsync(song, JsonSerializer.Serialize(new { title }));
        Assert.Equal("completed", (await site.Client.FinishAsync(id)).Text("status"));
        return id;
    }
}
