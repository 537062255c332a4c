using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Libretto.Acquire;
using Polly;
using Polly.Retry;

namespace Libretto.Cli.Remote;

/// <summary>Speaks to a job service over HTTP.</summary>
internal sealed class JobsClient : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // A server that is started anew or upgraded is away for a few seconds.
    private static readonly ResiliencePipeline<JsonElement> s_again = new ResiliencePipelineBuilder<JsonElement>()
        .AddRetry(new RetryStrategyOptions<JsonElement>
        {
            ShouldHandle = new PredicateBuilder<JsonElement>().Handle<RemoteException>(e => e.IsTransient),
            MaxRetryAttempts = 3,
            Delay = Pause,
            BackoffType = DelayBackoffType.Exponential,
        })
        .Build();

    private readonly HttpClient _http;
    private readonly Uri _server;

    public JobsClient(Uri server, string? key)
    {
        _server = server;
        _http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Posts a file.</summary>
    public Task<JsonElement> SubmitFileAsync(
        string path, IReadOnlyDictionary<string, string?> options, CancellationToken cancellationToken) =>
        SubmitAsync(
            () => new MultipartFormDataContent
            {
                { JsonContent.Create(options), "options" },
                { new StreamContent(File.OpenRead(path)), "file", Path.GetFileName(path).Replace('"', '\'') },
            },
            cancellationToken);

    /// <summary>Posts a link, with the cookies that open it where there are some.</summary>
    public Task<JsonElement> SubmitLinkAsync(
        string link, IReadOnlyDictionary<string, string?> options, CookieJar? cookies, CancellationToken cancellationToken) =>
        SubmitAsync(() => JsonContent.Create(new { url = link, options, cookies = cookies?.Reveal() }), cancellationToken);

    /// <summary>Posts links as one list.</summary>
    /// <param name="name">What the list is called.</param>
    /// <param name="links">Its songs.</param>
    /// <param name="options">What is wanted of each.</param>
    /// <param name="cancellationToken">Stops.</param>
    public Task<JsonElement> SubmitListAsync(
        string name, IReadOnlyList<string> links, IReadOnlyDictionary<string, string?> options, CancellationToken cancellationToken) =>
        SubmitAsync(
            () => new MultipartFormDataContent
            {
                { JsonContent.Create(options), "options" },
                { new StringContent(name), "name" },
                { new StringContent(links.Count.ToString(CultureInfo.InvariantCulture)), "items" },
                { new StringContent(string.Join('\n', links)), "file", "list.m3u8" },
            },
            cancellationToken,
            "api/lists");

    /// <summary>Posts a link to a playlist, an album or a channel, as one list of its first songs.</summary>
    public Task<JsonElement> SubmitListAsync(
        string link, int items, IReadOnlyDictionary<string, string?> options, CookieJar? cookies, CancellationToken cancellationToken) =>
        SubmitAsync(
            () => JsonContent.Create(new { url = link, items, options, cookies = cookies?.Reveal() }), cancellationToken, "api/lists");

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        return await JsonAsync(request, cancellationToken);
    }

    public async Task<JsonElement> PostAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        return await JsonAsync(request, cancellationToken);
    }

    public async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>A job's states as they come, to the last; goes on where it was when the connection breaks.</summary>
    public async IAsyncEnumerable<JsonElement> WatchAsync(
        string id, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? seen = null;
        while (true)
        {
            await using var events = ReadAsync(id, seen, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await TryMoveAsync(events))
            {
                (seen, var job) = events.Current;
                yield return job;
                if (IsFinal(job))
                    yield break;
            }
            await Task.Delay(Pause, cancellationToken);
        }
    }

    public static bool IsFinal(JsonElement job) => job.GetProperty("status").GetString() is "completed" or "failed" or "cancelled";

    private async IAsyncEnumerable<(string? Id, JsonElement Job)> ReadAsync(
        string id, string? seen, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/jobs/{id}/events");
        if (seen is not null)
            request.Headers.Add("Last-Event-ID", seen);
        using var response = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
            yield return item.EventType == "deleted"
                ? throw RemoteException.Refused(ErrorCodes.JobUnknown, "the job was deleted.")
                : (item.EventId, JsonElement.Parse(item.Data));
    }

    /// <summary>False when the stream ended or broke, or the server is away: all mean to connect again.</summary>
    private static async Task<bool> TryMoveAsync(IAsyncEnumerator<(string?, JsonElement)> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or RemoteException { IsTransient: true })
        {
            return false;
        }
    }

    /// <summary>Posts a job or a list, again where the server is away; by its idempotency key the server makes one of all tries.</summary>
    /// <param name="body">Makes the body of one try.</param>
    /// <param name="cancellationToken">Ends the upload, and the waiting between tries.</param>
    /// <param name="path">Where to.</param>
    private async Task<JsonElement> SubmitAsync(Func<HttpContent> body, CancellationToken cancellationToken, string path = "api/jobs")
    {
        var key = Guid.NewGuid().ToString();
        return await s_again.ExecuteAsync(
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body() };
                request.Headers.Add("Idempotency-Key", key);
                return await JsonAsync(request, token);
            },
            cancellationToken);
    }

    private async Task<JsonElement> JsonAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        try
        {
            return JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (JsonException)
        {
            throw RemoteException.NoServer(_server);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw RemoteException.Unreachable(_server, e);
        }
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw await RefusalAsync(response, cancellationToken);
    }

    private async Task<RemoteException> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            var problem = JsonElement.Parse(text);
            return RemoteException.Refused(
                problem.GetProperty("code").GetString()!,
                problem.GetProperty("detail").GetString()!,
                isTransient: response.StatusCode == HttpStatusCode.ServiceUnavailable);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
                ? RemoteException.Unreachable(_server, e)
                : RemoteException.NoServer(_server);
        }
    }
}
