using System.Net;

namespace Libretto.Page.Tests.Watch;

public sealed class WatchTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_that_failed_says_why_and_is_tried_again()
    {
        await using var visitor = await site.VisitAsync();
        // A language that the small engine does not know.
        var id = await site.Client.PostAsync(TestAudio.Tone(_folder, 2), """{"title":"Chanson","language":"fr","engine":"moonshine"}""");
        await site.Client.FinishAsync(id);
        await visitor.GoAsync($"/jobs/{id}");

        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "This did not work" }).WaitForAsync();
        var message = await visitor.Page.Locator(".trouble-card").InnerTextAsync();
        var before = (await site.Client.JobAsync(id)).Text("created_at");
        var retried = visitor.Page.Locator(".progress, .trouble-card");
        await visitor.Button("Try again: Chanson").ClickAsync();
        await retried.First.WaitForAsync();

        Assert.Contains("moonshine", message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(before, (await site.Client.JobAsync(id)).Text("created_at"));
        Assert.Equal("failed", (await site.Client.FinishAsync(id)).Text("status"));
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "This did not work" }).WaitForAsync();
    }

    [Fact]
    public async Task A_server_that_is_killed_while_watched_is_seen_to_come_back()
    {
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the connection breaks
        var id = await site.Client.PostAsync(LongSpeech(), """{"title":"Long speech"}""");
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Page.Locator(".step.running").WaitForAsync();

        await visitor.Page.EvaluateAsync("window.isFromBefore = true");
        await site.RestartServerAsync();
        await visitor.Page.WaitForFunctionAsync("() => !window.isFromBefore && document.documentElement.dataset.alive === 'true'");
        await visitor.Page.Locator(".step.running").WaitForAsync(new() { Timeout = 40_000 });
        await visitor.Button("Cancel Long speech").ClickAsync();

        await visitor.Text("cancelled").First.WaitForAsync();
        Assert.Equal("cancelled", (await site.Client.JobAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Words_edited_while_a_song_is_made_again_stay_and_what_was_made_is_found_and_looked_at()
    {
        var id = await site.Client.PostAsync(Site.Sample, """{"title":"Both ways"}""");
        await site.Client.FinishAsync(id);
        var words = (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Text;
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");

        Assert.Equal(HttpStatusCode.Accepted, (await SendAsync(HttpMethod.Post, $"/api/jobs/{id}/again", """{"options":{"fresh":true}}""")).Status);
        var edited = words.Replace("light", "moonlight", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(HttpMethod.Put, $"/api/jobs/{id}/lyrics", edited)).Status);
        await site.Client.FinishAsync(id);

        await visitor.Text("These words were edited while the song was made again").WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "look at it in the editor" }).ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "moonlight" }).First.WaitForAsync();
        await visitor.Button("Look at it; these are one undo away").ClickAsync();
        await Assertions.Expect(visitor.Page.Locator(".w", new() { HasText = "moonlight" })).ToHaveCountAsync(0);
        await visitor.Button("Undo").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "moonlight" }).First.WaitForAsync();
    }

    [Fact]
    public async Task The_list_is_live_and_can_be_searched_filtered_and_thinned()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs");
        var id = await site.Client.PostAsync(TestAudio.Tone(_folder, 1.3), """{"title":"Quiet tone"}""");

        await visitor.Page.Locator(".job", new() { HasText = "Quiet tone" }).WaitForAsync();
        await visitor.Page.Locator(".job.completed", new() { HasText = "Quiet tone" }).WaitForAsync();
        await visitor.Page.GetByLabel("Search titles, artists and files").FillAsync("no such song");
        await visitor.Text("No song fits.").WaitForAsync();
        await visitor.Page.GetByLabel("Search titles, artists and files").FillAsync("quiet");
        await visitor.Page.GetByLabel("State").SelectOptionAsync("completed");
        await visitor.Button("Delete Quiet tone").ClickAsync();

        await visitor.Text("No song fits.").WaitForAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync($"/api/jobs/{id}")).Status);
    }

    [Fact]
    public async Task Markup_in_a_title_is_text()
    {
        const string Title = "<img src=x onerror=alert(1)> & <b>Bold</b>";
        await using var visitor = await site.VisitAsync();
        var id = await site.Client.PostAsync(TestAudio.Tone(_folder, 1.4), System.Text.Json.JsonSerializer.Serialize(new { title = Title }));
        await site.Client.FinishAsync(id);
        await visitor.GoAsync($"/jobs/{id}");

        Assert.Equal(Title, await visitor.Page.Locator("h1").TextContentAsync());
        await visitor.GoAsync("/jobs");
        Assert.Equal(Title, await visitor.Page.Locator(".job strong").First.TextContentAsync());
    }

    [Fact]
    public async Task An_address_without_a_view_says_so()
    {
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the console tells of the 404
        var answer = await visitor.Page.GotoAsync("/no/such/view");

        Assert.Equal(404, answer!.Status);
        await visitor.Text("There is nothing here.").WaitForAsync();
    }

    private async Task<Answer> SendAsync(HttpMethod method, string path, string json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("If-Match", "*");
        return await site.Client.SendAsync(request);
    }

    /// <summary>Speech that is long enough to be caught at work.</summary>
    private string LongSpeech() =>
        TestAudio.Ffmpeg(_folder["long.ogg"], "-stream_loop", "5", "-i", Site.Sample, "-t", $"{200 + Random.Shared.NextDouble():F3}", "-c:a", "libopus");
}
