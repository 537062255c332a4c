namespace Libretto.Page.Tests.Party;

public sealed class PartyViewTests(Site site)
{
    [Fact]
    public async Task A_guest_reads_the_link_puts_a_song_in_and_the_host_plays_it()
    {
        await site.SongAsync();
        await using var host = await site.VisitAsync();
        await host.GoAsync("/party");
        await host.Page.GetByLabel("What it is called").FillAsync("Friday");
        await host.Button("Begin the party").ClickAsync();
        await host.Page.Locator(".code-picture svg").WaitForAsync();
        var link = await host.Page.GetByLabel("Link for guests").InputValueAsync();

        await using var guest = await site.VisitAsync(new Look(390, 664, false));
        await guest.Page.GotoAsync(link);
        await guest.Page.GetByLabel("Your name").FillAsync("<b>Zoë</b>");
        await guest.Page.GetByLabel("Find a song").FillAsync("MORNING");
        await guest.Page.GetByRole(AriaRole.Button, new() { NameRegex = new("^Sing") }).First.ClickAsync();
        await guest.Page.Locator(".turns li", new() { HasText = "<b>Zoë</b>" }).WaitForAsync();
        await guest.ShotAsync("party-guest");

        await host.Page.Locator(".turns li", new() { HasText = "<b>Zoë</b>" }).WaitForAsync();
        await host.ShotAsync("party-host");
        await host.Button("Begin").ClickAsync();
        await host.PlayerAsync();
        await host.Page.Locator("libretto-player.playing").WaitForAsync();
        await guest.Page.GetByText("<b>Zoë</b> sings").WaitForAsync();
        // The song ends, and nobody waits any more.
        await host.Page.EvaluateAsync("(() => { const p = document.querySelector('libretto-player'); p.jump(p.duration - 0.2); })()");
        await guest.Page.GetByText("Nobody sings just now.").WaitForAsync();
        await host.Page.Locator("libretto-player").WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }
}
