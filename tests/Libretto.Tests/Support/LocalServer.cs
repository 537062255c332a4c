using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Tests.Support;

/// <summary>
/// A web server on the loopback that serves bytes the way the npm registry, the Hugging Face hub and their stores do:
/// ranges with If-Range, entity tags, redirects. Troubles can be queued for a path; each serves one request.
/// </summary>
internal sealed class LocalServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> _routes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<HttpContext, byte[], Task>>> _troubles = new(StringComparer.Ordinal);

    private Func<HttpContext, Task> _otherwise = context =>
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    };

    private LocalServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>What was asked for: method, path, Range.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>The Authorization headers that came, by path.</summary>
    public ConcurrentDictionary<string, string> Authorizations { get; } = new(StringComparer.Ordinal);

    public static async Task<LocalServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new LocalServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Answers a path.</summary>
    public void Map(string path, Func<HttpContext, Task> answer) => _routes[path] = answer;

    /// <summary>Answers every path that nothing else answers.</summary>
    public void MapAll(Func<HttpContext, Task> answer) => _otherwise = answer;

    /// <summary>Serves bytes, with ranges.</summary>
    public void Serve(string path, byte[] content)
    {
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";
        Map(path, context => SendAsync(context, path, content, tag));
    }

    /// <summary>The next request that would get bytes gets trouble instead; the function is given the bytes.</summary>
    public void Trouble(string path, Func<HttpContext, byte[], Task> trouble) =>
        _troubles.GetOrAdd(path, _ => []).Enqueue(trouble);

    /// <summary>Whether trouble is left for a path.</summary>
    public bool HasTrouble(string path) => _troubles.TryGetValue(path, out var troubles) && !troubles.IsEmpty;

    /// <summary>The next request is cut off after some bytes.</summary>
    public void CutAfter(string path, int bytes) => Trouble(path, async (context, content) =>
    {
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, bytes));
        await context.Response.Body.FlushAsync();
        context.Abort();
    });

    /// <summary>The next request is answered with a status.</summary>
    public void Refuse(string path, int status, string? retryAfter = null) => Trouble(path, (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        // As it was sent: a scoped package's name has an escaped slash.
        var path = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        Requests.Enqueue($"{context.Request.Method} {path} {context.Request.Headers.Range}".TrimEnd());
        if (context.Request.Headers.Authorization.FirstOrDefault() is { } authorization)
            Authorizations[path] = authorization;
        if (_routes.TryGetValue(path, out var answer))
            await answer(context);
        else
            await _otherwise(context);
    }

    private async Task SendAsync(HttpContext context, string path, byte[] content, string tag)
    {
        var start = 0;
        context.Response.Headers.ETag = tag;
        if (context.Request.GetTypedHeaders().Range?.Ranges.SingleOrDefault()?.From is { } from &&
            (context.Request.Headers.IfRange.FirstOrDefault() is not { } held || held == tag))
        {
            start = (int)from;
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{content.Length - 1}/{content.Length}");
        }
        if (_troubles.TryGetValue(path, out var troubles) && troubles.TryDequeue(out var trouble))
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            await trouble(context, content);
            return;
        }
        context.Response.ContentLength = content.Length - start;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.Body.WriteAsync(content.AsMemory(start));
    }
}
