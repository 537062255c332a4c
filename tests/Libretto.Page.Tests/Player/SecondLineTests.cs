using System.Text.Json.Nodes;

namespace Libretto.Page.Tests.Player;

/// <summary>A line in other letters, or in another language, below the one that is sung.</summary>
public sealed class SecondLineTests(Site site)
{
    [Fact]
    public async Task A_reading_lights_up_word_by_word_below_the_line_and_a_translation_stands_under_it()
    {
        var id = await PostAsync(site);
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        var line = visitor.Page.Locator(".line").First;

        // In the middle of the second word.
        await visitor.Page.EvaluateAsync("""
            () => {
              const player = document.querySelector('libretto-player'), { start, end } = player.stage.words[1];
              player.jump((start + end) / 2);
            }
            """);

        await Assertions.Expect(line.Locator(".second.reading")).ToHaveTextAsync(await ReadingAsync(line));
        await Assertions.Expect(line.Locator(".under.sung")).ToHaveCountAsync(2);
        await Assertions.Expect(line.Locator(".second[lang=de]")).ToHaveTextAsync("Morgenlicht auf dem Wasser");
        Assert.True(await BelowAsync(line), "the second line stands below the first");
        await visitor.Page.Keyboard.PressAsync("f");
        await visitor.Page.Locator("libretto-player.karaoke").WaitForAsync();
        await Assertions.Expect(line.Locator(".second[lang=de]")).ToBeInViewportAsync();
        Assert.True(await BelowAsync(line), "and on the karaoke stage too");
    }

    /// <summary>A song of its own whose first lines have others below them.</summary>
    internal static async Task<string> PostAsync(Site site)
    {
        await site.SongAsync();
        var id = await site.Client.PostAsync(Site.Sample, """{"title":"In two letters"}""");
        Assert.Equal("completed", (await site.Client.FinishAsync(id)).Text("status"));
        var song = JsonNode.Parse((await site.Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Text)!;
        foreach (var line in song["lines"]!.AsArray())
        {
            line!["romanized"] = string.Join(' ', line["words"]!.AsArray().Select(word => $"~{word!["text"]}"));
            line["translation"] = new JsonObject { ["language"] = "de", ["text"] = "Morgenlicht auf dem Wasser" };
        }
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/jobs/{id}/lyrics")
        {
            Content = new StringContent(song.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        var saved = await site.Client.SendAsync(request);
        Assert.True(saved.Status == System.Net.HttpStatusCode.NoContent, saved.Text);
        return id;
    }

    private static async Task<string> ReadingAsync(ILocator line) =>
        string.Join(' ', (await line.Locator(".word").AllTextContentsAsync()).Select(word => $"~{word}"));

    private static Task<bool> BelowAsync(ILocator line) => line.EvaluateAsync<bool>("""
        (line) => {
          const [word, reading, meaning] = ['.word', '.reading', '[lang=de]'].map((part) => line.querySelector(part).getBoundingClientRect());
          return word.bottom <= reading.bottom && reading.top < meaning.top && reading.bottom <= meaning.top + 2;
        }
        """);
}
