using System.ClientModel;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Libretto.Lyrics;
using Libretto.Pipeline.Stems;
using Libretto.Server.Tests.Support;
using OpenAI;
using OpenAI.Audio;

namespace Libretto.Server.Tests.Api;

/// <summary>What the library does a job does too: stems, separation, translation, prompts, beams, lyrics that are given.</summary>
public sealed class WholeSongTests(WhisperServer server) : IClassFixture<WhisperServer>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    private JobClient Client => server.Client;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stems_come_last_and_are_served_by_ranges_while_lyrics_can_be_read_before()
    {
        var id = await Client.PostAsync(Sung(30), """{"engine":"moonshine","stems":true,"separate":"never"}""");

        var early = default(JsonElement);
        var job = default(JsonElement);
        await foreach (var (_, _, state) in Client.WatchAsync(id))
        {
            var links = state.GetProperty("links");
            if (early.ValueKind == JsonValueKind.Undefined && state.Text("status") == "running" && links.TryGetProperty("lyrics", out _))
            {
                early = state;
                Assert.False(links.GetProperty("audio").TryGetProperty("vocals", out _));
                Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Status);
            }
            job = state;
        }

        Assert.NotEqual(JsonValueKind.Undefined, early.ValueKind);
        Assert.Equal("completed", job.Text("status"));
        var log = job.GetProperty("progress_log").EnumerateArray().Select(step => step.Text("step")).ToList();
        Assert.Equal(["acquire", "transcribe", "separate", "publish"], log);
        using var part = new HttpRequestMessage(HttpMethod.Get, job.GetProperty("links").GetProperty("audio").Text("instrumental"));
        part.Headers.Range = new RangeHeaderValue(0, 3);
        using var response = await Client.Http.SendAsync(part, Ct);
        Assert.Equal((HttpStatusCode.PartialContent, "audio/flac"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal("fLaC"u8.ToArray(), await response.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(HttpStatusCode.OK, (await Client.GetAsync($"/api/jobs/{id}/audio/vocals")).Status);
    }

    [Fact]
    public async Task Lyrics_edited_while_stems_are_made_stay_edited()
    {
        var id = await Client.PostAsync(Sung(31), """{"engine":"moonshine","stems":true,"separate":"never"}""");
        await foreach (var (_, _, state) in Client.WatchAsync(id))
        {
            if (state.Text("status") != "running" || !state.GetProperty("links").TryGetProperty("lyrics", out _))
                continue;
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/jobs/{id}/lyrics")
            {
                Content = new StringContent(
                    LyricsFormats.Json.Write(new LyricsDocument { Duration = 31, Lines = [LyricsLine.Of([new LyricsWord("mine", 1, 2)])] }),
                    Encoding.UTF8, "application/json"),
            };
            request.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
            Assert.Equal(HttpStatusCode.NoContent, (await Client.SendAsync(request)).Status);
            break;
        }

        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));
        Assert.Equal("mine\n", (await Client.GetAsync($"/api/jobs/{id}/lyrics.txt")).Text);
    }

    [Fact]
    public async Task A_job_that_is_to_separate_separates()
    {
        var id = await Client.PostAsync(Sung(5), """{"engine":"moonshine","separate":"always"}""");
        var job = await Client.FinishAsync(id);

        Assert.Equal("completed", job.Text("status"));
        var step = job.GetProperty("progress_log").EnumerateArray().Single(step => step.Text("step") == "separate");
        Assert.Equal(("completed", "spleeter-2stems"), (step.Text("status"), step.Text("method")));
        var document = LyricsFormats.Json.Read((await Client.GetAsync($"/api/jobs/{id}/lyrics.json")).Text);
        Assert.Equal("spleeter-2stems", document.Method!.Separation);
    }

    [Fact]
    public async Task Other_options_take_from_the_cache_what_they_share()
    {
        var song = Sung(6);
        await Client.FinishAsync(await Client.PostAsync(song, """{"engine":"moonshine"}"""));
        var job = await Client.FinishAsync(await Client.PostAsync(song, """{"engine":"moonshine","title":"Another"}"""));

        var step = job.GetProperty("progress_log").EnumerateArray().Single(step => step.Text("step") == "transcribe");
        Assert.Equal("cache", step.Text("method"));
        Assert.Equal("Another", job.Text("title"));
    }

    [Fact]
    public async Task Translation_prompts_and_beams_reach_the_engine()
    {
        var song = Samples.TwoLines;
        var id = await Client.PostAsync(song, """{"translate":true,"prompt":"Kennedy","beam":2,"language":"en"}""");
        Assert.Equal("completed", (await Client.FinishAsync(id)).Text("status"));

        // Each is one that the small engine refuses.
        foreach (var options in (string[])["""{"engine":"moonshine","translate":true}""", """{"engine":"moonshine","prompt":"Kennedy"}"""])
        {
            var failed = await Client.FinishAsync(await Client.PostAsync(song, options));
            Assert.Equal("option_unsupported", failed.Text("error_code"));
            Assert.InRange(failed.Number("processing_time_seconds"), 0, 600);
        }
        Assert.Equal("option_invalid", (await Client.TryPostAsync(song, """{"beam":11}""")).Problem());
    }

    [Fact]
    public async Task Given_lyrics_are_kept_line_by_line_and_timed()
    {
        Repository.SharedFile("models", "whisper-base");
        foreach (var (name, lyrics) in ((string?, string)[])
            [
                (null, "And so, my fellow Americans,\nask not what your country can do for you"),
                ("words.lrc", "[00:01.00]And so, my fellow Americans,\n[00:04.00]ask not what your country can do for you"),
                (null, "1\n00:00:01,000 --> 00:00:03,000\nAnd so, my fellow Americans,\n\n2\n00:00:04,000 --> 00:00:06,000\nask not what your country can do for you\n"),
            ])
        {
            var answer = await Client.TryPostAsync(Repository.SharedFile("audio", "jfk.wav"), """{"language":"en"}""", lyrics: lyrics, lyricsName: name);
            Assert.Equal(HttpStatusCode.Accepted, answer.Status);
            var job = await Client.FinishAsync(answer.Json.Text("id"));

            Assert.Equal("completed", job.Text("status"));
            var document = LyricsFormats.Json.Read((await Client.GetAsync(job.Text("results_url"))).Text);
            Assert.Equal(["And so, my fellow Americans,", "ask not what your country can do for you"], document.Lines.Select(line => line.Text));
            Assert.Equal("supplied", document.Method!.Words);
            Assert.False(document.Method.Lyrics!.Unsure);
            Assert.InRange(document.Lines[1].Start, 2.5, 5.5);
            Assert.Contains(job.GetProperty("progress_log").EnumerateArray(), step => step.Text("step") == "align");
        }
    }

    [Theory]
    [InlineData("utf-16", "words.txt", "And so, my fellow Americans,\nask not what your country can do for you")]
    [InlineData("utf-8", "words.txt", "[Script Info]\n[Events]\nDialogue: 0,0:00:01.00,0:00:03.00,a,,0,0,0,,{\\k100}And so, {\\k100}my fellow Americans,\n" +
        "Comment: 0,0:00:01.00,0:00:03.00,a,,0,0,0,,not sung\nDialogue: 0,0:00:04.00,0:00:06.00,a,,0,0,0,,ask not what your country can do for you\n")]
    public async Task Given_lyrics_of_any_encoding_and_format_are_timed_and_what_was_left_out_is_told(string encoding, string name, string lyrics)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(await File.ReadAllBytesAsync(Samples.TwoLines, Ct)), "file", "song.wav" },
            { new ByteArrayContent(Encoding.GetEncoding(encoding).GetBytes(lyrics)), "lyrics", name },
            { new StringContent("en"), "language" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = form };
        var answer = await Client.SendAsync(request);
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        var job = await Client.FinishAsync(answer.Json.Text("id"));

        Assert.Equal("completed", job.Text("status"));
        var document = LyricsFormats.Json.Read((await Client.GetAsync(job.Text("results_url"))).Text);
        Assert.Equal(["And so, my fellow Americans,", "ask not what your country can do for you"], document.Lines.Select(line => line.Text));
        var told = job.GetProperty("progress_log").EnumerateArray()
            .SelectMany(step => step.TryGetProperty("notices", out var notices) ? notices.EnumerateArray().Select(notice => notice.GetString()!) : []).ToList();
        var steps = (await Client.GetAsync($"/api/jobs/{job.Text("id")}/steps")).Text;
        Assert.Equal(encoding == "utf-8", told.Exists(notice => notice.StartsWith("The given lyrics: Comments are left out", StringComparison.Ordinal)));
        Assert.Equal(encoding == "utf-8", steps.Contains("The given lyrics: Comments are left out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_shape_and_the_karaoke_file_are_of_the_track_that_was_asked_for()
    {
        var song = TestAudio.Ffmpeg(
            _folder["two.mka"], "-f", "lavfi", "-i", "sine=f=300:r=16000:d=2", "-f", "lavfi", "-i", "sine=f=500:r=16000:d=5",
            "-map", "0", "-map", "1", "-disposition:a:0", "0", "-disposition:a:1", "default");
        var first = await Client.FinishAsync(await Client.PostAsync(song, """{"engine":"moonshine","track":1}"""));
        var usual = await Client.FinishAsync(await Client.PostAsync(song, """{"engine":"moonshine"}"""));

        Assert.InRange(await PeaksAsync(first), 95, 105);
        Assert.InRange(await PeaksAsync(usual), 245, 255);
        var (small, large) = (await KaraokeAsync(first), await KaraokeAsync(usual));
        Assert.True(small < large - 5000, $"{small} and {large} characters");

        async Task<int> PeaksAsync(JsonElement job) =>
            (await Client.GetAsync($"/api/jobs/{job.Text("id")}/waveform")).Json.GetProperty("peaks").GetArrayLength();

        async Task<int> KaraokeAsync(JsonElement job) => (await Client.GetAsync($"/api/jobs/{job.Text("id")}/karaoke.html")).Text.Length;
    }

    [Theory]
    [InlineData("", "lyrics_empty")]
    [InlineData("WEBVTT\n\n00:xx --> 00:yy\nwords", "lyrics_broken")]
    [InlineData("{ \"schema\": \"libretto/9\" }", "lyrics_schema")]
    public async Task Lyrics_that_cannot_be_read_are_refused_at_once(string lyrics, string code)
    {
        var answer = await Client.TryPostAsync(TestAudio.Tone(_folder, 0.5), lyrics: lyrics);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, code), (answer.Status, answer.Problem()));
    }

    [Fact]
    public async Task Plain_lyrics_with_headings_in_brackets_are_plain_lyrics()
    {
        var answer = await Client.TryPostAsync(TestAudio.Tone(_folder, 0.6), lyrics: "[Verse 1: Anna]\nHello");
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    [Fact]
    public async Task OpenAIs_client_gets_a_translation()
    {
        Repository.SharedFile("models", "whisper-base");
        var client = new AudioClient("whisper-1", new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(Client.Http.BaseAddress!, "/v1") });
        var english = (await client.TranslateAudioAsync(Repository.SharedFile("audio", "jfk.wav"))).Value;
        Assert.Contains("country", english.Text, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The start of the sample, where it is sung; another length is another song.</summary>
    private string Sung(int seconds) =>
        TestAudio.Ffmpeg(_folder[$"sung{seconds}.wav"], "-ss", "2", "-i", Repository.File("samples", "morning-light.ogg"), "-t", $"{seconds}");
}
