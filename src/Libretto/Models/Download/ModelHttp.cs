using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Libretto.Models.Download;

/// <summary>
/// Requests for models: redirects are followed here, not in the handler, because the hub says in the redirect itself what the
/// file must be, and because credentials may only go to the host they are for.
/// </summary>
internal sealed class ModelHttp(HttpClient client, TimeProvider time, ILogger logger, FetchPatience patience)
{
    private const int MaxRedirects = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public TimeProvider Time => time;

    public FetchPatience Patience => patience;

    /// <summary>
    /// Sends a request, following redirects as far as <paramref name="follow"/> allows; the caller disposes the response.
    /// </summary>
    /// <exception cref="TransientFailureException">The network or the server failed in a way that may pass.</exception>
    /// <exception cref="RefusedException">The server answered no.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri address,
        Func<Uri, AuthenticationHeaderValue?> authorization,
        CancellationToken ct,
        Action<HttpRequestMessage>? configure = null,
        Func<HttpResponseMessage, bool>? follow = null)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.AcceptEncoding.ParseAdd("identity");
            request.Headers.UserAgent.ParseAdd("libretto");
            request.Headers.Authorization = authorization(address);
            configure?.Invoke(request);

            var response = await SendOnceAsync(request, ct);
            if (Redirect(address, response) is { } next && (follow?.Invoke(response) ?? true))
            {
                response.Dispose();
                if (redirects == MaxRedirects)
                    throw new RefusedException(address, HttpStatusCode.LoopDetected);
                address = next;
                continue;
            }
            if (IsGood(response))
                return response;
            using (response)
                throw Failure(address, response);
        }
    }

    /// <summary>Does the work again after passing failures, with growing pauses or the pause the server asks for.</summary>
    /// <param name="work">Done at least once.</param>
    /// <param name="progress">A number that grows while the work advances: an advance resets the count of failures.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<T> RetryAsync<T>(Func<Task<T>> work, Func<long> progress, CancellationToken ct)
    {
        var (failures, reached) = (0, progress());
        return await new ResiliencePipelineBuilder<T> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<T>
            {
                // Counted here: a download that advances may fail as often as it likes.
                MaxRetryAttempts = int.MaxValue,
                ShouldHandle = attempt =>
                {
                    if (attempt.Outcome.Exception is not TransientFailureException)
                        return ValueTask.FromResult(false);
                    failures = progress() > reached ? 1 : failures + 1;
                    reached = progress();
                    return ValueTask.FromResult(failures < patience.Failures);
                },
                DelayGenerator = attempt => ValueTask.FromResult<TimeSpan?>(
                    attempt.Outcome.Exception is TransientFailureException { RetryAfter: { } asked } && asked < LongestPause
                        ? asked
                        : TimeSpan.FromSeconds(Math.Pow(2, failures - 1))),
                OnRetry = again =>
                {
                    ModelLog.Retrying(logger, again.Outcome.Exception!.Message, again.RetryDelay);
                    return ValueTask.CompletedTask;
                },
            })
            .Build()
            .ExecuteAsync(async _ => await work(), ct);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(patience.Answer, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (HttpRequestException e)
        {
            throw new TransientFailureException(request.RequestUri!, e.Message, inner: e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TransientFailureException(request.RequestUri!, "it did not answer in time", inner: e);
        }
    }

    private static Uri? Redirect(Uri address, HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            return null;
        var next = new Uri(address, location);
        // A secure address never leads to an open one.
        return next.Scheme == Uri.UriSchemeHttps || (next.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp)
            ? next
            : throw new RefusedException(address, response.StatusCode);
    }

    // A redirect that the caller did not want followed is an answer too.
    private static bool IsGood(HttpResponseMessage response) =>
        response.IsSuccessStatusCode || (int)response.StatusCode is >= 300 and < 400;

    private Exception Failure(Uri address, HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (status is not (408 or 425 or 429 or >= 500))
            return new RefusedException(address, response.StatusCode);
        var wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - time.GetUtcNow());
        return new TransientFailureException(address, $"it answered {status}", wait);
    }
}

/// <summary>How long a source may keep a fetch waiting.</summary>
/// <param name="Answer">Until the head of an answer has come.</param>
/// <param name="Silence">Between two parts of its body.</param>
/// <param name="Failures">Failures in a row, without a byte more, after which it is given up; 1 means that nothing is tried again.</param>
internal sealed record FetchPatience(TimeSpan Answer, TimeSpan Silence, int Failures)
{
    /// <summary>Somebody asked for the model, and nothing else will do.</summary>
    public static readonly FetchPatience Asked = new(TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(60), 4);

    /// <summary>Something else can serve.</summary>
    public static readonly FetchPatience Offered = new(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 2);

    /// <summary>Whether a source answers at all.</summary>
    public static readonly FetchPatience Probe = new(TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(2.5), 1);
}

/// <summary>A failure that may pass: no connection, a broken one, or a server that is busy.</summary>
internal sealed class TransientFailureException(Uri address, string reason, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception($"{address.GetLeftPart(UriPartial.Path)}: {reason}", inner)
{
    public Uri Address { get; } = address;

    public TimeSpan? RetryAfter { get; } = retryAfter > TimeSpan.Zero ? retryAfter : null;
}

/// <summary>An answer that repeating the request will not change.</summary>
internal sealed class RefusedException(Uri address, HttpStatusCode status)
    : Exception($"{address.GetLeftPart(UriPartial.Path)} answered {(int)status}")
{
    public Uri Address { get; } = address;

    public HttpStatusCode Status { get; } = status;
}
