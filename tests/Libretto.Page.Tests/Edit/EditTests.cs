using System.Net;

namespace Libretto.Page.Tests.Edit;

public sealed class EditTests(Site site)
{
    [Fact]
    public async Task An_edit_is_saved_and_seen_in_the_lrc()
    {
        var id = await OwnSongAsync("edited");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);

        await visitor.Page.Locator(".w").Nth(0).ClickAsync();
        await RenameAsync(visitor, "<i>Sunlight</i>");
        await visitor.Button("Undo").ClickAsync();
        await visitor.Button("Redo").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "<i>Sunlight</i>" }).WaitForAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();

        var lrc = await site.Client.GetAsync($"/api/jobs/{id}/lyrics.lrc");
        Assert.Contains("<i>Sunlight</i>", lrc.Text, StringComparison.Ordinal);
        await visitor.Text("Earlier versions (1)").WaitForAsync();
    }

    [Fact]
    public async Task Whoever_saves_second_is_told_and_loses_nothing()
    {
        var id = await OwnSongAsync("twice");
        await using var first = await site.VisitAsync();
        await using var second = await site.VisitAsync();
        await EditAsync(first, id);
        await EditAsync(second, id);

        await RenameAsync(first, "Firstly");
        await first.Button("Save").ClickAsync();
        await first.Text("All saved").WaitForAsync();
        await RenameAsync(second, "Secondly");
        await second.Button("Save").ClickAsync();
        await second.Text("Someone else has saved these words").WaitForAsync();
        await second.Button("Look at theirs; mine is one undo away").ClickAsync();
        await second.Page.Locator(".w", new() { HasText = "Firstly" }).WaitForAsync();
        await second.Button("Undo").ClickAsync();
        await second.Page.Locator(".w", new() { HasText = "Secondly" }).WaitForAsync();
        await second.Button("Save").ClickAsync();
        await second.Text("All saved").WaitForAsync();

        Assert.Contains("Secondly", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text, StringComparison.Ordinal);
        await second.Text("Earlier versions (2)").WaitForAsync();
    }

    [Fact]
    public async Task What_was_not_saved_survives_a_closed_view()
    {
        var id = await OwnSongAsync("draft");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);
        await RenameAsync(visitor, "Unsaved");
        await visitor.Page.WaitForFunctionAsync("id => localStorage.getItem(`libretto.draft.${id}`)?.includes('Unsaved')", id);

        await EditAsync(visitor, id);
        await visitor.Button("Go on with them").ClickAsync();

        await visitor.Page.Locator(".w", new() { HasText = "Unsaved" }).WaitForAsync();
    }

    [Fact]
    public async Task A_words_start_is_dragged_and_words_are_tapped_anew()
    {
        var id = await OwnSongAsync("timed");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);
        var before = await StartAsync(visitor);

        var strip = (await visitor.Page.Locator("[data-strip]").BoundingBoxAsync())!;
        var from = await visitor.Page.EvaluateAsync<double>("window.editor.from");
        var x = strip.X + (float)((before - from) / 8 * strip.Width);
        await visitor.Page.Mouse.MoveAsync(x, strip.Y + 30);
        await visitor.Page.Mouse.DownAsync();
        await visitor.Page.Mouse.MoveAsync(x + 20, strip.Y + 30, new() { Steps = 4 });
        await visitor.Page.Mouse.UpAsync();
        await visitor.Button("Undo").And(visitor.Page.Locator(":enabled")).WaitForAsync();
        var dragged = await StartAsync(visitor);

        await visitor.Button("Tap along from here").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => window.editor.deck.now() > 0.5");
        foreach (var _ in (int[])[1, 2, 3])
        {
            await visitor.Page.Keyboard.PressAsync("t");
            await visitor.Page.WaitForTimeoutAsync(250);
        }
        await visitor.Page.Keyboard.PressAsync("Escape");
        await visitor.Page.WaitForFunctionAsync("before => Number(document.querySelector('.word-panel input[type=number]').value) !== before", dragged);

        Assert.InRange(dragged - before, 0.05, 0.25);
        Assert.InRange(await StartAsync(visitor), 0.4, 3);
    }

    private static async Task EditAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/jobs/{id}/edit");
        await visitor.Page.Locator(".edit[data-ready]").WaitForAsync();
    }

    private static async Task RenameAsync(Visitor visitor, string text)
    {
        await visitor.Page.Locator(".word-panel input").First.FillAsync(text);
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Text("Not saved yet").WaitForAsync();
    }

    private static async Task<double> StartAsync(Visitor visitor) => double.Parse(
        await visitor.Page.GetByLabel("Starts").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A job of a test's own with the sample's words: the store answers, nothing is worked on.</summary>
    private async Task<string> OwnSongAsync(string title)
    {
        await site.SongAsync();
        var answer = await site.Client.TryPostAsync(Site.Sample, idempotencyKey: title);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("completed", answer.Json.Text("status"));
        return answer.Json.Text("id");
    }
}
