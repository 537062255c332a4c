using System.Net;

namespace Libretto.Page.Tests.Edit;

public sealed class EditByHandTests(Site site)
{
    [Fact]
    public async Task In_a_low_window_the_waveform_stays_in_its_strip()
    {
        await using var visitor = await EditAsync("low", new Look(844, 390, false));
        var (strip, canvas) = ((await visitor.Page.Locator("[data-strip]").BoundingBoxAsync())!, (await visitor.Page.Locator("[data-strip] canvas").BoundingBoxAsync())!);
        await visitor.ShotAsync("edit-844x390");

        Assert.InRange(canvas.Height, 50, strip.Height);
        Assert.InRange(canvas.Y, strip.Y, strip.Y + 2);
    }

    [Fact]
    public async Task On_a_phone_the_word_at_hand_and_what_can_be_done_to_it_are_on_one_screen()
    {
        await using var visitor = await EditAsync("sheet", new Look(390, 664, false));
        var word = visitor.Page.Locator(".w").Nth(30);
        await word.ClickAsync();
        var panel = visitor.Page.GetByLabel("Word", new() { Exact = true }).First;
        await panel.WaitForAsync();
        await visitor.Page.WaitForTimeoutAsync(300);
        await visitor.ShotAsync("edit-sheet");
        var (of, at) = ((await word.BoundingBoxAsync())!, (await visitor.Page.Locator(".word-panel").BoundingBoxAsync())!);

        Assert.InRange(of.Y, 0, at.Y - of.Height + 1);
        Assert.InRange(at.Y + at.Height, 0, 665);
        await visitor.Button("Close").ClickAsync();
        await visitor.Page.Locator(".word-panel").WaitForAsync(new() { State = WaitForSelectorState.Hidden });
    }

    [Fact]
    public async Task Words_are_tapped_along_by_finger_and_nothing_moves_as_it_begins()
    {
        await using var visitor = await EditAsync("finger", Look.Phone);
        await visitor.Page.Locator(".w").First.ClickAsync();
        await visitor.Button("Close").ClickAsync();
        // Up to the button by hand, so that nothing scrolls on the way to it.
        await visitor.Page.EvaluateAsync("scrollTo(0, 0)");
        var before = (await visitor.Page.Locator(".w").Nth(3).BoundingBoxAsync())!;
        await visitor.Button("Tap along from here").ClickAsync();
        var pad = visitor.Page.Locator("[data-pad]");
        await pad.WaitForAsync();
        var after = (await visitor.Page.Locator(".w").Nth(3).BoundingBoxAsync())!;
        await visitor.Page.WaitForFunctionAsync("() => window.editor.deck.now() > 0.5");
        foreach (var _ in (int[])[1, 2])
        {
            await pad.DispatchEventAsync("pointerdown");
            await visitor.Page.WaitForTimeoutAsync(250);
        }
        await visitor.Button("Tap along from here").ClickAsync();
        await visitor.Text("Not saved yet").WaitForAsync();

        Assert.Equal(before.Y, after.Y, 1f);
    }

    [Fact]
    public async Task Arrows_take_the_focus_along_with_the_selection()
    {
        await using var visitor = await EditAsync("arrows", Look.Desktop);
        await visitor.Page.Locator(".w").First.FocusAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowRight");

        await visitor.Page.WaitForFunctionAsync("() => document.activeElement.dataset.word === '1'");
        Assert.Equal(1, await visitor.Page.Locator(".w[tabindex='0']").CountAsync());
    }

    [Fact]
    public async Task A_draft_outlives_that_another_window_saved_meanwhile()
    {
        var id = await OwnSongAsync("two windows");
        await using var visitor = await site.VisitAsync();
        await OpenAsync(visitor, id);
        await RenameAsync(visitor.Page, "Unsaved");
        await visitor.Page.WaitForFunctionAsync("() => Object.entries(localStorage).some(([, text]) => text.includes('Unsaved'))");
        var other = await visitor.Page.Context.NewPageAsync();
        await other.GotoAsync($"/jobs/{id}/edit");
        await other.Locator(".edit[data-ready]").WaitForAsync();
        // The window that has it is open still: it is nobody else's to take up.
        Assert.Equal(0, await other.GetByText("never saved").CountAsync());
        await RenameAsync(other, "Saved");
        await other.GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true }).ClickAsync();
        await other.GetByText("All saved").WaitForAsync();

        await OpenAsync(visitor, id);
        await visitor.Text("Someone has saved these words since").WaitForAsync();
        await visitor.Button("Go on with them").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "Unsaved" }).WaitForAsync();
        await visitor.Button("Undo").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "Saved" }).First.WaitForAsync();
    }

    [Fact]
    public async Task The_waveform_can_be_looked_at_closely()
    {
        await using var visitor = await EditAsync("zoom", Look.Desktop);
        await visitor.Button("Show less of the song").ClickAsync();

        Assert.Equal(4, await visitor.Page.EvaluateAsync<int>("window.editor.strip.span"));
    }

    [Fact]
    public async Task Keys_write_as_in_a_text()
    {
        await using var visitor = await EditAsync("keys", Look.Desktop);
        var lines = visitor.Page.Locator(".edit-line");
        var before = await lines.CountAsync();
        await visitor.Page.Locator(".w").Nth(2).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(lines).ToHaveCountAsync(before + 1);
        await FocusedAsync(2);
        await visitor.Page.Keyboard.PressAsync("Backspace");
        await Assertions.Expect(lines).ToHaveCountAsync(before);
        await FocusedAsync(2);
        await visitor.Page.Keyboard.PressAsync("Shift+Tab");
        await FocusedAsync(1);
        await visitor.Page.Keyboard.PressAsync("Tab");
        await FocusedAsync(2);
        var gone = await visitor.Page.Locator(".w").Nth(2).InnerTextAsync();
        await visitor.Page.Keyboard.PressAsync("Delete");

        await Assertions.Expect(visitor.Page.Locator(".w").Nth(2)).Not.ToHaveTextAsync(gone);

        Task FocusedAsync(int word) => visitor.Page.WaitForFunctionAsync($"() => document.activeElement.dataset.word === '{word}'");
    }

    [Fact]
    public async Task Words_and_lines_are_added_replaced_and_given_to_another_voice()
    {
        await using var visitor = await EditAsync("added", Look.Desktop);
        await visitor.Page.GetByLabel("Add words").FillAsync("brand new");
        await visitor.Button("After this word").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".w").Nth(1)).ToHaveTextAsync("brand");
        await visitor.Page.GetByLabel("Add words").FillAsync("A whole line");
        await visitor.Button("As the next line").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".edit-line").Nth(1)).ToContainTextAsync("whole");
        await visitor.Page.GetByLabel("This line is sung by").SelectOptionAsync("Second");
        await visitor.Page.Locator(".edit-line[data-voice=Second]").WaitForAsync();
        await visitor.Button("Find and replace").ClickAsync();
        await visitor.Page.GetByLabel("Find", new() { Exact = true }).FillAsync("BRAND");
        await visitor.Page.GetByLabel("Replace by").FillAsync("grand");
        await visitor.Button("Replace all").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".w").Nth(1)).ToHaveTextAsync("grand");

        await visitor.ShotAsync("edit-desktop");
        await visitor.Button("Undo").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".w").Nth(1)).ToHaveTextAsync("brand");
    }

    [Fact]
    public async Task A_word_is_dragged_whole()
    {
        await using var visitor = await EditAsync("whole", Look.Desktop);
        var (start, end, from) = await visitor.Page.EvaluateAsync<double[]>(
            "() => { const w = window.editor.words[0]; return [w[1], w[2], window.editor.strip.from]; }") is [var one, var two, var three] ? (one, two, three) : default;
        var strip = (await visitor.Page.Locator("[data-strip]").BoundingBoxAsync())!;
        var x = strip.X + (float)((((start + end) / 2) - from) / 8 * strip.Width);
        await visitor.Page.Mouse.MoveAsync(x, strip.Y + strip.Height - 20);
        await visitor.Page.Mouse.DownAsync();
        await visitor.Page.Mouse.MoveAsync(x - 40, strip.Y + strip.Height - 20, new() { Steps = 4 });
        await visitor.Page.Mouse.UpAsync();
        await visitor.Text("Not saved yet").WaitForAsync();
        var after = await visitor.Page.EvaluateAsync<double[]>("() => window.editor.words[0].slice(1, 3)");

        Assert.InRange(after[0], 0, start - 0.1);
        Assert.Equal(end - start, after[1] - after[0], 0.005);
    }

    private async Task<Visitor> EditAsync(string title, Look look)
    {
        var id = await OwnSongAsync(title);
        var visitor = await site.VisitAsync(look);
        await OpenAsync(visitor, id);
        return visitor;
    }

    private static async Task OpenAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/jobs/{id}/edit");
        await visitor.Page.Locator(".edit[data-ready]").WaitForAsync();
    }

    private static async Task RenameAsync(IPage page, string text)
    {
        await page.Locator(".word-panel input").First.FillAsync(text);
        await page.Keyboard.PressAsync("Tab");
        await page.GetByText("Not saved yet").WaitForAsync();
    }

    private async Task<string> OwnSongAsync(string title)
    {
        await site.SongAsync();
        var answer = await site.Client.TryPostAsync(Site.Sample, idempotencyKey: "by hand " + title);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        return answer.Json.Text("id");
    }
}
