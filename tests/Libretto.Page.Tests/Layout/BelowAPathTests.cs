namespace Libretto.Page.Tests.Layout;

/// <summary>The page below a path of another host, behind nginx set up as docs/proxy.md says.</summary>
public sealed class BelowAPathTests(Site site)
{
    [Fact]
    public async Task A_song_is_found_played_edited_and_shared_and_no_request_leaves_the_path()
    {
        var id = await site.SongAsync();
        await using var proxy = await NginxProxy.StartAsync(new Uri(site.Address), stripsPath: true);
        // Any request to an address outside of the path fails the test, as one to another site does.
        await using var visitor = await site.VisitAsync(address: proxy.Address);

        await visitor.GoAsync("");
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Songs", Exact = true }).ClickAsync();
        await visitor.Page.Locator($".job-link[href*='{id}']").ClickAsync();
        await visitor.PlayerAsync();
        Assert.EndsWith($"/libretto/jobs/{id}", visitor.Page.Url.Split('?')[0], StringComparison.Ordinal);
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 0.3");
        await visitor.Page.WaitForFunctionAsync("() => navigator.serviceWorker.ready.then((worker) => worker.scope.endsWith('/libretto/'))");

        await visitor.Button("Create link").ClickAsync();
        var link = await visitor.Page.GetByLabel("Link", new() { Exact = true }).First.InputValueAsync();
        Assert.StartsWith($"{proxy.Address}s/", link, StringComparison.Ordinal);
        await using (var guest = await site.VisitAsync(address: proxy.Address))
        {
            await guest.Page.GotoAsync(link);
            await guest.PlayerAsync();
            await guest.Button("Play").ClickAsync();
            await guest.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 0.3");
        }

        await visitor.Page.GetByText("Edit words").ClickAsync();
        await visitor.Page.WaitForURLAsync($"{proxy.Address}jobs/{id}/edit");
        await visitor.Page.Locator(".edit").WaitForAsync();
    }

    [Fact]
    public async Task A_song_is_sent_from_below_the_path()
    {
        await using var proxy = await NginxProxy.StartAsync(new Uri(site.Address), stripsPath: true);
        await using var visitor = await site.VisitAsync(address: proxy.Address);

        await visitor.GoAsync("");
        await visitor.Page.SetInputFilesAsync("#files", TestAudio.Tone(site.Folder, 1.3));
        await visitor.Button("Just the words").ClickAsync();
        await visitor.Page.WaitForURLAsync(address => address.StartsWith($"{proxy.Address}jobs/", StringComparison.Ordinal), new() { Timeout = 60_000 });
    }
}
