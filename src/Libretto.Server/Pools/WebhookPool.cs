using System.Net.Http.Headers;
using System.Text.Json;
using Libretto.Server.Webhooks;

namespace Libretto.Server.Pools;

/// <summary>
/// Asks an address of the user's to start a worker: a function host, a script, a controller of machines. The message is signed;
/// whoever receives it starts a worker with <c>LIBRETTO_WORKER_ID</c> set to the id in it.
/// </summary>
internal sealed class WebhookPool(Uri address, string secret, HttpClient http, TimeProvider time) : IWorkerPool
{
    public string Name => "webhook";

    public async Task<string> StartAsync(string workerId, CancellationToken ct)
    {
        await PostAsync("start", workerId, ct);
        return workerId;
    }

    public Task StopAsync(string poolId, CancellationToken ct) => PostAsync("stop", poolId, ct);

    private async Task PostAsync(string action, string workerId, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new WebhookOrder(action, workerId), PoolJson.Default.WebhookOrder);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.Header, WebhookSignature.Sign(secret, body, time.GetUtcNow()));
        using var answer = await PoolHttp.SendAsync(http, request, Label, ct);
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode || (action == "stop" && status is 404 or 409))
            return;
        throw status switch
        {
            401 or 403 => PoolException.Refused(Label, $"it answered {status}",
                "Check that LIBRETTO_POOL_SECRET is the same on both sides, and both clocks."),
            409 or 429 or 503 => PoolException.Exhausted(Label, $"It answered {status}."),
            >= 500 => PoolException.Unreachable(Label, $"it answered {status}"),
            _ => PoolException.Refused(Label, $"it answered {status}", "Check LIBRETTO_POOL."),
        };
    }

    private string Label => $"The webhook at {address.Host}";
}

/// <summary>What is asked of a webhook: <c>start</c> or <c>stop</c>, and which worker.</summary>
internal sealed record WebhookOrder(string Action, string Worker);
