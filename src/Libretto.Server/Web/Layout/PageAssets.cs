using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Libretto.Karaoke.Html;
using Libretto.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.StaticFiles;

namespace Libretto.Server.Web.Layout;

/// <summary>
/// The page's files, which lie inside the assembly and the library's. Their addresses hold a hash of them all, so that browsers keep them
/// for ever and
/// scripts that import each other are always of one version.
/// </summary>
internal static class PageAssets
{
    public const string Root = ServerPaths.Assets;
    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, Asset> s_assets = Load();

    /// <summary>Changes with any of the files.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(
        [.. s_assets.OrderBy(asset => asset.Key, StringComparer.Ordinal).SelectMany(asset => SHA256.HashData(asset.Value.Content))]))[..12];

    /// <summary>
    /// The address of a file, such as <c>js/player.js</c>, relative to the page's base; with a dot, since scripts are imported by it too.
    /// </summary>
    public static string Url(string name) => s_assets.ContainsKey(name)
        ? $".{Root}/{Version}/{name}"
        : throw new ArgumentException($"The page has no file {name}.", nameof(name));


    public static void Map(WebApplication app)
    {
        app.MapGet(Root + "/{version}/{**name}", (string version, string name, HttpContext context) =>
            AnswerAsync(context, name, version == Version ? "public, max-age=31536000, immutable" : "no-cache")).ExcludeFromDescription();
        // These have to lie at the root: the one to cover all addresses, the other because browsers ask there unasked.
        app.MapGet("/service-worker.js", (HttpContext context) => AnswerAsync(context, "js/service-worker.js", "no-cache"))
            .ExcludeFromDescription();
        app.MapGet("/favicon.ico", (HttpContext context) => AnswerAsync(context, "icons/icon-192.png", "max-age=86400"))
            .ExcludeFromDescription();
    }

    private static async Task AnswerAsync(HttpContext context, string name, string caching)
    {
        if (!s_assets.TryGetValue(name, out var asset))
        {
            context.Response.StatusCode = 404;
            return;
        }
        var headers = context.Response.Headers;
        (headers.ContentType, headers.ETag, headers.CacheControl, headers.Vary) =
            (asset.ContentType, asset.Tag, caching, "Accept-Encoding");
        if (context.Request.Headers.IfNoneMatch == asset.Tag)
        {
            context.Response.StatusCode = 304;
            return;
        }
        var isPacked = asset.Packed is not null && context.Request.Headers.AcceptEncoding.ToString()
            .Contains("br", StringComparison.Ordinal);
        var content = isPacked ? asset.Packed!.Value : asset.Content;
        if (isPacked)
            headers.ContentEncoding = "br";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    private static FrozenDictionary<string, Asset> Load()
    {
        // The player's own come with the library.
        Assembly[] assemblies = [Assembly.GetExecutingAssembly(), PlayerAssets.Assembly];
        return assemblies
            .SelectMany(assembly => assembly.GetManifestResourceNames()
                .Select(name => (Assembly: assembly, Resource: name, Name: name.Replace('\\', '/'))))
            .Where(found => found.Name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(found => found.Name[Prefix.Length..], found => Asset.Read(found.Assembly, found.Resource),
                StringComparer.Ordinal);
    }

    private sealed class Asset(byte[] content, string contentType)
    {
        private static readonly FileExtensionContentTypeProvider s_types = new();

        // Packed when first asked for: most files are asked for once in the life of a server.
        private readonly Lazy<ReadOnlyMemory<byte>?> _packed = new(() => IsText(contentType) ? Pack(content) : null);

        public byte[] Content => content;

        public ReadOnlyMemory<byte>? Packed => _packed.Value;

        public string ContentType { get; } = IsText(contentType) ? contentType + "; charset=utf-8" : contentType;

        public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"";

        public static Asset Read(Assembly assembly, string resource)
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            return new Asset(content, s_types.TryGetContentType(resource, out var type) ? type : "application/octet-stream");
        }

        private static bool IsText(string type) =>
            type.StartsWith("text/", StringComparison.Ordinal) || type is "image/svg+xml" or "application/manifest+json";

        private static ReadOnlyMemory<byte>? Pack(byte[] content)
        {
            var packed = new byte[BrotliEncoder.GetMaxCompressedLength(content.Length)];
            return BrotliEncoder.TryCompress(content, packed, out var length, quality: 6, window: 22) ? packed.AsMemory(0, length) : null;
        }
    }
}
