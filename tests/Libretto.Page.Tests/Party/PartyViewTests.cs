namespace Libretto.Page.Tests.Party;

public sealed class PartyViewTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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

    [Fact]
    public async Task A_recording_deleted_while_it_plays_is_told_the_party_goes_on_and_a_phone_that_slept_sees_it()
    {
        await site.SongAsync();
        // So large that a browser has not all of it when it is gone.
        var large = await site.Client.PostAsync(
            TestAudio.Ffmpeg(_folder["large.wav"], "-f", "lavfi", "-i", "anullsrc=r=44100:cl=stereo", "-t", "70"), """{"title":"Soon gone"}""");
        Assert.Equal("completed", (await site.Client.FinishAsync(large)).Text("status"));
        await using var host = await site.VisitAsync();
        host.ExpectsTrouble = true; // the recording is gone
        await host.GoAsync("/party");
        await host.Button("Begin the party").ClickAsync();
        await host.Page.Locator(".code-picture svg").WaitForAsync();
        foreach (var (singer, song) in ((string, string)[])[("Ann", "Soon gone"), ("Bob", "Morning")])
        {
            await host.Page.GetByLabel("Singer").FillAsync(singer);
            var chosen = host.Page.Locator(".host-adds select");
            await chosen.SelectOptionAsync(await chosen.Locator("option", new() { HasText = song }).First.GetAttributeAsync("value") ?? "");
            await host.Button("Put it in").ClickAsync();
            await host.Page.Locator(".turns li", new() { HasText = singer }).WaitForAsync();
        }
        await using var guest = await site.VisitAsync(new Look(390, 664, false));
        guest.ExpectsTrouble = true; // it is away for a while
        await guest.Page.GotoAsync(await host.Page.GetByLabel("Link for guests").InputValueAsync());
        await host.Button("Begin").ClickAsync();
        await host.Page.Locator("libretto-player.playing").WaitForAsync();
        await guest.Page.GetByText("Ann sings").WaitForAsync();

        await guest.Page.Context.SetOfflineAsync(true);
        Assert.Equal(System.Net.HttpStatusCode.NoContent, (await site.Client.SendAsync(HttpMethod.Delete, $"/api/jobs/{large}")).Status);
        await host.Page.EvaluateAsync("document.querySelector('libretto-player').jump(65)");
        await host.Text("The recording comes no further: it was deleted, or the server cannot be reached.").WaitForAsync();
        Assert.Equal(0, await host.Page.Locator("libretto-player.playing").CountAsync());
        await host.Button("Next singer").ClickAsync();
        await host.Page.Locator("libretto-player.playing").WaitForAsync();
        await guest.Page.Context.SetOfflineAsync(false);
        await guest.Page.EvaluateAsync("document.dispatchEvent(new Event('visibilitychange'))");

        await guest.Page.GetByText("Bob sings").WaitForAsync();
    }
}
