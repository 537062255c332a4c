using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Tests.Support;

/// <summary>
/// A web server on the loopback that speaks the protocol of Groq's and OpenAI's transcriptions: it takes the multipart form apart,
/// keeps what was asked, and answers as the test says.
/// </summary>
internal sealed class SpeechServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, SpeechRequest, Task>> _once = [];

    private SpeechServer(WebApplication app) => _app = app;

    /// <summary>What an engine's address is set to.</summary>
    public Uri Address => new(_app.Urls.Single() + "/openai/v1/");

    /// <summary>The requests that came whole, in order.</summary>
    public ConcurrentQueue<SpeechRequest> Requests { get; } = [];

    /// <summary>How requests are answered for which nothing was queued.</summary>
    public Func<HttpContext, SpeechRequest, Task> Answer { get; set; } = (context, _) => JsonAsync(context, 200, "{\"text\":\"\",\"segments\":[],\"words\":[]}");

    public static async Task<SpeechServer> StartAsync(bool tls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 200_000_000;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (tls)
                    listen.UseHttps(SelfSigned());
            });
        });
        var server = new SpeechServer(builder.Build());
        server._app.Run(server.TakeAsync);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The next request is answered so.</summary>
    public void Once(Func<HttpContext, SpeechRequest, Task> answer) => _once.Enqueue(answer);

    /// <summary>The next request is answered with a status, a body and headers.</summary>
    public void Once(int status, string body, params (string Name, string Value)[] headers) => Once((context, _) =>
    {
        foreach (var (name, value) in headers)
            context.Response.Headers[name] = value;
        return JsonAsync(context, status, body);
    });

    public static Task JsonAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var request = await SpeechRequest.ReadAsync(context.Request);
        Requests.Enqueue(request);
        await (_once.TryDequeue(out var once) ? once : Answer)(context, request);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}

/// <summary>What a client asked.</summary>
/// <param name="Path">The address's path.</param>
/// <param name="Authorization">The header, as it came.</param>
/// <param name="Fields">The form's fields beside the file, each with all its values.</param>
/// <param name="FileName">The file's name.</param>
/// <param name="FileType">The file's media type.</param>
/// <param name="File">Its bytes.</param>
internal sealed record SpeechRequest(
    string Path, string Authorization, IReadOnlyDictionary<string, string[]> Fields, string FileName, string FileType, byte[] File)
{
    public string? Field(string name) => Fields.TryGetValue(name, out var values) ? Assert.Single(values) : null;

    public static async Task<SpeechRequest> ReadAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        var file = Assert.Single(form.Files);
        Assert.Equal("file", file.Name);
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes);
        return new SpeechRequest(
            request.Path, request.Headers.Authorization.ToString(), form.ToDictionary(field => field.Key, field => field.Value.Select(value => value!).ToArray()),
            file.FileName, file.ContentType, bytes.ToArray());
    }
}
