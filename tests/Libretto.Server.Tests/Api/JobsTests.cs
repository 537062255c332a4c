using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Libretto.Lyrics;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api;

public sealed class JobsOnSqlite(SqliteServer server) : JobsTests(server), IClassFixture<SqliteServer>;

public sealed class JobsOnPostgres(PostgresServer server) : JobsTests(server), IClassFixture<PostgresServer>;

/// <summary>A job's whole life over HTTP, the same on both databases.</summary>
public abstract class JobsTests(ServerFixture server) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private JobClient Client => server.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_song_is_watched_to_100_and_its_lyrics_are_fetched_in_every_format()
    {
        var id = await Client.PostAsync(Samples.TwoLines);

        var pcts = new List<double>();
        JsonElement job = default;
        await foreach (var (type, _, state) in Client.WatchAsync(id))
        {
            pcts.Add(state.Number("pct"));
            job = state;
            Assert.Equal(state.Text("status") == "completed" ? "completed" : "progress", type);
        }

        Assert.Equal(pcts.Order(), pcts);
        Assert.Equal(100, pcts[^1]);
        Assert.Equal("completed", job.Text("status"));
        Assert.Equal("moonshine/tiny", job.Text("processing_method"));
        Assert.Equal($"/api/jobs/{id}/lyrics.json", job.Text("results_url"));
        Assert.Equal(11, job.Number("duration"), 0.1);
        var document = LyricsFormats.Json.Read((await Client.GetAsync(job.Text("results_url"))).Text);
        Assert.Contains("birds", string.Join(' ', document.Lines.Select(line => line.Text)), StringComparison.Ordinal);
        foreach (var format in LyricsFormats.All)
        {
            var answer = await Client.GetAsync($"/api/jobs/{id}/lyrics{format.Extension}");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal(format.MediaType, answer.MediaType);
            Assert.Equal(format.Write(document), answer.Text);
        }
    }

    [Fact]
    public async Task The_same_song_with_the_same_options_is_answered_from_the_store()
    {
        var song = TestAudio.Tone(_folder, 1.1);
        await Client.FinishAsync(await Client.PostAsync(song));

        var again = (await Client.TryPostAsync(song)).Json;

        Assert.Equal("completed", again.Text("status"));
        Assert.Equal(100, again.Number("pct"));
        Assert.Equal("cache", again.Text("processing_method"));
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync(again.Text("results_url"))).Status);
        Assert.Equal("queued", (await Client.TryPostAsync(song, """{"title":"other"}""")).Json.Text("status"));
    }

    [Fact]
    public async Task Jobs_for_the_same_work_at_once_are_worked_on_once()
    {
        var song = TestAudio.Tone(_folder, 2.3, hertz: 300);

        var ids = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Client.PostAsync(song)));
        var jobs = await Task.WhenAll(ids.Select(Client.FinishAsync));

        Assert.All(jobs, job => Assert.Equal("completed", job.Text("status")));
        Assert.Single(jobs, job => job.GetProperty("progress_log").EnumerateArray().Any(step => step.Text("step") == "transcribe"));
    }

    [Fact]
    public async Task A_waiting_job_is_cancelled_at_once_and_a_running_one_within_a_second()
    {
        var running = await Client.PostAsync(LongSpeech());
        var waiting = await Client.PostAsync(TestAudio.Tone(_folder, 1.2));
        await Client.BegunAsync(running);

        Assert.Equal("cancelled", (await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{waiting}/cancel")).Json.Text("status"));
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{running}/cancel");
        var asked = DateTime.UtcNow;
        var job = await Client.FinishAsync(running);

        Assert.Equal("cancelled", job.Text("status"));
        // The machine may be busy with other tests; the bound itself is the bench's to hold.
        Assert.True(job.GetProperty("completed_at").GetDateTime() - asked < TimeSpan.FromSeconds(20));
        Assert.Equal("job_finished", (await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{await FinishedAsync()}/cancel")).Problem());
    }

    [Fact]
    public async Task A_cancelled_job_is_run_again_on_request()
    {
        var blocker = await Client.PostAsync(LongSpeech());
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 1.3));
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{blocker}/cancel");

        Assert.Equal(HttpStatusCode.Accepted, (await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/retry")).Status);

        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));
        Assert.Equal("job_not_retryable", (await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/retry")).Problem());
    }

    [Fact]
    public async Task A_job_that_cannot_be_done_fails_with_what_to_do_and_is_not_tried_again()
    {
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 1.4), """{"language":"es","engine":"moonshine"}""");

        var job = await Client.FinishAsync(id);

        Assert.Equal("failed", job.Text("status"));
        Assert.Equal("language_unsupported", job.Text("error_code"));
        Assert.Contains("libretto models pull", job.Text("error_message"), StringComparison.Ordinal);
        Assert.Equal(1, job.Number("attempts"));
        Assert.Equal("job_failed", (await Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Problem());
        Assert.Equal("failed", (await Client.GetAsync($"/api/jobs/{id}/steps")).Json.GetProperty("steps")[0].Text("status"));
    }

    [Fact]
    public async Task A_request_repeated_under_its_idempotency_key_gives_the_same_job()
    {
        var song = TestAudio.Tone(_folder, 1.5);
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Client.TryPostAsync(song, null, key)));
        var other = await Client.TryPostAsync(song, """{"title":"other"}""", key);

        Assert.Single(answers.Select(answer => answer.Json.Text("id")).Distinct());
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal("idempotency_key_reused", other.Problem());
    }

    [Fact]
    public async Task Jobs_are_listed_newest_first_page_by_page()
    {
        var song = TestAudio.Tone(_folder, 1.6);
        var mark = Guid.NewGuid().ToString("N");
        var posted = new List<string>();
        for (var i = 0; i < 5; i++)
            posted.Insert(0, await Client.PostAsync(song, $$"""{"title":"{{mark}} {{i}}"}"""));

        var seen = new List<string>();
        for (string? page = $"/api/jobs?limit=2&search={mark}"; page is not null;)
        {
            var answer = (await Client.GetAsync(page)).Json;
            seen.AddRange(answer.GetProperty("jobs").EnumerateArray().Select(job => job.Text("id")));
            page = answer.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        Assert.Equal(posted, seen);
    }

    [Fact]
    public async Task Events_go_on_after_the_last_one_seen_and_end_with_204()
    {
        var id = await FinishedAsync();
        var events = new List<string?>();
        await foreach (var (_, eventId, _) in Client.WatchAsync(id))
            events.Add(eventId);

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/events");
        request.Headers.Add("Last-Event-ID", events[^1]);
        var after = await Client.SendAsync(request);
        var before = new List<string>();
        await foreach (var (type, _, _) in Client.WatchAsync(id, lastEventId: "1"))
            before.Add(type);

        Assert.Equal(HttpStatusCode.NoContent, after.Status);
        Assert.Equal(["completed"], before);
    }

    [Fact]
    public async Task Events_are_the_lines_that_the_format_says_and_no_proxy_keeps_them_back()
    {
        var id = await FinishedAsync();

        using var answer = await Client.Http.GetAsync($"/api/jobs/{id}/events", Ct);
        var lines = (await answer.Content.ReadAsStringAsync(Ct)).Split('\n');

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal("no", Assert.Single(answer.Headers.GetValues("X-Accel-Buffering")));
        Assert.Equal(": watching", lines[0]);
        Assert.Single(lines, "event: completed");
        Assert.Single(lines, line => line.StartsWith("id: ", StringComparison.Ordinal) && long.Parse(line[4..], CultureInfo.InvariantCulture) > 0);
        Assert.Single(lines, "retry: 1000");
        Assert.Equal(id, JsonElement.Parse(Assert.Single(lines, line => line.StartsWith("data: ", StringComparison.Ordinal))[6..]).Text("id"));
        Assert.Equal(["", ""], lines[^2..]);
    }

    [Fact]
    public async Task Every_watcher_gets_the_end()
    {
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 3.1));

        var ends = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Client.FinishAsync(id)));

        Assert.All(ends, end => Assert.Equal(100, end.Number("pct")));
    }

    [Fact]
    public async Task Edited_lyrics_take_the_place_of_the_version_that_was_edited_only()
    {
        var id = await FinishedAsync();
        var original = await Client.GetAsync($"/api/jobs/{id}/lyrics.json");
        var edited = LyricsFormats.Json.Write(new LyricsDocument
        {
            Duration = 1,
            Lines = [LyricsLine.Of([new LyricsWord("<b>mine</b>", 0.1, 0.5)])],
        });

        var missing = await PutLyricsAsync(id, edited, null);
        var stored = await PutLyricsAsync(id, edited, original.Headers.ETag!);
        var late = await PutLyricsAsync(id, edited, original.Headers.ETag!);

        Assert.Equal((HttpStatusCode)428, missing.Status);
        Assert.Equal("if_match_missing", missing.Problem());
        Assert.Equal(HttpStatusCode.NoContent, stored.Status);
        Assert.Equal("edited_meanwhile", late.Problem());
        var now = await Client.GetAsync($"/api/jobs/{id}/lyrics.json");
        Assert.Equal(stored.Headers.ETag, now.Headers.ETag);
        Assert.Equal("<b>mine</b>", LyricsFormats.Json.Read(now.Text).Lines[0].Words[0].Text);
    }

    [Fact]
    public async Task A_result_that_has_not_changed_is_not_sent_again()
    {
        var id = await FinishedAsync();
        var first = await Client.GetAsync($"/api/jobs/{id}/lyrics.lrc");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/lyrics.lrc");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        Assert.Equal(HttpStatusCode.NotModified, (await Client.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Lyrics_come_in_the_format_that_is_accepted()
    {
        var id = await FinishedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/lyrics");
        request.Headers.Accept.ParseAdd("text/vtt");

        var answer = await Client.SendAsync(request);
        Assert.StartsWith("WEBVTT", answer.Text, StringComparison.Ordinal);
        Assert.Contains("Accept", answer.Headers.Vary);
        using var foreign = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/lyrics");
        foreign.Headers.Accept.ParseAdd("image/png, application/json;q=0");
        Assert.Equal("format_unknown", (await Client.SendAsync(foreign)).Problem());
    }

    [Fact]
    public async Task Lyrics_come_in_the_format_that_the_address_asks_for_whatever_is_accepted()
    {
        var id = await FinishedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/lyrics?format=ass");
        request.Headers.Accept.ParseAdd("text/vtt");

        Assert.StartsWith("[Script Info]", (await Client.SendAsync(request)).Text, StringComparison.Ordinal);
        var unknown = await Client.GetAsync($"/api/jobs/{id}/lyrics?format=doc");
        Assert.Equal((HttpStatusCode.NotFound, "format_unknown"), (unknown.Status, unknown.Problem()));
    }

    [Fact]
    public async Task Heads_are_answered_without_what_they_are_of()
    {
        var id = await FinishedAsync();
        foreach (var path in (string[])["lyrics", "lyrics.lrc", "audio/mix"])
        {
            var head = await Client.SendAsync(HttpMethod.Head, $"/api/jobs/{id}/{path}");
            Assert.Equal((HttpStatusCode.OK, ""), (head.Status, head.Text));
            Assert.NotNull(head.Headers.ETag);
        }
    }

    [Fact]
    public async Task Audio_is_served_by_ranges()
    {
        var song = TestAudio.Tone(_folder, 1.7);
        var id = await Client.PostAsync(song);

        using var part = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/audio/mix");
        part.Headers.Range = new RangeHeaderValue(100, 199);
        using var response = await Client.Http.SendAsync(part, Ct);
        using var beyond = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/audio/mix");
        beyond.Headers.Range = new RangeHeaderValue(100_000_000, null);

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal("audio/wav", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal((await File.ReadAllBytesAsync(song, Ct))[100..200], await response.Content.ReadAsByteArrayAsync(Ct));
        using var refused = await Client.Http.SendAsync(beyond, Ct);
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, new FileInfo(song).Length), (refused.StatusCode, refused.Content.Headers.ContentRange!.Length));
        Assert.Contains("range_invalid", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal("audio_missing", (await Client.GetAsync($"/api/jobs/{id}/audio/vocals")).Problem());
    }

    [Fact]
    public async Task Steps_say_how_each_stands_and_what_the_rest_may_take()
    {
        await FinishedAsync();
        var id = await Client.PostAsync(LongSpeech());
        await Client.BegunAsync(id);

        var steps = (await Client.GetAsync($"/api/jobs/{id}/steps")).Json.GetProperty("steps").EnumerateArray().ToList();
        await Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");

        Assert.Equal(["acquire", "separate", "transcribe", "align", "publish"], steps.Select(step => step.Text("step")));
        Assert.All(steps, step => Assert.Contains(step.Text("status"), (string[])["pending", "running", "completed", "skipped"]));
        Assert.NotEqual("", steps[2].Text("estimate_text"));
    }

    [Fact]
    public async Task A_deleted_job_is_gone()
    {
        var id = await FinishedAsync();

        Assert.Equal(HttpStatusCode.NoContent, (await Client.SendAsync(HttpMethod.Delete, $"/api/jobs/{id}")).Status);

        Assert.Equal("job_unknown", (await Client.GetAsync($"/api/jobs/{id}")).Problem());
        Assert.Equal("job_unknown", (await Client.GetAsync($"/api/jobs/{id}/events")).Problem());
    }

    [Fact]
    public async Task Markup_sql_and_paths_in_names_are_text()
    {
        var song = TestAudio.Tone(_folder, 1.8);
        const string Title = "<script>'; drop table jobs; --";

        var answer = await Client.TryPostAsync(song, JsonSerializer.Serialize(new { title = Title }), fileName: "../../etc/passwd.wav");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal(Title, answer.Json.Text("title"));
        Assert.DoesNotContain("/", answer.Json.Text("file_name"), StringComparison.Ordinal);
        var found = (await Client.GetAsync($"/api/jobs?search={Uri.EscapeDataString("'; drop")}")).Json.GetProperty("jobs");
        Assert.Contains(found.EnumerateArray(), job => job.Text("id") == answer.Json.Text("id"));
    }

    [Fact]
    public async Task Accents_and_apostrophes_arrive_as_people_write_them()
    {
        var answer = await Client.TryPostAsync(TestAudio.Tone(_folder, 1.9), """{"title":"L'été à Séoul"}""");
        var unknown = await Client.GetAsync("/api/jobs/it's-not-there");

        Assert.Contains("\"L'été à Séoul\"", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u", unknown.Text, StringComparison.Ordinal);
    }

    private async Task<Answer> PutLyricsAsync(string id, string body, EntityTagHeaderValue? tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/jobs/{id}/lyrics")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (tag is not null)
            request.Headers.IfMatch.Add(tag);
        return await Client.SendAsync(request);
    }

    private async Task<string> FinishedAsync()
    {
        var id = await Client.PostAsync(TestAudio.Tone(_folder, 1, name: Guid.NewGuid() + ".wav"), $$"""{"title":"{{Guid.NewGuid()}}"}""");
        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));
        return id;
    }

    /// <summary>Five minutes of speech: long enough to be caught at work. Each time another recording.</summary>
    private string LongSpeech() => TestAudio.Ffmpeg(
        _folder[Guid.NewGuid() + ".wav"], "-stream_loop", "-1", "-i", Samples.TwoLines, "-t", $"{300 + Random.Shared.NextDouble():F4}");
}
