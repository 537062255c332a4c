using Libretto.Pipeline;

namespace Libretto.Page.Tests.Upload;

public sealed class UploadTests(Site site) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task From_a_chosen_file_to_singing_along()
    {
        // A file that the server has not seen, so that there is work to watch.
        var song = TestAudio.Ffmpeg(_folder["morning.ogg"], "-i", Site.Sample, "-c", "copy", "-metadata", $"comment={Guid.NewGuid()}");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", song);
        await visitor.Button("Just the words").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/jobs/*");
        await visitor.Page.Locator(".timeline .step").Nth(4).WaitForAsync();

        await visitor.Page.Locator("libretto-player[data-ready]").WaitForAsync(new() { Timeout = 60_000 });
        await visitor.Button("Play").ClickAsync();
        // It plays while it is worked on; its words light up once they are timed, and what plays goes on.
        await visitor.Page.Locator(".word.now").WaitForAsync(new() { Timeout = 180_000 });

        Assert.Contains("morning", await visitor.Page.Locator(".lines").InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("true", await visitor.Page.EvaluateAsync<string>("String(document.querySelector('libretto-player').time > 0)"));
    }

    [Fact]
    public async Task Several_songs_at_once_lead_each_to_its_own_job()
    {
        string[] songs = [TestAudio.Tone(_folder, 1.5, name: "one.wav"), TestAudio.Tone(_folder, 1.6, name: "two.flac")];
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", songs);
        await visitor.Button("Just the words of 2 songs").ClickAsync();

        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Watch" }).Nth(1).WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Watch" }).Nth(1).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "two" }).WaitForAsync();
    }

    [Fact]
    public async Task A_list_of_songs_becomes_one_group_with_one_progress()
    {
        await File.WriteAllTextAsync(_folder["Party.m3u8"], "http://one.invalid/a.mp3\nhttp://two.invalid/b.mp3\n", TestContext.Current.CancellationToken);
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", _folder["Party.m3u8"]);
        await visitor.Button("Just the words").ClickAsync();

        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "Party" }).WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator(".job")).ToHaveCountAsync(2);
        await visitor.Page.GetByRole(AriaRole.Progressbar, new() { Name = "How far Party is" }).WaitForAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "All songs" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Link, new() { Name = "Party" }).First.WaitForAsync();
    }

    [Fact]
    public async Task Words_are_looked_up_where_the_user_says_so()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", TestAudio.Tone(_folder, 1.8, name: "known.wav"));
        await visitor.Page.Locator(".more-options summary").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Combobox, new() { Name = "Words", Exact = true }).SelectOptionAsync("Look them up");
        await visitor.Text("Title and artist are sent to 127.0.0.1").WaitForAsync();
        await visitor.Page.GetByLabel("Title").FillAsync("Known Song");
        await visitor.Page.GetByLabel("Artist").FillAsync("Someone");
        await visitor.Page.Keyboard.PressAsync("Tab");
        await visitor.Button("Just the words").ClickAsync();
        await visitor.Page.WaitForURLAsync("**/jobs/*");

        var options = (await site.Client.JobAsync(visitor.Page.Url.Split('/')[^1])).GetProperty("options");
        Assert.Equal(("auto", "Known Song", "Someone"), (options.Text("lyrics"), options.Text("title"), options.Text("artist")));
    }

    [Fact]
    public async Task Leaving_during_an_upload_is_asked_about()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.RouteAsync("**/api/jobs", _ => Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken));
        await visitor.Page.SetInputFilesAsync("#files", TestAudio.Tone(_folder, 1.7, name: "slow.wav"));
        await visitor.Button("Just the words").ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Progressbar).WaitForAsync();
        var asked = new TaskCompletionSource<string>();
        visitor.Page.Dialog += async (_, dialog) =>
        {
            asked.TrySetResult(dialog.Type);
            await dialog.AcceptAsync();
        };

        await visitor.Page.CloseAsync(new() { RunBeforeUnload = true });

        Assert.Equal("beforeunload", await asked.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_no_song_is_refused_in_the_servers_words()
    {
        var file = _folder["holiday.mp3"];
        await File.WriteAllTextAsync(file, "<html><body>not found</body></html>", TestContext.Current.CancellationToken);
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the browser's console tells of every 4xx
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", file);
        await visitor.Button("Just the words").ClickAsync();

        await visitor.Text("This is not audio, whatever its name says.").WaitForAsync();
    }

    [Fact]
    public async Task What_is_too_large_is_not_even_sent()
    {
        var file = _folder["long.wav"];
        await using (var sparse = File.Create(file))
            sparse.SetLength(2_200_000_000);
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Text("up to 20 MB").WaitForAsync();
        await visitor.Page.SetInputFilesAsync("#files", file);

        await visitor.Text("This file is larger than this server takes: 20 MB.").WaitForAsync();
        Assert.True(await visitor.Button("Just the words").IsDisabledAsync());
    }

    [Fact]
    public async Task A_link_with_a_typo_is_named_before_anything_is_asked()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.GetByLabel("Links, one a line").FillAsync("htps:/example.com/song");
        await visitor.Button("Add").ClickAsync();

        await visitor.Text("“htps:/example.com/song” is no link.").WaitForAsync();
    }

    [Fact]
    public async Task Enter_adds_links_and_one_that_is_none_keeps_no_other_out()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        var links = visitor.Page.GetByLabel("Links, one a line");
        await links.FillAsync("http://127.0.0.1:9/one.mp3\nhtps:/two\nhttp://127.0.0.1:9/three.mp3");
        await links.PressAsync("Enter");

        await Assertions.Expect(visitor.Page.Locator(".draft")).ToHaveCountAsync(2);
        await visitor.Text("“htps:/two” is no link.").WaitForAsync();
        await Assertions.Expect(links).ToHaveValueAsync("htps:/two");
    }

    [Fact]
    public async Task What_is_dropped_anywhere_begins_at_once_and_can_be_taken_back()
    {
        var song = TestAudio.Tone(_folder, 2.2, name: "dropped.wav");
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/jobs");
        await visitor.Page.EvaluateAsync("""
            (bytes) => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], 'dropped.wav', { type: 'audio/wav' }));
              const send = (name) => document.body.dispatchEvent(new DragEvent(name, { dataTransfer: data, bubbles: true, cancelable: true }));
              // What a page does not take, a browser opens in its place.
              window.isTaken = !send('dragover') && !send('drop');
            }
            """, Convert.ToBase64String(await File.ReadAllBytesAsync(song, TestContext.Current.CancellationToken)));
        await visitor.Page.WaitForURLAsync("**/jobs/*");
        var id = visitor.Page.Url.Split('/')[^1];
        var options = (await site.Client.JobAsync(id)).GetProperty("options");
        await visitor.Button("Undo").ClickAsync();

        Assert.True(await visitor.Page.EvaluateAsync<bool>("window.isTaken"));
        Assert.True(options.GetProperty("stems").GetBoolean());
        await visitor.Page.WaitForURLAsync(site.Address + "/");
        await WaitUntilGoneAsync(id);
    }

    [Fact]
    public async Task Only_engines_that_are_set_up_are_offered_and_others_refused_with_what_is_missing()
    {
        await using var visitor = await site.VisitAsync();
        await visitor.GoAsync("/");
        await visitor.Page.Locator(".more-options summary").ClickAsync();
        var engines = await visitor.Page.GetByLabel("Engine").Locator("option").AllInnerTextsAsync();
        var answer = await site.Client.TryPostAsync(TestAudio.Tone(_folder, 1.1, name: "hosted.wav"), """{"engine":"groq"}""");

        Assert.DoesNotContain("Groq", engines);
        Assert.Equal(System.Net.HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Equal("option_invalid", answer.Problem());
        Assert.Contains("GROQ_API_KEY", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Small_files_have_a_size_and_what_can_never_be_read_is_not_offered_again()
    {
        var file = _folder["words.mp3"];
        await File.WriteAllTextAsync(file, "<html><body>no song</body></html>", TestContext.Current.CancellationToken);
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the browser's console tells of every 4xx
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", file);
        await visitor.Text("1 kB").WaitForAsync();
        await visitor.Button("Just the words").ClickAsync();
        await visitor.Text("This is not audio, whatever its name says.").WaitForAsync();

        Assert.Equal(0, await visitor.Button("Send again").CountAsync());
    }

    [Fact]
    public async Task Chosen_files_outlive_a_server_that_was_started_anew()
    {
        await using var visitor = await site.VisitAsync();
        visitor.ExpectsTrouble = true; // the connection breaks
        await visitor.GoAsync("/");
        await visitor.Page.SetInputFilesAsync("#files", TestAudio.Tone(_folder, 1.9, name: "patient.wav"));
        await visitor.Text("patient.wav").WaitForAsync();
        await visitor.Page.EvaluateAsync("window.isFromBefore = true");
        await site.RestartServerAsync();
        await visitor.Page.WaitForFunctionAsync("() => !window.isFromBefore && document.documentElement.dataset.alive === 'true'");

        await visitor.Text("patient.wav").WaitForAsync();
        Assert.False(await visitor.Button("Just the words").IsDisabledAsync());
    }

    /// <summary>Taking a song back may have to wait for its worker.</summary>
    private async Task WaitUntilGoneAsync(string id)
    {
        while ((await site.Client.GetAsync($"/api/jobs/{id}")) is { Status: System.Net.HttpStatusCode.OK } job &&
            job.Json.Text("status") is not "cancelled")
            await Task.Delay(200, TestContext.Current.CancellationToken);
    }
}
