using System.Text.Json;

namespace Libretto.Page.Tests.Layout;

/// <summary>axe-core finds nothing in any view, light or dark, on a desktop or a phone.</summary>
public sealed class AccessibilityTests(Site site)
{
    private static readonly Lazy<string> s_axe = new(() =>
    {
        using var reader = new StreamReader(typeof(AccessibilityTests).Assembly.GetManifestResourceStream("axe.min.js")!);
        return reader.ReadToEnd();
    });

    [Fact]
    public async Task Nothing_in_any_view()
    {
        var id = await site.SongAsync();
        using var folder = new ScratchFolder();
        var failed = await site.Client.PostAsync(TestAudio.Tone(folder, 1.1), """{"title":"Failed","language":"fr","engine":"moonshine"}""");
        await site.Client.FinishAsync(failed);
        var found = new List<string>();
        foreach (var look in (Look[])[Look.Desktop, Look.PhoneDark])
        {
            await using var visitor = await site.VisitAsync(look);
            foreach (var path in (string[])["/", "/jobs", $"/jobs/{id}", $"/jobs/{failed}", $"/jobs/{id}/edit", "/sign-in", "/not-found", "/party"])
            {
                await visitor.Page.GotoAsync(path);
                if (path != "/sign-in")
                    await visitor.AliveAsync();
                found.AddRange(await ViolationsAsync(visitor, $"{path} {look}"));
            }
            await visitor.GoAsync($"/jobs/{id}/edit");
            await visitor.Button("Re-align a passage").ClickAsync();
            await visitor.Page.Locator(".passage").WaitForAsync();
            found.AddRange(await ViolationsAsync(visitor, $"passage {look}"));
            found.AddRange(await InTheEditorAsync(visitor, look));
            await visitor.GoAsync($"/jobs/{id}");
            await visitor.Button("Create link").ClickAsync();
            await visitor.Page.GotoAsync(await visitor.Page.GetByLabel("Link", new() { Exact = true }).First.InputValueAsync());
            found.AddRange(await ViolationsAsync(visitor, $"shared {look}"));
            await visitor.GoAsync("/party");
            await visitor.Button("Begin the party").ClickAsync();
            await visitor.Page.Locator(".code-picture svg").WaitForAsync();
            found.AddRange(await ViolationsAsync(visitor, $"party {look}"));
            await visitor.Page.GotoAsync(await visitor.Page.GetByLabel("Link for guests").InputValueAsync());
            await visitor.Page.Locator(".guest-songs button").First.WaitForAsync();
            found.AddRange(await ViolationsAsync(visitor, $"guest {look}"));
            await visitor.GoAsync($"/jobs/{id}");
            await visitor.Button("Rename").ClickAsync();
            await visitor.Button("Make again").ClickAsync();
            await visitor.Button("Make it again").WaitForAsync();
            found.AddRange(await ViolationsAsync(visitor, $"named and made again {look}"));
            await visitor.GoAsync($"/jobs/{id}");
            await visitor.PlayerAsync();
            await visitor.Page.Keyboard.PressAsync("f");
            found.AddRange(await ViolationsAsync(visitor, $"karaoke {look}"));
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    /// <summary>What the editor shows besides: several words chosen, one written in its place, tapping, whole lyrics, and what differs.</summary>
    private static async Task<List<string>> InTheEditorAsync(Visitor visitor, Look look)
    {
        var page = visitor.Page;
        var found = new List<string>();
        // What fades has no colour of its own yet.
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await visitor.Button("Re-align a passage").ClickAsync();
        await page.Locator(".w").First.ClickAsync();
        await page.Locator(".word-panel").WaitForAsync();
        await page.Keyboard.PressAsync("Shift+ArrowDown");
        await page.GetByLabel("Chosen words").WaitForAsync();
        found.AddRange(await ViolationsAsync(visitor, $"several words {look}"));
        await page.Keyboard.PressAsync("F2");
        await page.Locator("[data-typing]").WaitForAsync();
        found.AddRange(await ViolationsAsync(visitor, $"typing {look}"));
        await page.Keyboard.PressAsync("Escape");
        if (look.Width < 600)
            await visitor.Button("Close").ClickAsync();
        await page.Locator("[data-do=tap]").ClickAsync();
        await page.Locator("[data-pad]").WaitForAsync();
        await visitor.Button("Find and replace").ClickAsync();
        found.AddRange(await ViolationsAsync(visitor, $"tapping {look}"));
        await page.Locator("[data-do=tap]").ClickAsync();
        await visitor.Button("Paste whole lyrics").ClickAsync();
        await page.Locator("[data-paste]").FillAsync("Morning light is in the water\nAnd nothing else");
        found.AddRange(await ViolationsAsync(visitor, $"whole lyrics {look}"));
        await visitor.Button("Show the differences").ClickAsync();
        await page.Locator(".differs").First.WaitForAsync();
        found.AddRange(await ViolationsAsync(visitor, $"differences {look}"));
        await visitor.ShotAsync($"differences-{look}");
        await visitor.Button("Take all").ClickAsync();
        await visitor.Text("guessed times").WaitForAsync();
        found.AddRange(await ViolationsAsync(visitor, $"guessed {look}"));
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.NoPreference });
        return found;
    }

    [Theory]
    [InlineData(640, 360)] // 1280 x 720 at 200 %
    [InlineData(320, 640)] // and at 400 %
    public async Task Enlarged_nothing_has_to_be_scrolled_sideways(int width, int height)
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync(new Look(width, height, false));
        foreach (var path in (string[])["/", "/jobs", $"/jobs/{id}", $"/jobs/{id}/edit", "/party"])
        {
            await visitor.GoAsync(path);
            await visitor.ShotAsync($"zoom-{width}{path.Replace('/', '-')}");
            var wide = await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
            Assert.True(wide <= 0, $"{path} is {wide} px wider than the window of {width}");
        }
    }

    private static async Task<IEnumerable<string>> ViolationsAsync(Visitor visitor, string where)
    {
        // Not as a script element, which the content security policy forbids.
        await visitor.Page.EvaluateAsync(s_axe.Value);
        var result = await visitor.Page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        return [.. result.GetProperty("violations").EnumerateArray()
            .Select(violation => $"{where}: {violation.GetProperty("id").GetString()}: " +
                string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString() + " " + node.GetProperty("any").GetRawText()[..Math.Min(220, node.GetProperty("any").GetRawText().Length)])))];
    }
}
