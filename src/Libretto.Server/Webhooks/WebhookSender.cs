using System.Diagnostics;
using System.Net.Http.Headers;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Webhooks;

/// <summary>
/// Tells receivers that jobs have ended. Of several orchestrators the one that leads does. A receiver may hear of one end twice,
/// if this process dies between the answer and the note of it; it never fails to hear.
/// </summary>
internal sealed partial class WebhookSender(
    WebhookStore deliveries, Leadership leadership, JobChanges changes, HttpClient http, ServerOptions options, TimeProvider time,
    ILogger<WebhookSender> log) : BackgroundService
{
    private const int AtOnce = 8;
    private const int Batch = 40;
    private const int Gone = 410;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    // While no job changes and no attempt is due.
    private static readonly TimeSpan WithoutWork = TimeSpan.FromSeconds(30);

    /// <summary>Pauses after an attempt that failed; after the last it has failed.</summary>
    private static readonly TimeSpan[] s_pauses =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1),
        TimeSpan.FromHours(3), TimeSpan.FromHours(12),
    ];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = changes.Start(JobChanges.Any);
        while (true)
        {
            await Task.Delay(options.ScanEvery, time, stoppingToken);
            if (!leadership.Leads)
                continue;
            try
            {
                while (await RunAsync(stoppingToken) == Batch)
                {
                }
                if (await deliveries.UntilNextAsync(stoppingToken) is var next && next > options.ScanEvery)
                    await watch.WaitAsync(next < WithoutWork ? next : WithoutWork, stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
        }
    }

    /// <summary>Tells those whose time has come; gives how many that were.</summary>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (!await leadership.HoldAsync(ct))
            return 0;
        var due = await deliveries.DueAsync(Batch, ct);
        foreach (var some in due.Chunk(AtOnce))
            await Task.WhenAll(some.Select(pair => TellAsync(pair.Delivery, pair.Job, ct)));
        return due.Count;
    }

    private async Task TellAsync(WebhookDelivery delivery, Job job, CancellationToken ct)
    {
        var attempt = await PostAsync(delivery.Url, job, ct);
        var isDone = attempt.Status is >= 200 and < 300;
        var isLast = delivery.Attempts >= s_pauses.Length || attempt.Status == Gone;
        var state = isDone ? WebhookState.Delivered : isLast ? WebhookState.Failed : WebhookState.Waiting;
        var pause = state == WebhookState.Waiting ? s_pauses[delivery.Attempts] : TimeSpan.Zero;
        await deliveries.NoteAsync(delivery, attempt, state, pause, ct);
        if (!isDone)
            LogRefused(job.Id, attempt.Error!, state == WebhookState.Failed ? "given up" : $"tried again in {pause.TotalSeconds} s");
    }

    private async Task<WebhookAttempt> PostAsync(string url, Job job, CancellationToken ct)
    {
        var (at, began) = (time.GetUtcNow(), Stopwatch.GetTimestamp());
        var body = WebhookMessage.Of(job, options.BasePath).ToBytes();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.UserAgent.ParseAdd("Libretto");
            request.Headers.Add(WebhookSignature.Header,
                WebhookSignature.Sign(WebhookSecrets.Of(options.WebhookSecret!, job.KeyId), body, at));
            // The answer's body is of no interest, and may be endless.
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return Attempt((int)answer.StatusCode, answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Attempt(null, "it did not answer in time");
        }
        catch (Exception e) when (e is not OperationCanceledException and not OutOfMemoryException)
        {
            // No such host, refused, TLS, an address that is not allowed: all the receiver's matter, and no reason to stop.
            return Attempt(null, e is HttpRequestException ? e.Message : "it cannot be asked");
        }

        WebhookAttempt Attempt(int? status, string? error) =>
            new(at.UtcDateTime, status, error, Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 3));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: its webhook was not delivered ({Reason}); {Next}")]
    private partial void LogRefused(string jobId, string reason, string next);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhooks cannot be looked after now: {Reason}")]
    private partial void LogTrouble(string reason);
}
