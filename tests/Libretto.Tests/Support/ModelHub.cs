using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Support;

/// <summary>
/// The Hugging Face hub on the loopback, with repositories made of folders: small files come from the hub itself, networks by a redirect
/// to a store of another host, each with what the hub declares of it.
/// </summary>
internal sealed class ModelHub : IAsyncDisposable
{
    public const string Whisper = "onnx-community/whisper-base_timestamped";
    public const string Spleeter = "csukuangfj/sherpa-onnx-spleeter-2stems-fp16";
    private const string Commit = "89abcdef0123456789abcdef0123456789abcdef";

    private ModelHub(LocalServer server) => Server = server;

    public LocalServer Server { get; }

    /// <summary>What HF_ENDPOINT is to be.</summary>
    public string Endpoint => new Uri(Server.Address, "hub").AbsoluteUri;

    public static async Task<ModelHub> StartAsync() => new(await LocalServer.StartAsync());

    /// <summary>Where a network's bytes are stored: for troubles.</summary>
    public static string Store(string repository, string file) => $"/store/{repository}/{file}";

    /// <summary>How often a network's bytes were asked for.</summary>
    public int Fetches(string repository, string file) =>
        Server.Requests.Count(request => request.StartsWith($"GET {Store(repository, file)}", StringComparison.Ordinal));

    /// <summary>Offers the files of a folder.</summary>
    /// <param name="repository">Under this name.</param>
    /// <param name="folder">Their folder; paths below it stay.</param>
    /// <param name="declare">What the hub says a network's SHA-256 is; the truth when null.</param>
    public void Offer(string repository, string folder, string? declare = null)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var (file, content) = (Path.GetRelativePath(folder, path).Replace('\\', '/'), File.ReadAllBytes(path));
            var isNetwork = file.EndsWith(".onnx", StringComparison.Ordinal);
            if (isNetwork)
                Server.Serve(Store(repository, file), content);
            var sum = isNetwork ? declare ?? Convert.ToHexStringLower(SHA256.HashData(content)) : GitName(content);
            foreach (var revision in new[] { "main", Commit })
                Server.Map($"/hub/{repository}/resolve/{revision}/{file}", context => AnswerAsync(context, isNetwork ? Store(repository, file) : null, content, sum));
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context, string? store, byte[] content, string sum)
    {
        var headers = context.Response.Headers;
        headers["X-Repo-Commit"] = Commit;
        if (store is not null)
        {
            headers["X-Linked-Size"] = $"{content.Length}";
            headers["X-Linked-ETag"] = $"\"{sum}\"";
            context.Response.Redirect($"http://localhost:{Server.Address.Port}{store}");
            return;
        }
        headers.ETag = $"\"{sum}\"";
        context.Response.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method))
            await context.Response.Body.WriteAsync(content);
    }

    private static string GitName(byte[] content)
    {
#pragma warning disable CA5350 // Git's names for small files are SHA-1.
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350
    }
}
