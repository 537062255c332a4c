using System.Net;
using System.Text;
using System.Text.Json;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Api.OpenAi;

/// <summary>What clients of OpenAI's API send beside what its reference says, and how they are refused.</summary>
public sealed class OpenAiFormTests(SqliteServer server) : IClassFixture<SqliteServer>
{
    private static readonly string s_song = Samples.TwoLines;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("model=", "language=", "response_format=", "temperature=", "prompt=", "stream=", "timestamp_granularities[]=")]
    [InlineData("stream=False")]
    [InlineData("stream=0")]
    [InlineData("stream=no")]
    [InlineData("model=whisper-1", "stream=true")]
    [InlineData("model=Whisper-1", "temperature=0.0", "chunking_strategy=auto")]
    public async Task What_says_nothing_changes_nothing(params string[] fields)
    {
        var answer = await PostAsync(fields);

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Contains("birds", answer.Json.Text("text"), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Warning"));
    }

    [Fact]
    public async Task What_is_not_known_is_ignored_and_named()
    {
        var answer = await PostAsync("user=anna", "vad_filter=true", "temperature=0.4", "include[]=logprobs", "hot word\"s=x");

        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        Assert.Equal("299 libretto \"ignored: user, vad_filter, temperature, include, hot?word?s\"", answer.Headers.GetValues("Warning").Single());
    }

    [Theory]
    [InlineData("timestamp_granularities[]=word", "timestamp_granularities[]=segment")]
    [InlineData("timestamp_granularities=word,segment")]
    [InlineData("timestamp_granularities[0]=word", "timestamp_granularities[1]=segment")]
    [InlineData("""timestamp_granularities=["word","segment"]""")]
    public async Task Granularities_as_every_client_writes_lists(params string[] fields)
    {
        var verbose = (await PostAsync([.. fields, "response_format=verbose_json"])).Json;

        Assert.NotEqual(0, verbose.GetProperty("words").GetArrayLength());
        Assert.NotEqual(0, verbose.GetProperty("segments").GetArrayLength());
    }

    [Fact]
    public async Task Segments_join_without_anything_between_them()
    {
        var verbose = (await PostAsync("response_format=verbose_json")).Json;

        Assert.Equal(" " + verbose.Text("text"), string.Concat(verbose.GetProperty("segments").EnumerateArray().Select(segment => segment.Text("text"))));
        Assert.False(verbose.TryGetProperty("words", out _));
        Assert.Equal((11, "duration"), (verbose.GetProperty("usage").GetProperty("seconds").GetInt32(), verbose.GetProperty("usage").Text("type")));
    }

    [Fact]
    public async Task Cues_have_times_within_them_for_who_asks_for_words()
    {
        var plain = await PostAsync("response_format=vtt");
        var words = await PostAsync("response_format=VTT", "timestamp_granularities[]=word");

        Assert.StartsWith("WEBVTT\n\n00:00:0", plain.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('<', plain.Text);
        Assert.Contains("<00:00:0", words.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_streams_sends_the_text_in_events()
    {
        var answer = await PostAsync("model=gpt-4o-transcribe", "stream=True");

        Assert.Equal("text/event-stream", answer.MediaType);
        var data = answer.Text.Split("\n\n").Where(part => part.StartsWith("data: ", StringComparison.Ordinal)).Select(part => part[6..]).ToList();
        Assert.Equal("[DONE]", data[^1]);
        var events = data[..^1].Select(text => JsonElement.Parse(text)).ToList();
        Assert.Equal("transcript.text.done", events[^1].Text("type"));
        Assert.Equal(events[^1].Text("text"), string.Concat(events[..^1].Select(item => item.Text("delta"))));
        Assert.Contains("birds", events[^1].Text("text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_has_begun_and_fails_ends_with_an_error_event()
    {
        string[] form = ["model=gpt-4o-transcribe", "prompt="];
        Assert.Equal(HttpStatusCode.OK, (await PostAsync(form)).Status);
        // What was kept of it is no longer what it was; nothing of that shows before the answer has begun.
        var kept = Directory.EnumerateFiles(Path.Combine(server.DataFolder, "store"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("incoming", StringComparison.Ordinal) && File.ReadAllText(file).Contains("\"libretto/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(kept);
        var before = kept.ConvertAll(File.ReadAllBytes);
        foreach (var file in kept)
            File.WriteAllBytes(file, [.. Enumerable.Repeat((byte)' ', (int)new FileInfo(file).Length)]);
        try
        {
            var answer = await PostAsync([.. form, "stream=true"]);

            Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (answer.Status, answer.MediaType));
            var last = answer.Text.Split("\n\n").Last(part => part.StartsWith("data: ", StringComparison.Ordinal))[6..];
            var error = JsonElement.Parse(last).GetProperty("error");
            Assert.NotEqual("", error.Text("code"));
            Assert.NotEqual("", error.Text("message"));
        }
        finally
        {
            foreach (var (file, bytes) in kept.Zip(before))
                await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData(400, "option_invalid", "language", "language=xx")]
    [InlineData(400, "option_invalid", "response_format", "response_format=doc")]
    [InlineData(400, "option_invalid", "temperature", "temperature=1.5")]
    [InlineData(400, "option_invalid", "stream", "stream=maybe")]
    [InlineData(400, "option_invalid", "timestamp_granularities", "timestamp_granularities[]=letter")]
    [InlineData(400, "option_invalid", "response_format", "model=gpt-4o-transcribe", "stream=true", "response_format=srt")]
    [InlineData(404, "model_not_found", "model", "model=gpt-9")]
    [InlineData(404, "model_not_found", "model", "model=Systran/faster-whisper-large-v3")]
    [InlineData(404, "model_not_found", "model", "model=../../etc")]
    // In the catalogue, not on this machine: nobody waits while it is fetched.
    [InlineData(404, "model_not_found", "model", "model=whisper-tiny.en")]
    public async Task What_cannot_be_is_refused_as_OpenAI_does(int status, string code, string param, params string[] fields)
    {
        var answer = await PostAsync(fields);

        var error = answer.Json.GetProperty("error");
        Assert.Equal((status, code, param, "invalid_request_error"), ((int)answer.Status, error.Text("code"), error.Text("param"), error.Text("type")));
        Assert.NotEqual("", error.Text("message"));
    }

    [Theory]
    [InlineData("audio", 400)]
    [InlineData("song", 15_000_000)]
    public async Task A_song_under_another_name_is_told_the_right_one_at_any_size(string name, int size)
    {
        foreach (var path in (string[])["/v1/audio/transcriptions", "/api/jobs"])
        {
            using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[size]), name, "song.wav" } };
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
            var answer = await server.Client.SendAsync(request);

            Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
            Assert.Contains($"'{name}'. Name the part file", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Errors_have_all_members_that_clients_read()
    {
        var gone = (await server.Client.GetAsync("/v1/models/gpt-9")).Json.GetProperty("error");
        var nowhere = (await server.Client.GetAsync("/v1/nothing")).Json.GetProperty("error");

        Assert.Equal("The model `gpt-9` does not exist or you do not have access to it.", gone.Text("message"));
        Assert.Equal(JsonValueKind.Null, nowhere.GetProperty("param").ValueKind);
    }

    [Fact]
    public async Task Empty_fields_and_options_as_fields_of_their_own_on_api_jobs()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(s_song, Ct)), "file", "odd name.wav" } };
        foreach (var (name, text) in new[] { ("options", ""), ("model", ""), ("language", "EN"), ("title", " "), ("stems", "False"), ("beam", "2"), ("formats", "lrc,srt") })
            form.Add(new StringContent(text), name);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = form };

        var answer = await server.Client.SendAsync(request);

        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        var options = answer.Json.GetProperty("options");
        Assert.Equal(("EN", 2, false, 2), (options.Text("language"), options.GetProperty("beam").GetInt32(), options.GetProperty("stems").GetBoolean(), options.GetProperty("formats").GetArrayLength()));
        Assert.False(options.TryGetProperty("model", out _));
        Assert.Equal("odd name", answer.Json.Text("title"));
    }

    [Theory]
    [InlineData("filename=\"say %22hi%22 caf\u00e9.wav\"", "say \"hi\" café.wav")]
    [InlineData("filename=\"back\\\\slash \\\"q\\\".wav\"", "back\\slash \"q\".wav")]
    [InlineData("filename*=utf-8''%E6%97%A5%E6%9C%AC.wav", "日本.wav")]
    public async Task Odd_names_of_files_come_through(string written, string name)
    {
        // .NET writes no letters beyond ASCII here; other clients write UTF-8.
        using var stream = new MemoryStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"--frontier\r\nContent-Disposition: form-data; name=\"file\"; {written}\r\n\r\n"), Ct);
        await stream.WriteAsync(await File.ReadAllBytesAsync(s_song, Ct), Ct);
        await stream.WriteAsync("\r\n--frontier--\r\n"u8.ToArray(), Ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = new ByteArrayContent(stream.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=frontier");

        var answer = await server.Client.SendAsync(request);

        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        Assert.Equal(name, answer.Json.Text("file_name"));
    }

    private async Task<Answer> PostAsync(params string[] fields)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(s_song, Ct)), "file", "song.wav" } };
        foreach (var field in fields.Select(text => text.Split('=', 2)))
            form.Add(new StringContent(field[1]), $"\"{field[0].Replace("\"", "%22", StringComparison.Ordinal)}\"");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/audio/transcriptions") { Content = form };
        return await server.Client.SendAsync(request);
    }
}
