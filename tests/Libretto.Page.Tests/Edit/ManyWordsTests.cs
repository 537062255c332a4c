using System.Net;

namespace Libretto.Page.Tests.Edit;

public sealed class ManyWordsTests(Site site)
{
    [Fact]
    public async Task By_keys_alone_several_words_are_chosen_moved_and_deleted_each_as_one_step()
    {
        await using var visitor = await EditAsync("keys", Look.Desktop);
        var (page, keys) = (visitor.Page, visitor.Page.Keyboard);
        var before = await StartsAsync(visitor);
        await page.Locator(".w").Nth(1).FocusAsync();
        await keys.PressAsync("ArrowRight");
        await FocusedAsync(page, 2);
        await keys.PressAsync("Shift+ArrowRight");
        await keys.PressAsync("Shift+ArrowRight");
        await visitor.Text("3 words in 1 line").WaitForAsync();
        await keys.PressAsync("Alt+Shift+ArrowRight");
        await visitor.Text("Not saved yet").WaitForAsync();
        await visitor.ShotAsync("edit-several");
        var moved = await StartsAsync(visitor);
        Assert.Equal(before.Select((start, i) => i is >= 2 and <= 4 ? start + 0.1 : start), moved, (one, other) => Math.Abs(one - other) < 0.0015);
        await keys.PressAsync("Control+z");
        await visitor.Text("All saved").WaitForAsync();
        Assert.Equal(before, await StartsAsync(visitor));

        await page.Locator(".w").Nth(2).FocusAsync();
        await keys.PressAsync("Shift+ArrowDown");
        await visitor.Text("in 2 lines").WaitForAsync();
        await keys.PressAsync("Delete");
        await visitor.Text("words deleted").WaitForAsync();
        Assert.True((await StartsAsync(visitor)).Length < before.Length - 3);
        await keys.PressAsync("Control+z");
        await visitor.Text("All saved").WaitForAsync();
        Assert.Equal(before, await StartsAsync(visitor));

        await page.Locator(".w").First.FocusAsync();
        await keys.PressAsync("Control+a");
        await visitor.Text($"{before.Length} words in 6 lines").WaitForAsync();
        await keys.PressAsync("Escape");
        await page.GetByLabel("Starts").WaitForAsync();
    }

    [Fact]
    public async Task By_finger_words_and_lines_are_chosen_moved_and_dragged_and_all_targets_are_large_enough()
    {
        await using var visitor = await EditAsync("finger", Look.Phone);
        var page = visitor.Page;
        var before = await StartsAsync(visitor);
        var small = await page.EvaluateAsync<string[]>("""
            () => [...document.querySelectorAll(".edit :is(button, input, select, summary, a)")]
              .map((one) => [one, (one.closest("label.check") ?? one).getBoundingClientRect()])
              .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 43.5))
              .map(([one, box]) => `${one.outerHTML.slice(0, 80)} ${Math.round(box.width)} x ${Math.round(box.height)}`)
            """);
        Assert.True(small.Length == 0, string.Join("\n", small));
        await visitor.Button("Choose several").TapAsync();
        await page.Locator(".w").Nth(2).TapAsync();
        await visitor.Text("3 words in 1 line").WaitForAsync();
        await visitor.Button("0.1 s later").TapAsync();
        await visitor.Text("Not saved yet").WaitForAsync();
        await visitor.Button("Undo").DispatchEventAsync("click");
        await visitor.Text("All saved").WaitForAsync();
        await visitor.Button("Close").TapAsync();
        await visitor.Button("Choose several").DispatchEventAsync("click");
        await visitor.Button("Choose line 2").TapAsync();
        await visitor.Text("6 words in 1 line").WaitForAsync();
        await visitor.Button("Close").TapAsync();

        // Any of the chosen words takes all along.
        var (x, y, pixels) = await PlaceAsync(visitor, 8);
        await page.EvaluateAsync("""
            ([x, y, by]) => {
              const strip = document.querySelector("[data-strip]");
              strip.setPointerCapture = () => {};
              for (const [type, at] of [["pointerdown", x], ["pointermove", x + by], ["pointerup", x + by]])
                strip.dispatchEvent(new PointerEvent(type, { clientX: at, clientY: y, pointerType: "touch", pointerId: 7, bubbles: true }));
            }
            """, new[] { x, y, pixels * 0.3 });
        await visitor.Text("Not saved yet").WaitForAsync();
        var after = await StartsAsync(visitor);
        Assert.All(Enumerable.Range(6, 6), word => Assert.Equal(before[word] + 0.3, after[word], 0.05));
        Assert.Equal(before[12..], after[12..]);
    }

    [Fact]
    public async Task Lines_are_broken_again_as_one_step()
    {
        await using var visitor = await EditAsync("broken", Look.Desktop);
        var lines = visitor.Page.Locator(".edit-line");
        foreach (var word in (int[])[2, 5, 8])
        {
            var count = await lines.CountAsync();
            await visitor.Page.Locator($".w[data-word='{word}']").FocusAsync();
            await visitor.Page.Keyboard.PressAsync("Enter");
            await Assertions.Expect(lines).ToHaveCountAsync(count + 1);
        }
        var split = await lines.CountAsync();
        await visitor.Button("Break lines again").ClickAsync();
        await visitor.Text($"{split} lines have become").WaitForAsync();
        await Assertions.Expect(lines).Not.ToHaveCountAsync(split);
        await Assertions.Expect(lines.First).ToContainTextAsync("water");
        await visitor.Button("Undo").ClickAsync();
        await Assertions.Expect(lines).ToHaveCountAsync(split);
    }

    private static async Task FocusedAsync(IPage page, int word) => await page.WaitForFunctionAsync($"() => document.activeElement.dataset.word === '{word}'");

    private static Task<double[]> StartsAsync(Visitor visitor) => visitor.Page.EvaluateAsync<double[]>("() => window.editor.words.map((word) => word[1])");

    /// <summary>The middle of a word in the waveform, and the pixels of a second there.</summary>
    private static async Task<(double X, double Y, double Second)> PlaceAsync(Visitor visitor, int word)
    {
        var place = await visitor.Page.EvaluateAsync<double[]>("""
            (word) => {
              const { strip, words } = window.editor, box = strip.element.getBoundingClientRect(), second = box.width / strip.span;
              return [box.left + ((words[word][1] + words[word][2]) / 2 - strip.from) * second, box.bottom - 20, second];
            }
            """, word);
        return (place[0], place[1], place[2]);
    }

    private async Task<Visitor> EditAsync(string title, Look look)
    {
        await site.SongAsync();
        var answer = await site.Client.TryPostAsync(Site.Sample, idempotencyKey: "many " + title);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        var visitor = await site.VisitAsync(look);
        await visitor.GoAsync($"/jobs/{answer.Json.Text("id")}/edit");
        await visitor.Page.Locator(".edit[data-ready]").WaitForAsync();
        return visitor;
    }
}
