using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Tests.Support;

/// <summary>Stands before a real server, passes requests on as they are, signatures and all, and makes trouble when told to.</summary>
internal sealed class S3Gate : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _asked = new(0);
    private readonly CancellationTokenSource _closing = new();
    private int _counted;

    private S3Gate(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    /// <summary>What everything is answered with; passed on when null.</summary>
    public int? Status { get; set; }

    /// <summary>The code of the error that comes with <see cref="Status"/>, as S3 writes it; none where it is null.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>One request in so many is answered with 503; none when null.</summary>
    public int? FailOneIn { get; set; }

    /// <summary>Whether requests are taken and never answered.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Whether a bit of each body read is turned.</summary>
    public bool DamageBodies { get; set; }

    public static async Task<S3Gate> StartAsync(S3Server server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var gate = new S3Gate(builder.Build());
        gate._app.Run(context => gate.PassAsync(context, server));
        await gate._app.StartAsync();
        return gate;
    }

    public int Requests(HttpMethod method) => _requests.GetValueOrDefault(method.Method);

    /// <summary>Waits for the next request that has not been waited for.</summary>
    public Task AskedAsync() => _asked.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.DisposeAsync();
        _http.Dispose();
        _asked.Dispose();
        _closing.Dispose();
    }

    private async Task PassAsync(HttpContext context, S3Server server)
    {
        _requests.AddOrUpdate(context.Request.Method, 1, (_, count) => count + 1);
        _asked.Release();
        if (IsSilent)
        {
            await Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, context.RequestAborted).Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (FailOneIn is { } often && Interlocked.Increment(ref _counted) % often == 0)
        {
            context.Response.StatusCode = 503;
            return;
        }
        if (Status is { } status)
        {
            context.Response.StatusCode = status;
            if (ErrorCode is { } code && context.Request.Method != "HEAD")
            {
                context.Response.ContentType = "application/xml";
                await context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>Told by {code}</Message></Error>");
            }
            return;
        }
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(server.Address, context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget));
        if (context.Request.ContentLength is not null)
            request.Content = new StreamContent(context.Request.Body);
        // The host is part of what was signed.
        foreach (var header in context.Request.Headers)
            if (!request.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable()))
                request.Content?.Headers.TryAddWithoutValidation(header.Key, header.Value.AsEnumerable());
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var header in answer.Headers.Concat(answer.Content.Headers))
            if (header.Key is not ("Transfer-Encoding" or "Connection" or "Keep-Alive"))
                context.Response.Headers[header.Key] = header.Value.ToArray();
        if (context.Request.Method == "HEAD")
            return;
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (DamageBodies && body.Length > 0)
            body[0] ^= 1;
        await context.Response.Body.WriteAsync(body);
    }
}
