using System.Text.Json;

namespace Libretto.Page.Tests.Layout;

/// <summary>axe-core finds nothing serious in any view, light or dark, on a desktop or a phone.</summary>
public sealed class AccessibilityTests(Site site)
{
    private static readonly Lazy<string> s_axe = new(() =>
    {
        using var reader = new StreamReader(typeof(AccessibilityTests).Assembly.GetManifestResourceStream("axe.min.js")!);
        return reader.ReadToEnd();
    });

    [Fact]
    public async Task Nothing_serious_in_any_view()
    {
        var id = await site.SongAsync();
        using var folder = new ScratchFolder();
        var failed = await site.Client.PostAsync(TestAudio.Tone(folder, 1.1), """{"title":"Failed","language":"fr","engine":"moonshine"}""");
        await site.Client.FinishAsync(failed);
        var found = new List<string>();
        foreach (var look in (Look[])[Look.Desktop, Look.PhoneDark])
        {
            await using var visitor = await site.VisitAsync(look);
            foreach (var path in (string[])["/", "/jobs", $"/jobs/{id}", $"/jobs/{failed}", $"/jobs/{id}/edit", "/sign-in", "/not-found"])
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
            await visitor.GoAsync($"/jobs/{id}");
            await visitor.Button("Create link").ClickAsync();
            await visitor.Page.GotoAsync(await visitor.Page.GetByLabel("Link", new() { Exact = true }).First.InputValueAsync());
            found.AddRange(await ViolationsAsync(visitor, $"shared {look}"));
            await visitor.GoAsync($"/jobs/{id}");
            await visitor.PlayerAsync();
            await visitor.Page.Keyboard.PressAsync("f");
            found.AddRange(await ViolationsAsync(visitor, $"karaoke {look}"));
        }
        Assert.True(found.Count == 0, string.Join("\n", found));
    }

    private static async Task<IEnumerable<string>> ViolationsAsync(Visitor visitor, string where)
    {
        // Not as a script element, which the content security policy forbids.
        await visitor.Page.EvaluateAsync(s_axe.Value);
        var result = await visitor.Page.EvaluateAsync<JsonElement>("() => axe.run(document, { resultTypes: ['violations'] })");
        return [.. result.GetProperty("violations").EnumerateArray()
            .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(violation => $"{where}: {violation.GetProperty("id").GetString()}: " +
                string.Join(" | ", violation.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetProperty("html").GetString() + " " + node.GetProperty("any").GetRawText()[..Math.Min(220, node.GetProperty("any").GetRawText().Length)])))];
    }
}
