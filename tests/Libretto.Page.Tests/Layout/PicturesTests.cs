namespace Libretto.Page.Tests.Layout;

/// <summary>Every view at the sizes of real screens, light and dark, for people to look at: <c>./test pictures FOLDER</c>.</summary>
public sealed class PicturesTests(Site site)
{
    private static readonly (int Width, int Height)[] s_sizes = [(390, 664), (844, 390), (1280, 720), (1920, 1080), (3840, 2160)];

    [Fact(Explicit = true)]
    public async Task Every_view_at_the_sizes_of_real_screens()
    {
        Assert.SkipWhen(string.IsNullOrEmpty(Environment.GetEnvironmentVariable("LIBRETTO_SHOTS")), "LIBRETTO_SHOTS names no folder for pictures");
        var id = await site.SongAsync();
        var second = await Player.SecondLineTests.PostAsync(site);
        var (host, guests) = await PartyAsync(id);
        var covered = await CoveredAsync();
        (string Name, string Path, string? After)[] views =
        [
            ("new", "/", null), ("songs", "/jobs", null), ("song", $"/jobs/{id}", "jump(14)"), ("karaoke", $"/jobs/{id}", Karaoke("jump(14)")),
            ("karaoke-intro", $"/jobs/{id}", Karaoke("jump(0)")), ("karaoke-cover", $"/jobs/{covered}", Karaoke("jump(14)")),
            ("karaoke-cover-intro", $"/jobs/{covered}", Karaoke("jump(0)")), ("songs-chosen", "/jobs", null),
            ("next", $"/jobs/{id}?from=songs&order=oldest", Karaoke("dispatchEvent(new Event('libretto-ended', { bubbles: true }))")), ("second-line", $"/jobs/{second}", "jump(14)"),
            ("second-line-karaoke", $"/jobs/{second}", Karaoke("jump(14)")), ("edit", $"/jobs/{id}/edit", null),
            ("party", "/party", null), ("party-host", host, null), ("party-guest", guests, null),
        ];
        foreach (var (width, height) in s_sizes)
            foreach (var isDark in (bool[])[false, true])
            {
                await using var visitor = await site.VisitAsync(new Look(width, height, isDark));
                foreach (var (name, path, after) in views)
                {
                    await visitor.Page.GotoAsync(path);
                    if (path != guests)
                        await visitor.AliveAsync();
                    if (after is not null)
                    {
                        await visitor.PlayerAsync();
                        await visitor.Page.EvaluateAsync($"document.querySelector('libretto-player').{after}");
                    }
                    if (name == "songs-chosen")
                        await visitor.Page.Locator(".pick input").First.CheckAsync();
                    await visitor.Page.WaitForTimeoutAsync(500);
                    await visitor.ShotAsync($"{name}-{width}x{height}-{(isDark ? "dark" : "light")}");
                }
            }
    }

    /// <summary>The sample with a cover in its file.</summary>
    private async Task<string> CoveredAsync()
    {
        using var folder = new ScratchFolder();
        var song = TestAudio.Ffmpeg(
            folder["covered.mp3"], "-i", Site.Sample, "-f", "lavfi", "-i",
            "gradients=s=600x600:c0=0xf2b35c:c1=0x2c4a7c:c2=0xd1495b:x0=0:y0=0:x1=600:y1=600:n=3:d=0.04:r=25", "-map", "0:a", "-map", "1",
            "-frames:v", "1", "-c:v", "mjpeg", "-disposition:v", "attached_pic");
        var id = await site.Client.PostAsync(song, """{"title":"Morning Light","artist":"Libretto"}""");
        Assert.Equal("completed", (await site.Client.FinishAsync(id)).Text("status"));
        return id;
    }

    private static string Karaoke(string then) => $"classList.add('karaoke', 'idle'); document.querySelector('libretto-player').{then}";

    /// <summary>A party where one sings and others wait; its screen, and what guests see.</summary>
    private async Task<(string Host, string Guests)> PartyAsync(string song)
    {
        await using var host = await site.VisitAsync();
        await host.GoAsync("/party");
        await host.Button("Begin the party").ClickAsync();
        var link = new Uri(await host.Page.GetByLabel("Link for guests").InputValueAsync());
        foreach (var singer in (string[])["Zoë", "Bartholomew the Third of Nowhere", "مريم", "Jo"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{link.AbsolutePath}/entries")
            {
                Content = new StringContent(System.Text.Json.JsonSerializer.Serialize(new { singer, song }), System.Text.Encoding.UTF8, "application/json"),
            };
            request.Headers.Add("X-Guest", "a-guest-of-the-party-" + singer.Length);
            Assert.Equal(System.Net.HttpStatusCode.Created, (await site.Client.SendAsync(request)).Status);
        }
        await host.Button("Begin").ClickAsync();
        await host.PlayerAsync();
        return (new Uri(host.Page.Url).AbsolutePath, link.AbsolutePath);
    }
}
