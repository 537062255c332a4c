using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Libretto.Lyrics.Formats.Json;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Sends one file to a hosted engine and reads its answer: within the key's budget, tried again after failures that pass, and not
/// at all for a while after several that did not.
/// </summary>
internal sealed class HostedClient
{
    /// <summary>Longer pauses than this are not waited for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    /// <summary>An hour's song with every word is 2 MB.</summary>
    private const int LongestAnswer = 64_000_000;

    private static readonly ResiliencePropertyKey<HostedRequest> s_request = new("request");

    private readonly HostedEngine _engine;
    private readonly Func<HttpClient> _http;
    private readonly HostedBudget _budget;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _resilience;

    /// <summary>Whether the model gives text only, as OpenAI's gpt-4o-transcribe: it refuses to be asked for times.</summary>
    private volatile bool _isTextOnly;

    /// <param name="engine">The engine, ready to be asked.</param>
    /// <param name="http">Gives a client without a time limit of its own that follows no redirects.</param>
    /// <param name="budget">The key's budget.</param>
    /// <param name="time">For pauses and limits.</param>
    public HostedClient(HostedEngine engine, Func<HttpClient> http, HostedBudget budget, TimeProvider time)
    {
        (_engine, _http, _budget, _time) = (engine, http, budget, time);
        _resilience = Resilience(engine, time);
    }

    /// <summary>Sends a file.</summary>
    /// <param name="request">What is sent.</param>
    /// <param name="cancellationToken">Ends the request at once.</param>
    /// <exception cref="HostedException">The engine did not give a transcription.</exception>
    public async Task<HostedReply> SendAsync(HostedRequest request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(s_request, request);
        try
        {
            return await _resilience.ExecuteAsync(
                static (context, state) => new ValueTask<HostedReply>(state.Client.SendOnceAsync(state.Request, context.CancellationToken)),
                context, (Client: this, Request: request));
        }
        catch (BrokenCircuitException e)
        {
            throw HostedException.Resting(_engine, e.RetryAfter, e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Outermost the breaker, so that it counts songs rather than attempts.</summary>
    private static ResiliencePipeline Resilience(HostedEngine engine, TimeProvider time) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HostedException>(
                e => e.Code is ErrorCodes.HostedUnavailable or ErrorCodes.HostedUnreachable or ErrorCodes.HostedTimeout),
            FailureRatio = 0.9,
            MinimumThroughput = 3,
            SamplingDuration = TimeSpan.FromMinutes(5),
            BreakDuration = TimeSpan.FromMinutes(1),
        })
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<HostedException>(e => e.IsWorthAnotherTry && !(e.RetryAfter > LongestWait)),
            MaxRetryAttempts = 2,
            DelayGenerator = static again => ValueTask.FromResult<TimeSpan?>(
                (again.Outcome.Exception as HostedException)?.RetryAfter ?? TimeSpan.FromSeconds(1 + (2 * again.AttemptNumber))),
            OnRetry = again =>
            {
                if (!again.Context.Properties.TryGetValue(s_request, out var request))
                    return default;
                if (again.Outcome.Exception is HostedException { Code: ErrorCodes.HostedLimit })
                {
                    request.Tell(Limit(engine, again.RetryDelay, request.Waited));
                    request.Waited += again.RetryDelay;
                }
                else
                    request.Tell(Again(engine, again.RetryDelay));
                return default;
            },
        })
        .Build();

    private async Task<HostedReply> SendOnceAsync(HostedRequest request, CancellationToken cancellationToken)
    {
        await EnterAsync(request, cancellationToken);
        request.Tell(null);
        var limit = TimeLimit(request);
        using var tooSlow = new CancellationTokenSource(limit, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(tooSlow.Token, cancellationToken);
        try
        {
            using var message = Message(request);
            using var answer = await _http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, stop.Token);
            await LearnAsync(answer, cancellationToken);
            var body = await BodyAsync(answer, stop.Token);
            if (answer.IsSuccessStatusCode)
                return new HostedReply(AnswerJson.Read(_engine, body), request.Waited);
            var failure = HostedFailure.Of(_engine, answer, body, _time);
            if (_isTextOnly || !HostedFailure.IsAboutTimes(answer, body))
                throw failure;
            _isTextOnly = true;
        }
        catch (OperationCanceledException) when (tooSlow.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw HostedException.TooSlow(_engine, limit);
        }
        catch (HttpRequestException e)
        {
            throw HostedFailure.Of(_engine, e);
        }
        catch (IOException e)
        {
            throw HostedException.Unreachable(_engine, "the connection was cut", worthAnotherTry: true, e);
        }
        return await SendOnceAsync(request, cancellationToken);
    }

    /// <summary>Waits until the key's budget allows the request.</summary>
    private async Task EnterAsync(HostedRequest request, CancellationToken cancellationToken)
    {
        await _budget.EnterAsync(
            request.Seconds, LongestWait,
            wait =>
            {
                request.Tell(Limit(_engine, wait, request.Waited));
                request.Waited += wait;
            },
            cancellationToken);
    }

    private static string Limit(HostedEngine engine, TimeSpan wait, TimeSpan before) => before < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"waiting {Math.Ceiling(wait.TotalSeconds):0} s for {engine.Name}'s limit")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"waiting {Math.Ceiling(wait.TotalSeconds):0} s more for {engine.Name}'s limit, after {Math.Ceiling(before.TotalSeconds):0} s");

    private static string Again(HostedEngine engine, TimeSpan wait) =>
        string.Create(CultureInfo.InvariantCulture, $"asking {engine.Name} again in {Math.Ceiling(wait.TotalSeconds):0} s");

    /// <summary>Half a minute, what a slow line (100 kB/s) takes to send the file, and a tenth of its length to hear it.</summary>
    private static TimeSpan TimeLimit(HostedRequest request) =>
        TimeSpan.FromSeconds(30 + (new FileInfo(request.File).Length / 100_000.0) + (request.Seconds / 10));

    private HttpRequestMessage Message(HostedRequest request)
    {
        var form = new MultipartFormDataContent();
        // Some servers do not understand the quotes that .NET writes here, and some want those that it leaves out of names.
        var boundary = form.Headers.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary");
        boundary.Value = boundary.Value!.Trim('"');
        void Add(string name, string value) => form.Add(new StringContent(value) { Headers = { ContentType = null } }, $"\"{name}\"");

        Add("model", _engine.Model);
        Add("response_format", _isTextOnly ? "json" : "verbose_json");
        Add("temperature", "0");
        if (!request.Translate)
        {
            if (!_isTextOnly)
            {
                Add("timestamp_granularities[]", "word");
                Add("timestamp_granularities[]", "segment");
            }
            if (request.Language is { } language)
                Add("language", language);
        }
        if (request.Prompt is { Length: > 0 } prompt)
            Add("prompt", prompt);
        var file = new StreamContent(new FileStream(request.File, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, useAsync: true));
        file.Headers.ContentType = new MediaTypeHeaderValue("audio/flac");
        form.Add(file, "\"file\"", "\"audio.flac\"");

        var message = new HttpRequestMessage(
            HttpMethod.Post, new Uri(_engine.Address, request.Translate ? "audio/translations" : "audio/transcriptions"))
        {
            Content = form,
        };
        if (_engine.Key is { Length: > 0 } key)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        message.Headers.UserAgent.ParseAdd(UserAgent.Of(contact: null));
        message.Headers.Accept.ParseAdd("application/json");
        return message;
    }

    private Task LearnAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var told = RateHeaders.Read(answer.Headers, answer.Headers.Date ?? _time.GetUtcNow());
        return _budget.LearnAsync(
            told, answer.StatusCode == HttpStatusCode.TooManyRequests ? HostedFailure.Wait(answer, _time) : null, cancellationToken);
    }

    private async Task<byte[]> BodyAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var body = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            body.Write(buffer, 0, count);
            if (body.Length > LongestAnswer)
                throw HostedException.BadAnswer(_engine, "it has no end");
        }
        return body.ToArray();
    }
}

/// <summary>One file to be transcribed.</summary>
/// <param name="File">A FLAC file.</param>
/// <param name="Seconds">Its length.</param>
internal sealed record HostedRequest(string File, double Seconds)
{
    public string? Language { get; init; }

    public string? Prompt { get; init; }

    public bool Translate { get; init; }

    /// <summary>See <see cref="TranscribeOptions.Waiting"/>.</summary>
    public IProgress<string?>? Waiting { get; init; }

    /// <summary>How long the key's limits have held it back so far.</summary>
    public TimeSpan Waited { get; set; }

    /// <summary>What begins to be waited for; null that it goes on.</summary>
    public void Tell(string? wait) => Waiting?.Report(wait);
}

/// <summary>An answer.</summary>
/// <param name="Transcription">As it came.</param>
/// <param name="Waited">How long the key's limits held the request back, in all.</param>
internal sealed record HostedReply(VerboseTranscription Transcription, TimeSpan Waited);
