using System.Net;
using System.Text.RegularExpressions;

namespace Libretto.Page.Tests.Edit;

public sealed class TypingTests(Site site)
{
    [Fact]
    public async Task Words_are_typed_in_their_place_as_in_a_text()
    {
        await using var visitor = await EditAsync("typed");
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        var first = page.Locator(".line-words").First;
        await page.Locator(".w").Nth(3).DblClickAsync();
        await TypingAsync(3);
        await keys.TypeAsync("deep in");
        await keys.PressAsync("Tab");
        await TypingAsync(5);
        await keys.PressAsync("Escape");
        await Assertions.Expect(first.Locator(".w").Nth(4)).ToHaveTextAsync("in");
        Assert.Equal("Morning light is deep in the water", await TextAsync());
        // Enter begins a line at the caret, Backspace at its start takes it back, once more makes one word.
        await page.WaitForFunctionAsync("() => document.activeElement.dataset.word === '5'");
        await keys.PressAsync("F2");
        await TypingAsync(5);
        await keys.PressAsync("ArrowLeft");
        await keys.PressAsync("Enter");
        await Assertions.Expect(first.Locator(".w")).ToHaveCountAsync(5);
        await keys.PressAsync("F2");
        await TypingAsync(5);
        await keys.PressAsync("ArrowLeft");
        await keys.PressAsync("Backspace");
        await Assertions.Expect(first.Locator(".w")).ToHaveCountAsync(7);
        await TypingAsync(5);
        await keys.PressAsync("Backspace");
        await TypingAsync(4);
        await keys.PressAsync("Escape");
        await Assertions.Expect(first.Locator(".w")).ToHaveCountAsync(6);
        Assert.Equal("Morning light is deep inthe water", await TextAsync());
        // What is typed stays when one clicks elsewhere.
        await page.Locator(".w").Nth(0).DblClickAsync();
        await TypingAsync(0);
        await keys.TypeAsync("Evening");
        await page.Locator(".w").Nth(2).ClickAsync();
        await Assertions.Expect(page.Locator(".w").First).ToHaveTextAsync("Evening");
        await visitor.ShotAsync("edit-typed");

        Task TypingAsync(int word) => page.WaitForFunctionAsync($"() => document.activeElement.matches('[data-typing][data-word=\"{word}\"]')");
        Task<string> TextAsync() => first.EvaluateAsync<string>("line => [...line.querySelectorAll('[data-word]')].map((one) => one.value || one.textContent).join(' ')");
    }

    [Fact]
    public async Task Who_types_faster_than_the_server_answers_loses_no_letter()
    {
        await using var visitor = await EditAsync("fast");
        await visitor.Page.EvaluateAsync("""
            () => {
              const { view } = window.editor;
              const later = () => new Promise((go) => setTimeout(go, 300));
              const slow = { invokeMethodAsync: (...asked) => later().then(() => view.invokeMethodAsync(...asked)) };
              window.editor.view = window.editor.typing.view = slow;
            }
            """);
        await visitor.Page.Locator(".w").Nth(3).FocusAsync();
        foreach (var key in "F2 d u Backspace e e p Tab o n Enter F2 l a k e Tab n o Escape".Split(' '))
            await visitor.Page.Keyboard.PressAsync(key);

        var lines = visitor.Page.Locator(".line-words");
        await Assertions.Expect(lines.Nth(1)).ToHaveTextAsync(new Regex(@"^\s*lake\s*$"));
        await Assertions.Expect(lines.First).ToHaveTextAsync(new Regex(@"^\s*Morning\s*light\s*is\s*deep\s*on\s*$"));
    }

    [Fact]
    public async Task Nothing_is_drawn_while_nothing_plays_and_a_line_is_looped_by_key()
    {
        await using var visitor = await site.VisitAsync();
        var id = await OwnSongAsync("idle");
        await visitor.Page.AddInitScriptAsync("""
            window.frames = 0;
            const ask = requestAnimationFrame.bind(window);
            window.requestAnimationFrame = (draw) => ask((time) => { window.frames++; draw(time); });
            """);
        await OpenAsync(visitor, id);
        await visitor.Page.WaitForTimeoutAsync(500);
        Assert.Equal(0, await FramesAsync());
        await visitor.Page.Locator(".w").Nth(8).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowRight");
        await visitor.Page.Keyboard.PressAsync("l");
        await visitor.Page.Locator("[data-do=loop][aria-pressed=true]").WaitForAsync();
        await visitor.Page.WaitForFunctionAsync("() => window.editor.deck.playing && window.editor.deck.now() > 7");
        Assert.InRange(await FramesAsync(), 3, 2000);
        // At its end the line begins again.
        await visitor.Page.EvaluateAsync("window.editor.deck.seek(window.editor.words[11][2] + 0.35)");
        await visitor.Page.WaitForFunctionAsync("() => window.editor.deck.now() < window.editor.words[7][1]");
        await visitor.Page.EvaluateAsync("window.editor.deck.pause()");
        await visitor.Page.WaitForFunctionAsync("() => !window.editor.deck.playing");
        await visitor.Page.WaitForTimeoutAsync(100);
        Assert.Equal(0, await FramesAsync());

        async Task<int> FramesAsync()
        {
            await visitor.Page.EvaluateAsync("window.frames = 0");
            await visitor.Page.WaitForTimeoutAsync(400);
            return await visitor.Page.EvaluateAsync<int>("window.frames");
        }
    }

    [Fact]
    public async Task A_server_that_is_ended_while_one_edits_costs_nothing_and_what_is_saved_can_be_undone()
    {
        var id = await OwnSongAsync("restarted");
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true;
        await OpenAsync(visitor, id);
        await visitor.Page.Locator(".word-panel input").First.FillAsync("Evening");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Text("Not saved yet").WaitForAsync();
        await visitor.Page.WaitForFunctionAsync("() => Object.values(localStorage).some((text) => text.includes('Evening'))");
        await site.RestartServerAsync();
        await visitor.Button("Go on with them").ClickAsync(new() { Timeout = 60_000 });
        await visitor.Page.Locator(".w", new() { HasText = "Evening" }).WaitForAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();
        await visitor.Button("Undo").ClickAsync();
        await visitor.Text("Not saved yet").WaitForAsync();
        await visitor.Page.Locator(".w", new() { HasText = "Morning" }).WaitForAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("Earlier versions (2)").WaitForAsync();

        Assert.Contains("Morning", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text, StringComparison.Ordinal);
    }

    private async Task<Visitor> EditAsync(string title)
    {
        var id = await OwnSongAsync(title);
        var visitor = await site.VisitAsync();
        await OpenAsync(visitor, id);
        return visitor;
    }

    private static async Task OpenAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/jobs/{id}/edit");
        await visitor.Page.Locator(".edit[data-ready]").WaitForAsync();
    }

    private async Task<string> OwnSongAsync(string title)
    {
        await site.SongAsync();
        var answer = await site.Client.TryPostAsync(Site.Sample, idempotencyKey: "typing " + title);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        return answer.Json.Text("id");
    }
}
