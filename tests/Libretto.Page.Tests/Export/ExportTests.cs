using Libretto.Lyrics;

namespace Libretto.Page.Tests.Export;

public sealed class ExportTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_karaoke_file_plays_from_a_disk_without_a_server()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        var card = visitor.Page.Locator(".card", new() { HasText = "CD+G for karaoke players" });
        await card.GetByLabel("Audio").SelectOptionAsync("Full mix");
        await card.GetByRole(AriaRole.Button, new() { Name = "HTML" }).ClickAsync();
        var made = card.GetByRole(AriaRole.Link, new() { Name = "Download" });
        await made.WaitForAsync(new() { Timeout = 60_000 });
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => made.ClickAsync());
        var file = _folder["song.html"];
        await download.SaveAsAsync(file);

        await using var reader = await site.VisitAsync();
        await reader.Page.Context.SetOfflineAsync(true);
        await reader.Page.GotoAsync(new Uri(file).AbsoluteUri);
        await reader.PlayerAsync();
        await reader.Page.Locator(".word").Nth(5).ClickAsync();
        await reader.Button("Play").ClickAsync();
        await reader.Page.Locator(".word.now").WaitForAsync();
        await reader.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').wave.shape?.peaks.length > 100");

        Assert.True(await reader.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()") > 0.5);
        await reader.Button("Half a tone higher").ClickAsync();
        await reader.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.routed?.shifter.isOn");
        // What comes out of the key shift is sound.
        await reader.Page.EvaluateAsync("""
            async () => {
              const { context, shifter } = document.querySelector('libretto-player').deck.routed;
              const ear = shifter.output.connect(context.createAnalyser()), heard = new Float32Array(2048);
              while (!heard.some((sample) => Math.abs(sample) > 0.01)) {
                await new Promise(requestAnimationFrame);
                ear.getFloatTimeDomainData(heard);
              }
            }
            """);
        Assert.InRange(new FileInfo(file).Length, 100_000, 3_000_000);
    }

    [Fact]
    public async Task A_shared_link_shows_the_song_and_nothing_else()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Button("Create link").ClickAsync();
        var link = await visitor.Page.GetByLabel("Link", new() { Exact = true }).First.InputValueAsync();

        await using var guest = await site.VisitAsync();
        await guest.Page.GotoAsync(link);
        await guest.PlayerAsync();
        await guest.Button("Play").ClickAsync();
        await guest.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 0.3");

        Assert.Equal(0, await guest.Page.GetByText("Delete").CountAsync());
        Assert.Equal(0, await guest.Page.GetByText("Edit words").CountAsync());
    }

    [Fact]
    public async Task One_link_is_called_back_and_others_go_on()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        var links = visitor.Page.GetByLabel("Link", new() { Exact = true });
        var before = await links.CountAsync();
        await visitor.Button("Create link").ClickAsync();
        await Assertions.Expect(links).ToHaveCountAsync(before + 1);
        var first = await links.First.InputValueAsync();
        await visitor.Button("Create link").ClickAsync();
        await Assertions.Expect(links).ToHaveCountAsync(before + 2);
        var second = await links.First.InputValueAsync();

        await visitor.Button("Revoke").Nth(1).ClickAsync();
        await Assertions.Expect(links).ToHaveCountAsync(before + 1);

        Assert.Equal(System.Net.HttpStatusCode.Gone, (await site.Client.GetAsync(new Uri(first).AbsolutePath)).Status);
        Assert.Equal(System.Net.HttpStatusCode.Gone, (await site.Client.GetAsync(new Uri(first).AbsolutePath + "/audio/mix")).Status);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await site.Client.GetAsync(new Uri(second).AbsolutePath)).Status);
        await visitor.GoAsync($"/jobs/{id}");
        await Assertions.Expect(links).ToHaveCountAsync(before + 1);
    }

    [Fact]
    public async Task A_link_that_was_tampered_with_shows_nothing()
    {
        await using var guest = await site.VisitAsync();
        guest.ExpectsTrouble = true; // the console tells of the 410
        var answer = await guest.Page.GotoAsync("/s/CfDJ8BxqzZ");

        Assert.Equal(410, answer!.Status);
        await guest.Text("This link no longer works.").WaitForAsync();
    }

    [Fact]
    public async Task Every_format_can_be_fetched()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        var links = await visitor.Page.Locator(".format").EvaluateAllAsync<string[]>("all => all.map(link => link.getAttribute('href'))");

        Assert.Equal(LyricsFormats.All.Count, links.Length);
        foreach (var link in links)
            Assert.Equal(System.Net.HttpStatusCode.OK, (await site.Client.GetAsync(link)).Status);
    }
}
