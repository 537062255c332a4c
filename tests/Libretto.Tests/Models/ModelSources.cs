using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Libretto.Models;
using Libretto.Models.Download;
using Libretto.Pipeline.Stems;
using Libretto.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Libretto.Tests.Models;

/// <summary>A registry and a hub on the loopback, each with one small model, and stores that fetch from them.</summary>
internal sealed class ModelSources : IAsyncDisposable
{
    public const string Package = "@libretto-test/voices";
    public const string Metadata = "/npm/@libretto-test%2fvoices";
    public const string Tarball = "/npm/@libretto-test/voices/-/voices-1.0.0.tgz";
    public const string Repository = "libretto-test/separator";
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Weights = "/store/weights";

    private readonly ScratchFolder _folder = new();
    private readonly HttpClient _client = new(ModelStore.CreateHandler(NpmConfiguration.Default));

    private ModelSources(LocalServer server) => Server = server;

    public LocalServer Server { get; }

    public HurriedTime Time { get; } = new();

    public string Cache => _folder["cache"];

    public string this[string name] => _folder[name];

    /// <summary>Random, so that nothing compresses and every byte counts.</summary>
    public static byte[] Network { get; } = Bytes(seed: 1, 900_000);

    /// <summary>Made once: an archive holds the time it was made at.</summary>
    public static byte[] Archive { get; } = Pack(Network);

    public static async Task<ModelSources> StartAsync()
    {
        var sources = new ModelSources(await LocalServer.StartAsync());
        sources.ServePackage(Archive);
        sources.ServeHub(Network, Commit);
        return sources;
    }

    public static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Pack(byte[] network)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach (var (name, content) in new[] { ("package/package.json", "{}"u8.ToArray()), ("package/network.onnx", network) })
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }
        return output.ToArray();
    }

    /// <summary>A store of its own, as another process would have.</summary>
    public ModelStore Store(Uri? registry = null, string? token = null, string? extra = null)
    {
        var variables = new Dictionary<string, string?>
        {
            ["HOME"] = _folder["home"],
            ["npm_config_registry"] = (registry ?? new Uri(Server.Address, "npm")).ToString(),
            ["npm_config_globalconfig"] = _folder["none"],
        };
        var options = new ModelStoreOptions
        {
            CacheFolder = Cache,
            ExtraFolders = extra is null ? [] : [extra],
            Catalogue = [FromNpm(), FromHub()],
            Npm = NpmConfiguration.Read(variables.GetValueOrDefault),
            HubEndpoint = new Uri(Server.Address, "hub/"),
            HubToken = token,
        };
        return new ModelStore(options, _client, Time);
    }

    /// <summary>Serves the package as a registry does.</summary>
    public void ServePackage(byte[] tarball)
    {
        Server.Serve(Tarball, tarball);
        Server.Map(Metadata, context => context.Response.WriteAsJsonAsync(new
        {
            versions = new Dictionary<string, object>
            {
                ["1.0.0"] = new { dist = new { tarball = "https://registry.npmjs.org/@libretto-test/voices/-/voices-1.0.0.tgz" } },
            },
        }));
    }

    /// <summary>Serves the repository as the hub does: small files itself, large ones by a redirect to a store of another host.</summary>
    public void ServeHub(byte[] network, string commit, int? declaredLength = null)
    {
        var config = Encoding.UTF8.GetBytes("""{"model_type":"test"}""");
#pragma warning disable CA5350 // Git's names for small files are SHA-1.
        var blob = Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {config.Length}\0"), .. config]));
#pragma warning restore CA5350
        Server.Serve(Weights, network);
        foreach (var revision in new[] { "main", commit })
        {
            Server.Map($"/hub/{Repository}/resolve/{revision}/config.json", async context =>
            {
                context.Response.Headers["X-Repo-Commit"] = commit;
                context.Response.Headers.ETag = $"\"{blob}\"";
                context.Response.ContentLength = config.Length;
                if (HttpMethods.IsGet(context.Request.Method))
                    await context.Response.Body.WriteAsync(config);
            });
            Server.Map($"/hub/{Repository}/resolve/{revision}/network.onnx", context =>
            {
                context.Response.Headers["X-Repo-Commit"] = commit;
                context.Response.Headers["X-Linked-Size"] = $"{declaredLength ?? network.Length}";
                context.Response.Headers["X-Linked-ETag"] = $"\"{Convert.ToHexStringLower(SHA256.HashData(network))}\"";
                context.Response.Redirect($"http://localhost:{Server.Address.Port}{Weights}");
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>What lies in the cache beside finished models: nothing but locks, unless a download was cut.</summary>
    public IEnumerable<string> Leftovers() =>
        Directory.Exists(Cache)
            ? Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Cache, file))
                .Where(file => !file.StartsWith(".locks", StringComparison.Ordinal) && !file.StartsWith("models.lock.json", StringComparison.Ordinal))
            : [];

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    public static ModelEntry FromNpm()
    {
        var file = new NpmFile("package/network.onnx", "network.onnx", Convert.ToHexStringLower(SHA256.HashData(Network)));
        var integrity = "sha512-" + Convert.ToBase64String(SHA512.HashData(Archive));
        return new("voices", ModelKind.Separation, "MIT", [], Archive.Length, "A test.",
            [new NpmSource([new(Package, "1.0.0", integrity, Archive.Length, [file])])]);
    }

    public static ModelEntry FromHub() => new("separator", ModelKind.Separation, "MIT", [], Network.Length, "A test.",
    [
        new HuggingFaceSource(Repository, "main", [new("network.onnx"), new("config.json"), new("extra.json", IsOptional: true)]),
    ]);
}
