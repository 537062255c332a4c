using System.Net;

namespace Libretto.Page.Tests.Edit;

public sealed class PasteTests(Site site)
{
    [Fact]
    public async Task Pasted_lyrics_show_what_differs_and_what_is_taken_keeps_its_times_as_one_step()
    {
        await using var visitor = await EditAsync("pasted");
        var before = await StartsAsync(visitor);
        await PasteAsync(visitor, await CorrectedAsync());
        var parts = visitor.Page.Locator(".differs");
        await Assertions.Expect(parts).ToHaveCountAsync(2);
        await Assertions.Expect(parts.Nth(0).Locator("ins")).ToHaveTextAsync("big");
        await Assertions.Expect(parts.Nth(0).Locator(".difference-lines").Last).ToContainTextAsync("the big birds begin to sing");
        await Assertions.Expect(parts.Nth(1).Locator("del")).ToHaveTextAsync("walk");
        await visitor.ShotAsync("edit-differences");
        await parts.Nth(1).GetByRole(AriaRole.Checkbox).UncheckAsync();
        await visitor.Button("Take 1 of 2").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "big" }).WaitForAsync();
        var after = await StartsAsync(visitor);

        Assert.Equal(before, after.Where(word => word.Key != "8 big").ToDictionary(
            word => int.Parse(word.Key.Split(' ')[0], null) is var at && at > 8 ? $"{at - 1} {word.Key.Split(' ')[1]}" : word.Key, word => word.Value));
        Assert.Equal(0, await visitor.Page.Locator(".w", new() { HasText = "stroll" }).CountAsync());
        await Assertions.Expect(visitor.Page.Locator(".edit-line.stanza")).ToHaveCountAsync(1);
        await visitor.Text("1 line has guessed times.").WaitForAsync();
        await visitor.Button("Undo").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();
        Assert.Equal(before, await StartsAsync(visitor));
        // What differs is no longer a guess of these words.
        Assert.Equal(0, await visitor.Text("guessed times").CountAsync());
    }

    [Fact]
    public async Task Only_lines_with_new_words_are_listened_to_again_and_all_of_it_is_one_step()
    {
        Repository.SharedFile("models", "whisper-base");
        await using var visitor = await EditAsync("listened");
        await PasteAsync(visitor, (await CorrectedAsync()).Replace("song will", "tune will", StringComparison.Ordinal));
        await visitor.Button("Take all").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "stroll" }).WaitForAsync();
        var before = await StartsAsync(visitor);
        await visitor.Button("Re-align them").ClickAsync();
        await visitor.Text("Listening to passage 1 of 2").WaitForAsync();
        await visitor.Text("2 passages timed anew").WaitForAsync(new() { Timeout = 240_000 });
        var after = await StartsAsync(visitor);

        // The first line and the fourth and fifth were not touched.
        var untouched = before.Where(word => int.Parse(word.Key.Split(' ')[0], null) is < 6 or (>= 20 and < 34)).ToList();
        Assert.NotEmpty(untouched);
        Assert.All(untouched, word => Assert.Equal(word.Value, after[word.Key]));
        Assert.NotEqual(before["8 big"], after["8 big"]);
        await visitor.Button("Undo").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("start => window.editor.words[8][1] === start", before["8 big"]);
        Assert.Equal(before, await StartsAsync(visitor));
    }

    [Fact]
    public async Task A_text_of_five_thousand_lines_of_anything_neither_ends_the_view_nor_becomes_markup()
    {
        await using var visitor = await EditAsync("huge");
        var text = string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"<img src=x onerror=alert({i})> 🎤 שלום {new string('w', 300)}"));
        await PasteAsync(visitor, "Morning light is on the water\n" + text);
        await visitor.Text("more lines").First.WaitForAsync();
        Assert.Equal(0, await visitor.Page.Locator(".paste img").CountAsync());
        // 1280 px at 400 %.
        await visitor.Page.SetViewportSizeAsync(320, 640);
        var wide = await visitor.Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
        Assert.True(wide <= 0, $"{wide} px wider than the window");
        await visitor.Button("Back to the text").ClickAsync();
        // Typed or corrected by hand, it may be longer than what a view is sent by itself.
        await visitor.Page.EvaluateAsync("text => document.querySelector('[data-paste]').value = text",
            string.Join('\n', Enumerable.Range(0, 4000).Select(i => $"line {i} 🎤")) + "\n" + await CorrectedAsync());
        await visitor.Button("Show the differences").ClickAsync();
        await visitor.Text("keep their times").WaitForAsync();
        await visitor.Button("Back to the text").ClickAsync();
        await visitor.Page.Locator("[data-paste]").FillAsync(" \n ");
        await visitor.Button("Show the differences").ClickAsync();
        await visitor.Text("The lyrics hold no words.").WaitForAsync();
        await visitor.Button("Close").ClickAsync();
        await visitor.Page.Locator(".w").First.WaitForAsync();
        await visitor.Text("All saved").WaitForAsync();
    }

    [Fact]
    public async Task Labels_go_to_Audacity_and_back_with_their_times()
    {
        var id = await OwnSongAsync("labels");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        var download = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.Locator("a.format", new() { HasText = "Audacity" }).ClickAsync());
        var labels = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.EndsWith(".labels.txt", download.SuggestedFilename, StringComparison.Ordinal);
        var lines = labels.Split('\n');
        var fields = lines[1].Split('\t');
        var start = double.Parse(fields[0], System.Globalization.CultureInfo.InvariantCulture);
        lines[1] = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{start + 0.2:0.000000}\t{fields[1]}\t{fields[2]}");

        await EditAsync(visitor, id);
        await visitor.Button("Paste whole lyrics").ClickAsync();
        await visitor.Page.Locator(".paste input[type=file]").SetInputFilesAsync(new FilePayload
        {
            Name = "Label Track.txt", MimeType = "text/plain", Buffer = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', lines)),
        });
        await visitor.Text("Other times for 1 line").WaitForAsync();
        await visitor.Button("Take all").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("start => Math.abs(window.editor.words[1][1] - start) < 0.001", start + 0.2);
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();

        Assert.Contains(lines[1], (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.labels.txt")).Text, StringComparison.Ordinal);
    }

    /// <summary>The sample's words with two of them put right, and a stanza.</summary>
    private async Task<string> CorrectedAsync() => (await site.Client.GetAsync($"/api/jobs/{await site.SongAsync()}/lyrics.txt")).Text
        .Replace("the birds", "the big birds", StringComparison.Ordinal).Replace("walk", "stroll", StringComparison.Ordinal)
        .Replace("We will", "\nWe will", StringComparison.Ordinal);

    private static async Task PasteAsync(Visitor visitor, string text) => await visitor.Page.EvaluateAsync("""
        text => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }
        """, text);

    private static Task<Dictionary<string, double>> StartsAsync(Visitor visitor) => visitor.Page.EvaluateAsync<Dictionary<string, double>>(
        "() => Object.fromEntries(window.editor.words.map((word, i) => [`${i} ${word[0]}`, word[1]]))");

    private async Task<Visitor> EditAsync(string title)
    {
        var id = await OwnSongAsync(title);
        var visitor = await site.VisitAsync();
        await EditAsync(visitor, id);
        return visitor;
    }

    private static async Task EditAsync(Visitor visitor, string id)
    {
        await visitor.GoAsync($"/jobs/{id}/edit");
        await visitor.Page.Locator(".edit[data-ready]").WaitForAsync();
    }

    private async Task<string> OwnSongAsync(string title)
    {
        await site.SongAsync();
        var answer = await site.Client.TryPostAsync(Site.Sample, idempotencyKey: "pasted " + title);
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        return answer.Json.Text("id");
    }
}
