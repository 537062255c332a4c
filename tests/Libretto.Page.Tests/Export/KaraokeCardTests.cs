using System.IO.Compression;

namespace Libretto.Page.Tests.Export;

/// <summary>Karaoke for televisions, players and games, from the page.</summary>
public sealed class KaraokeCardTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_visitor_has_karaoke_made_watches_it_and_fetches_it()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        var card = await CardAsync(visitor, id);
        await card.GetByRole(AriaRole.Combobox, new() { Name = "Audio", Exact = true }).SelectOptionAsync("mix");
        await card.GetByRole(AriaRole.Button, new() { Name = "CD+G", Exact = true }).ClickAsync();
        var made = Made(card, "CD+G");
        await made.WaitForAsync();
        await made.GetByText("Download").WaitForAsync(new() { Timeout = 120_000 });
        await PictureAsync(card, "made");

        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => made.GetByText("Download").ClickAsync());
        Assert.Equal("Libretto - Morning Light.zip", download.SuggestedFilename);
        await download.SaveAsAsync(_folder["song.zip"]);
        using (var zip = ZipFile.OpenRead(_folder["song.zip"]))
            Assert.Equal(["Libretto - Morning Light.cdg", "Libretto - Morning Light.mp3"], zip.Entries.Select(entry => entry.FullName).Order());

        // Who comes later finds it.
        await using var later = await site.VisitAsync();
        await Made(await CardAsync(later, id), "CD+G").GetByText("Download").WaitForAsync();
    }

    [Fact]
    public async Task What_was_begun_can_be_stopped()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        var card = await CardAsync(visitor, id);
        await card.GetByRole(AriaRole.Button, new() { Name = "Video", Exact = true }).ClickAsync();
        var made = Made(card, "Video");
        // The button; the row goes on to say that it was cancelled.
        var cancel = made.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true });
        await cancel.ClickAsync();
        await PictureAsync(card, "stopped");
        await Assertions.Expect(cancel).ToHaveCountAsync(0, new() { Timeout = 60_000 });
        Assert.Equal(0, await made.GetByText("Download").CountAsync());
    }

    [Fact]
    public async Task On_a_telephone_the_card_fits_the_screen()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(new Look(390, 844, IsDark: true));
        var card = await CardAsync(visitor, id);
        await card.ScrollIntoViewIfNeededAsync();
        await PictureAsync(card, "telephone");
        var box = (await card.BoundingBoxAsync())!;
        Assert.True(box.X >= 0 && box.X + box.Width <= 390, $"{box.X} + {box.Width}");
        Assert.True(await card.EvaluateAsync<bool>("card => [...card.querySelectorAll('button, select')].every((part) => part.getBoundingClientRect().right <= innerWidth)"));
    }

    private static async Task<ILocator> CardAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/jobs/{id}");
        return visitor.Page.Locator(".card", new() { HasText = "CD+G for karaoke players" });
    }

    /// <summary>The row of the one kind, by its name: "Video" is no part of what else a row says.</summary>
    private static ILocator Made(ILocator card, string name) =>
        card.GetByRole(AriaRole.Listitem).Filter(new() { Has = card.Page.GetByText(name, new() { Exact = true }) });

    /// <summary>Kept where LIBRETTO_TEST_PICTURES says, for whoever wants to look.</summary>
    private static async Task PictureAsync(ILocator card, string name)
    {
        if (Environment.GetEnvironmentVariable("LIBRETTO_TEST_PICTURES") is { Length: > 0 } folder)
            await card.ScreenshotAsync(new() { Path = Path.Combine(folder, $"karaoke-card-{name}.png") });
    }
}
