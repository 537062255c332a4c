using System.Net;

namespace Libretto.Page.Tests.Watch;

public sealed class SongsTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_deleted_song_comes_back_by_one_key()
    {
        var id = await ToneAsync(1.31, "Gone for now");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs?search=gone+for");
        await visitor.Button("Delete Gone for now").ClickAsync();
        await visitor.Text("No song fits.").WaitForAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await site.Client.GetAsync($"/api/jobs/{id}")).Status);
        await visitor.Button("Undo").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Enter");

        await visitor.Page.Locator(".job", new() { HasText = "Gone for now" }).WaitForAsync();
        Assert.Equal(HttpStatusCode.OK, (await site.Client.GetAsync($"/api/jobs/{id}")).Status);
    }

    [Fact]
    public async Task Search_knows_letters_with_and_without_accents_and_going_back_finds_it_as_it_was()
    {
        await ToneAsync(1.32, "Kraków nocą");
        await ToneAsync(1.33, "Łódź o świcie");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs");
        var search = visitor.Page.GetByLabel("Search titles, artists and files");
        await search.FillAsync("lodz SWICIE");
        await Assertions.Expect(visitor.Page.Locator(".job")).ToHaveCountAsync(1);
        await search.FillAsync("KRAKOW");
        await visitor.Page.Locator(".job", new() { HasText = "Kraków nocą" }).WaitForAsync();
        await visitor.Page.GetByLabel("Order").SelectOptionAsync("By title");
        await Assertions.Expect(visitor.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"/jobs\?(.*&)?order=title(&|$)"));
        await visitor.Page.Locator(".job-link").First.ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Kraków nocą" }).WaitForAsync();
        await visitor.Page.GoBackAsync();

        await Assertions.Expect(search).ToHaveValueAsync("KRAKOW");
        await Assertions.Expect(visitor.Page.GetByLabel("Order")).ToHaveValueAsync("Title");
        await Assertions.Expect(visitor.Page.Locator(".job")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Going_back_finds_the_list_where_it_was_left()
    {
        foreach (var i in Enumerable.Range(0, 5))
            await ToneAsync(1.4 + (i / 100.0), $"Row {i}");
        await using var visitor = await site.VisitAsync(new Look(844, 390, false));
        await visitor.GoAsync("/jobs?search=row");
        await visitor.Page.EvaluateAsync("scrollTo(0, 150)");
        await visitor.Page.WaitForFunctionAsync("() => Object.keys(sessionStorage).some((key) => key.startsWith('libretto.scroll'))");
        await visitor.Page.Locator(".job-link").Nth(2).ClickAsync();
        await visitor.Page.WaitForURLAsync("**/jobs/*");
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Row" }).WaitForAsync();
        await visitor.Page.GoBackAsync();

        await visitor.Page.WaitForFunctionAsync("() => Math.abs(scrollY - 150) < 3");
    }

    [Fact]
    public async Task A_row_plays_its_song()
    {
        await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs?search=morning");
        await visitor.Page.Locator(".play-row").First.ClickAsync();

        await visitor.Page.Locator("libretto-player.playing").WaitForAsync();
    }

    [Fact]
    public async Task A_song_is_named_by_its_file_and_renamed_in_all_that_is_taken_away()
    {
        var answer = await site.Client.TryPostAsync(TestAudio.Tone(_folder, 1.34), fileName: "03_Avercage_-_Embers.wav");
        var id = answer.Json.Text("id");
        Assert.Equal(("Embers", "Avercage"), (answer.Json.Text("title"), answer.Json.Text("artist")));
        await site.Client.FinishAsync(id);
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Button("Rename").ClickAsync();
        await visitor.Page.GetByLabel("Title").FillAsync("Glut & Asche");
        await visitor.Page.GetByLabel("Artist").FillAsync("Die Eichen");
        await visitor.Button("Save names").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Glut & Asche" }).WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator(".byline")).ToContainTextAsync("Die Eichen");
        var recording = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Recording" }).ClickAsync());
        var words = await visitor.Page.RunAndWaitForDownloadAsync(() => visitor.Page.Locator(".format").First.ClickAsync());

        Assert.Equal("Die Eichen - Glut & Asche.wav", recording.SuggestedFilename);
        Assert.StartsWith("Die Eichen - Glut & Asche.", words.SuggestedFilename, StringComparison.Ordinal);
        var lrc = (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.lrc")).Text;
        Assert.Contains("[ti:Glut & Asche]", lrc, StringComparison.Ordinal);
        Assert.Contains("[ar:Die Eichen]", lrc, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_song_without_words_is_given_some_and_made_again()
    {
        Repository.SharedFile("models", "whisper-base"); // given words are timed by it
        var id = await ToneAsync(6, "Wordless");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.Text("Nobody was heard to sing.").WaitForAsync();
        await visitor.Button("I have the words").ClickAsync();
        await visitor.Page.GetByLabel("Your words").FillAsync("One little tone\n\nsings on its own");
        await visitor.Page.GetByLabel("Voice and music apart").UncheckAsync();
        await visitor.Button("Make it again").ClickAsync();
        // They stand there at once, and stay.
        await visitor.Page.Locator(".line", new() { HasText = "One little tone" }).WaitForAsync();
        await site.Client.FinishAsync(id);

        await visitor.Page.Locator(".line.stanza", new() { HasText = "sings on its own" }).WaitForAsync();
        Assert.Contains("little", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_song_without_words_is_written_in_the_editor()
    {
        var id = await ToneAsync(6.1, "Written");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync($"/jobs/{id}/edit");
        await visitor.Page.GetByLabel("This song has no words yet").FillAsync("Put in by hand");
        await visitor.Button("Put them in").ClickAsync();
        await visitor.Page.Locator(".w", new() { HasText = "hand" }).WaitForAsync();
        await visitor.Button("Save").ClickAsync();
        await visitor.Text("All saved").WaitForAsync();

        Assert.Contains("Put in by hand", (await site.Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_song_is_worked_on_it_plays_with_the_words_that_came_with_it()
    {
        Repository.SharedFile("models", "whisper-base"); // given words are timed by it
        const string Words = "Morning light is on the water\n\nand the day begins to sing";
        var song = TestAudio.Ffmpeg(_folder["long.ogg"], "-stream_loop", "5", "-i", Site.Sample, "-t", $"{200 + Random.Shared.NextDouble():F3}", "-c:a", "libopus");
        await using var visitor = await site.VisitAsync();
        var id = (await site.Client.TryPostAsync(song, """{"title":"Playable"}""", lyrics: Words)).Json.Text("id");
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 0.3");
        await visitor.ShotAsync("live");

        Assert.Contains("the day begins", await visitor.Page.Locator(".lines").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await visitor.Page.Locator(".line.stanza").CountAsync());
        await site.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");
    }

    [Fact]
    public async Task Lines_come_as_they_are_heard_and_what_plays_goes_on()
    {
        var song = TestAudio.Ffmpeg(_folder["heard.ogg"], "-stream_loop", "5", "-i", Site.Sample, "-t", $"{200 + Random.Shared.NextDouble():F3}", "-c:a", "libopus");
        await using var visitor = await site.VisitAsync();
        var id = await site.Client.PostAsync(song, """{"title":"Heard"}""");
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.Locator(".line").First.WaitForAsync(new() { Timeout = 180_000 });
        var status = (await site.Client.JobAsync(id)).Text("status");
        await site.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");

        Assert.Equal("running", status);
        Assert.True(await visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()") > 0.3);
    }

    [Fact]
    public async Task A_song_goes_on_while_the_server_comes_back_and_the_view_is_renewed_when_it_stops()
    {
        var id = await site.SongAsync();
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the connection breaks
        await visitor.GoAsync($"/jobs/{id}");
        await visitor.PlayerAsync();
        await visitor.Button("Play").ClickAsync();
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('libretto-player').deck.now() > 2");
        await visitor.Page.EvaluateAsync("window.isFromBefore = true");
        await site.RestartServerAsync();
        await visitor.Text("The server is back.").WaitForAsync();
        var at = await visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()");
        await visitor.Page.EvaluateAsync("document.querySelector('libretto-player').toggle()");
        await visitor.Page.WaitForFunctionAsync("() => !window.isFromBefore && document.documentElement.dataset.alive === 'true'");
        await visitor.PlayerAsync();

        Assert.InRange(await visitor.Page.EvaluateAsync<double>("document.querySelector('libretto-player').deck.now()"), at - 0.5, at + 10);
    }

    private async Task<string> ToneAsync(double seconds, string title)
    {
        var id = await site.Client.PostAsync(TestAudio.Tone(_folder, seconds), System.Text.Json.JsonSerializer.Serialize(new { title }));
        Assert.Equal("completed", (await site.Client.FinishAsync(id)).Text("status"));
        return id;
    }
}
