using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Tests.Support;

/// <summary>
/// A server that speaks as much of Cloudinary's API as a store needs, made by hand after its documentation, and is as strict:
/// signatures, times, chunks in order, metadata escaped and short, calls counted.
/// </summary>
internal sealed partial class CloudinaryServer : IAsyncDisposable
{
    public const string Cloud = "testcloud";
    public const string Key = "123456789";
    public const string Secret = "abcd";

    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Asset> _assets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MemoryStream> _uploads = new(StringComparer.Ordinal);

    private CloudinaryServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single() + "/");

    /// <summary>How many calls of the admin API are left; then it answers 420.</summary>
    public int AdminCallsLeft { get; set; } = 500;

    /// <summary>What all calls are answered with, for a while; normal answers when null.</summary>
    public Func<HttpContext, Task>? Trouble { get; set; }

    /// <summary>Method and path of every request, with Content-Range where there is one.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static async Task<CloudinaryServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new CloudinaryServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Changes what is stored, as no honest client could.</summary>
    public void Damage(string type, string id) => _assets[$"{type}/{id}"].Content[0] ^= 1;

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.TrimStart('/');
        Requests.Enqueue($"{context.Request.Method} {path} {context.Request.Headers.ContentRange}".TrimEnd());
        if (Trouble is { } trouble)
        {
            await trouble(context);
            return;
        }
        var parts = path.Split('/');
        await ((context.Request.Method, parts) switch
        {
            (_, ["v1_1", not Cloud, ..]) => ErrorAsync(context, 401, "Invalid cloud_name " + parts[1]),
            ("POST", ["v1_1", _, "video" or "raw", "upload"]) => UploadAsync(context, parts[2]),
            ("POST", ["v1_1", _, "video" or "raw", "destroy"]) => DestroyAsync(context, parts[2]),
            ("GET", ["v1_1", _, "video" or "raw", "download"]) => DownloadAsync(context, parts[2]),
            ("GET", ["v1_1", _, "ping" or "resources", ..]) => AdministerAsync(context, parts[2..]),
            ("GET" or "HEAD", [Cloud, "video" or "raw", "authenticated", ..]) => DeliverAsync(context, parts[1], parts[3], string.Join('/', parts[4..])),
            _ => ErrorAsync(context, 404, "Resource not found"),
        });
    }

    private async Task UploadAsync(HttpContext context, string type)
    {
        var form = await context.Request.ReadFormAsync();
        if (await IsRefusedAsync(context, form.ToDictionary(pair => pair.Key, pair => pair.Value.ToString())))
            return;
        if (form["type"] != "authenticated" || form["overwrite"] != "true")
        {
            await ErrorAsync(context, 400, "Unexpected parameters");
            return;
        }
        var content = new MemoryStream();
        await form.Files["file"]!.CopyToAsync(content);
        if (context.Request.Headers.ContentRange.ToString() is { Length: > 0 } range)
        {
            var match = Range().Match(range);
            var (from, to, total) = (Number(match, 1), Number(match, 2), Number(match, 3));
            var upload = _uploads.GetOrAdd(context.Request.Headers["X-Unique-Upload-Id"].Single()!, _ => new MemoryStream());
            var isSound = upload.Length == from && to - from + 1 == content.Length && (content.Length >= 5_000_000 || to + 1 == total);
            if (!isSound)
            {
                await ErrorAsync(context, 400, "Invalid Content-Range, or a chunk that is too small");
                return;
            }
            content.WriteTo(upload);
            if (upload.Length < total)
            {
                await context.Response.WriteAsJsonAsync(new { done = false, public_id = form["public_id"].ToString(), bytes = upload.Length });
                return;
            }
            content = upload;
        }
        var custom = Pairs(form["context"].ToString());
        _assets[$"{type}/{form["public_id"]}"] = new Asset(form["public_id"]!, content.ToArray(), custom);
        await context.Response.WriteAsJsonAsync(new
        {
            public_id = form["public_id"].ToString(), bytes = content.Length, resource_type = type, etag = TagOf(content.ToArray()),
        });
    }

    private async Task DestroyAsync(HttpContext context, string type)
    {
        var form = (await context.Request.ReadFormAsync()).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (await IsRefusedAsync(context, form))
            return;
        var isGone = form["type"] == "authenticated" && _assets.TryRemove($"{type}/{form["public_id"]}", out _);
        await context.Response.WriteAsJsonAsync(new { result = isGone ? "ok" : "not found" });
    }

    private async Task DownloadAsync(HttpContext context, string type)
    {
        var query = context.Request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        if (await IsRefusedAsync(context, query))
            return;
        if (DateTimeOffset.UtcNow.ToUnixTimeSeconds() > long.Parse(query["expires_at"], CultureInfo.InvariantCulture))
            await ErrorAsync(context, 401, "The link has expired");
        else if (_assets.TryGetValue($"{type}/{query["public_id"]}", out var asset))
            await context.Response.Body.WriteAsync(asset.Content);
        else
            await ErrorAsync(context, 404, "Resource not found");
    }

    private async Task AdministerAsync(HttpContext context, string[] parts)
    {
        var login = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Key}:{Secret}"));
        context.Response.Headers["X-FeatureRateLimit-Limit"] = "500";
        context.Response.Headers["X-FeatureRateLimit-Reset"] = DateTimeOffset.UtcNow.AddMinutes(30).ToString("R", CultureInfo.InvariantCulture);
        context.Response.Headers["X-FeatureRateLimit-Remaining"] = $"{Math.Max(0, --AdminCallsLeft)}";
        if (context.Request.Headers.Authorization != login)
            await ErrorAsync(context, 401, "unknown api_key");
        else if (AdminCallsLeft < 0)
            await ErrorAsync(context, 420, "Rate Limit Exceeded");
        else if (parts is ["ping"])
            await context.Response.WriteAsJsonAsync(new { status = "ok" });
        else if (parts is ["resources", var listed, "authenticated"])
            await ListAsync(context, listed);
        else if (parts is ["resources", var type, "authenticated", .. var id] && _assets.TryGetValue($"{type}/{string.Join('/', id)}", out var asset))
            await context.Response.WriteAsJsonAsync(Described(asset));
        else
            await ErrorAsync(context, 404, "Resource not found");
    }

    private async Task ListAsync(HttpContext context, string type)
    {
        var query = context.Request.Query;
        // Pages of two, so that turning them is tried.
        var from = int.Parse(query["next_cursor"].FirstOrDefault() ?? "0", CultureInfo.InvariantCulture);
        var found = _assets.Where(pair => pair.Key.StartsWith($"{type}/{query["prefix"]}", StringComparison.Ordinal)).OrderBy(pair => pair.Key).ToList();
        var page = found.Skip(from).Take(2).Select(pair => Described(pair.Value));
        await context.Response.WriteAsJsonAsync(new { resources = page, next_cursor = found.Count > from + 2 ? $"{from + 2}" : null });
    }

    private async Task DeliverAsync(HttpContext context, string type, string signature, string id)
    {
#pragma warning disable CA5350
        var expected = Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(id + Secret)))[..8].Replace('+', '-').Replace('/', '_');
#pragma warning restore CA5350
        if (!_assets.TryGetValue($"{type}/{id}", out var asset))
            context.Response.StatusCode = 404;
        else if (signature != $"s--{expected}--")
            context.Response.StatusCode = 401;
        else
            await Results.Bytes(asset.Content, "application/octet-stream", enableRangeProcessing: true, entityTag: new($"\"{TagOf(asset.Content)}\"")).ExecuteAsync(context);
    }

#pragma warning disable CA5351 // The tag is the service's.
    private static string TagOf(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351

    private static async Task<bool> IsRefusedAsync(HttpContext context, Dictionary<string, string> parameters)
    {
        var signed = string.Join('&', parameters
            .Where(pair => pair.Key is not ("file" or "cloud_name" or "resource_type" or "api_key" or "signature"))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
#pragma warning disable CA5350
        var digests = new[] { Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(signed + Secret))), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(signed + Secret))) };
#pragma warning restore CA5350
        var age = DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(long.Parse(parameters["timestamp"], CultureInfo.InvariantCulture));
        var trouble = parameters.GetValueOrDefault("api_key") != Key ? "Unknown API key"
            : !digests.Contains(parameters.GetValueOrDefault("signature")) ? $"Invalid Signature {parameters.GetValueOrDefault("signature")}. String to sign - '{signed}'."
            : age.Duration() > TimeSpan.FromHours(1) ? "Stale request - reported time is " + parameters["timestamp"]
            : null;
        if (trouble is not null)
            await ErrorAsync(context, trouble.StartsWith("Stale", StringComparison.Ordinal) ? 400 : 401, trouble);
        return trouble is not null;
    }

    private static Task ErrorAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = new { message } });
    }

    private static object Described(Asset asset) => new { public_id = asset.Id, bytes = asset.Content.Length, context = new { custom = asset.Context } };

    /// <summary>k=v|k=v, with = and | escaped by a backslash.</summary>
    private static Dictionary<string, string> Pairs(string context)
    {
        Assert.InRange(context.Length, 1, 255);
        return Bar().Split(context).Select(pair => EqualsSign().Split(pair)).ToDictionary(pair => Plain(pair[0]), pair => Plain(pair[1]));
    }

    private static string Plain(string text) => text.Replace("\\=", "=", StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal);

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^bytes (\d+)-(\d+)/(\d+)$")]
    private static partial Regex Range();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex Bar();

    [GeneratedRegex(@"(?<!\\)=")]
    private static partial Regex EqualsSign();

    private sealed record Asset(string Id, byte[] Content, IReadOnlyDictionary<string, string> Context);
}
