using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Libretto.Server.Tests.Support;

/// <summary>What a client of the API does, by plain HTTP.</summary>
internal sealed class JobClient(Uri address) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public HttpClient Http { get; } = new() { BaseAddress = address, Timeout = Patience };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Http.Dispose();

    /// <summary>Posts a song; the answer's status is the test's to judge.</summary>
    public async Task<Answer> TryPostAsync(string path, string? options = null, string? idempotencyKey = null, string? fileName = null, string? lyrics = null, string? lyricsName = null)
    {
        using var form = new MultipartFormDataContent();
        await using var song = File.OpenRead(path);
        form.Add(new StreamContent(song), "file", fileName ?? Path.GetFileName(path));
        if (options is not null)
            form.Add(new StringContent(options), "options");
        if (lyrics is not null && lyricsName is null)
            form.Add(new StringContent(lyrics), "lyrics");
        if (lyrics is not null && lyricsName is not null)
            form.Add(new StringContent(lyrics), "lyrics", lyricsName);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = form };
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await SendAsync(request);
    }

    /// <summary>Posts a song and gives the job's id.</summary>
    public async Task<string> PostAsync(string path, string? options = null)
    {
        var answer = await TryPostAsync(path, options);
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        Assert.Equal($"/api/jobs/{answer.Json.Text("id")}", answer.Headers.Location!.ToString());
        return answer.Json.Text("id");
    }

    /// <summary>Posts a link; the answer's status is the test's to judge.</summary>
    public async Task<Answer> TryPostLinkAsync(string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/jobs") { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") };
        return await SendAsync(request);
    }

    /// <summary>Posts a link and gives the job's id.</summary>
    public async Task<string> PostLinkAsync(string url)
    {
        var answer = await TryPostLinkAsync($$"""{"url":"{{url}}"}""");
        Assert.True(answer.Status == HttpStatusCode.Accepted, answer.Text);
        return answer.Json.Text("id");
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request, Ct);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(Ct), response.Headers, response.Content.Headers.ContentType?.MediaType);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        return await SendAsync(request);
    }

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public async Task<JsonElement> JobAsync(string id) => (await GetAsync($"/api/jobs/{id}")).Json;

    /// <summary>A job's events as they come, to the last.</summary>
    public async IAsyncEnumerable<(string Type, string? Id, JsonElement Job)> WatchAsync(string id, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/jobs/{id}/events");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(Ct);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Ct))
            yield return (item.EventType, item.EventId, JsonElement.Parse(item.Data));
    }

    /// <summary>Waits for a job's end, and gives its last event.</summary>
    public async Task<JsonElement> FinishAsync(string id)
    {
        JsonElement? last = null;
        await foreach (var (_, _, job) in WatchAsync(id))
            last = job;
        return last!.Value;
    }

    /// <summary>Waits until a job is being worked on.</summary>
    public async Task<JsonElement> BegunAsync(string id)
    {
        await foreach (var (_, _, job) in WatchAsync(id))
            if (job.Text("status") != "queued")
                return job;
        throw new InvalidOperationException("The events ended before the job began.");
    }
}

/// <summary>An answer of the server.</summary>
internal sealed record Answer(HttpStatusCode Status, string Text, System.Net.Http.Headers.HttpResponseHeaders Headers, string? MediaType)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>Checks that this is a problem document, and gives its code.</summary>
    public string Problem()
    {
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal((int)Status, Json.GetProperty("status").GetInt32());
        Assert.NotEqual("", Json.Text("detail"));
        // Neither paths nor stack traces.
        Assert.DoesNotContain("/tmp", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        return Json.Text("code");
    }
}

internal static class JsonElements
{
    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static double Number(this JsonElement json, string name) => json.GetProperty(name).GetDouble();
}
