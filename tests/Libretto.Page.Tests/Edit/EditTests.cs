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
    public async Task Who_sings_a_line_or_a_passage_is_chosen_and_every_format_says_so()
    {
        var id = await OwnSongAsync("voices");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);

        await SelectAsync(visitor.Page.Locator(".edit-line").Nth(0).Locator(".w").First);
        await visitor.Page.GetByLabel("This line is sung by").SelectOptionAsync("Both");
        await visitor.Page.Locator(".edit-line[data-voice=Both]").WaitForAsync();
        await SelectAsync(visitor.Page.Locator(".edit-line").Nth(1).Locator(".w").First);
        await visitor.Page.Locator(".edit-line").Nth(2).Locator(".w").First.ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await visitor.Page.GetByLabel("These 2 lines are sung by").SelectOptionAsync("Second");
        await Assertions.Expect(visitor.Page.Locator(".edit-line[data-voice=Second]")).ToHaveCountAsync(2);
        await visitor.Page.GetByLabel("in the background").CheckAsync();
        await Assertions.Expect(visitor.Page.Locator(".edit-line[data-background]")).ToHaveCountAsync(2);
        if (Environment.GetEnvironmentVariable("LIBRETTO_TEST_PICTURES") is { Length: > 0 } pictures)
            await visitor.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, "voices.png") });
        await visitor.Button("Undo").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".edit-line[data-background]")).ToHaveCountAsync(0);
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();

        Assert.Contains("\"voice\": \"both\"", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Text, StringComparison.Ordinal);
        Assert.Contains("ttm:agent=\"v2\"", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.ttml")).Text, StringComparison.Ordinal);
        Assert.Contains("\nP2\n", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.ultrastar.txt")).Text, StringComparison.Ordinal);
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
        await visitor.Page.WaitForFunctionAsync("() => Object.values(localStorage).some((text) => text.includes('Unsaved'))");

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
        var from = await visitor.Page.EvaluateAsync<double>("window.editor.strip.from");
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

    [Fact]
    public async Task A_passage_is_timed_anew_with_its_corrected_words_and_undone()
    {
        Repository.SharedFile("models", "whisper-base");
        var id = await OwnSongAsync("passage");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);
        var lines = visitor.Page.Locator(".edit-line");
        await SelectAsync(lines.Nth(1).Locator(".w").First);
        var before = await StartAsync(visitor);

        await lines.Nth(2).Locator(".w").First.ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await visitor.Button("Re-align a passage").ClickAsync();
        var words = visitor.Page.GetByLabel("Words", new() { Exact = true });
        var (first, rest) = await words.InputValueAsync() is var text && text.Split('\n') is [var one, var two] ? (one, two) : throw new InvalidOperationException(text);
        await words.FillAsync($"Zounds {first}\n{rest}");
        var (from, to) = (await NumberAsync(visitor, "Begins after"), await NumberAsync(visitor, "Ends before"));
        var listed = await NewestAsync();
        await visitor.Button("Re-align").ClickAsync();
        await visitor.Button("Stop").WaitForAsync();
        Assert.Equal(listed, await NewestAsync());
        await visitor.Text("Timed anew").WaitForAsync(new() { Timeout = 240_000 });

        await visitor.Page.Locator(".w", new() { HasText = "Zounds" }).WaitForAsync();
        Assert.InRange(await NumberAsync(visitor, "Starts"), from, to);
        await SelectAsync(lines.Nth(1).Locator(".w").Nth(1));
        Assert.InRange(await StartAsync(visitor), before - 0.5, before + 0.5);
        await visitor.Button("Undo").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "Zounds" }).WaitForAsync(new() { State = WaitForSelectorState.Detached });
    }

    [Fact]
    public async Task A_passage_without_words_is_not_sent_anywhere()
    {
        var id = await OwnSongAsync("wordless");
        await using var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);

        await visitor.Button("Re-align a passage").ClickAsync();
        await visitor.Page.GetByLabel("Words", new() { Exact = true }).FillAsync(" ");
        await visitor.Button("Re-align").ClickAsync();

        await visitor.Text("The lyrics hold no words.").WaitForAsync();
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

    private static async Task SelectAsync(ILocator word)
    {
        await word.ClickAsync();
        await Assertions.Expect(word).ToHaveAttributeAsync("aria-pressed", "true");
    }

    private async Task<string> NewestAsync() => (await site.Client.GetAsync("/api/jobs?limit=1")).Json.GetProperty("jobs")[0].Text("id");

    private static Task<double> StartAsync(Visitor visitor) => NumberAsync(visitor, "Starts");

    private static async Task<double> NumberAsync(Visitor visitor, string label) => double.Parse(
        await visitor.Page.GetByLabel(label).InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);

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
