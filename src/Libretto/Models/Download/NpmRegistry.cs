using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Libretto.Models.Download;

/// <summary>Fetches files out of packages of the npm registry.</summary>
internal sealed class NpmRegistry(ModelHttp http, NpmConfiguration configuration)
{
    private const string PublicHost = "registry.npmjs.org";

    /// <summary>Fetches the packages and puts their files into a folder.</summary>
    /// <returns>Where they came from, for the record.</returns>
    public async Task<string> FetchAsync(NpmSource source, string folder, string parts, PullProgress progress, CancellationToken ct)
    {
        progress.Expect(source.Packages.Sum(package => package.TarballBytes));
        foreach (var package in source.Packages)
        {
            var address = await TarballAsync(package, ct);
            var request = new FileRequest(
                address, Tarball(parts, package), package.TarballBytes, Checksum.FromIntegrity(package.Integrity),
                configuration.AuthorizationFor);
            await new FileDownload(http).FetchAsync(request, progress.Advance, ct);
            progress.FileDone(package.TarballBytes);
        }
        foreach (var package in source.Packages)
            await ExtractAsync(package, Tarball(parts, package), folder, ct);
        return string.Join(' ', source.Packages.Select(package => $"npm:{package.Name}@{package.Version}"));
    }

    private static string Tarball(string parts, NpmPackage package) =>
        Path.Combine(parts, $"{package.Name.Replace('/', '-').TrimStart('@')}-{package.Version}.tgz");

    private async Task<Uri> TarballAsync(NpmPackage package, CancellationToken ct)
    {
        var registry = configuration.RegistryFor(package.Name);
        var address = new Uri(registry, package.Name.Replace("/", "%2f", StringComparison.Ordinal));
        using var document = await http.RetryAsync(() => MetadataAsync(address, ct), () => 0, ct);
        if (!document.RootElement.TryGetProperty("versions", out var versions) ||
            !versions.TryGetProperty(package.Version, out var version) ||
            !version.TryGetProperty("dist", out var dist) ||
            !dist.TryGetProperty("tarball", out var tarball) ||
            !Uri.TryCreate(registry, tarball.GetString(), out var found))
        {
            throw new ModelException(
                ErrorKind.Missing, "model_not_at_source",
                $"{registry} does not have version {package.Version} of {package.Name}. Ask its keeper to mirror it, or set " +
                "npm_config_registry to a registry that has it.");
        }
        // As npm does: a mirror that passes on the public registry's addresses means its own.
        return found.Host == PublicHost && registry.Host != PublicHost
            ? new Uri(registry, found.AbsolutePath.TrimStart('/'))
            : found;
    }

    private async Task<JsonDocument> MetadataAsync(Uri address, CancellationToken ct)
    {
        using var response = await http.SendAsync(
            HttpMethod.Get, address, configuration.AuthorizationFor, ct,
            message => message.Headers.Accept.ParseAdd("application/vnd.npm.install-v1+json, application/json;q=0.8"));
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(ct);
            return await JsonDocument.ParseAsync(body, cancellationToken: ct);
        }
        catch (IOException e)
        {
            throw new TransientFailureException(address, "the connection broke off", inner: e);
        }
        catch (JsonException e)
        {
            throw new ModelException(
                ErrorKind.Missing, "model_not_at_source",
                $"{address} does not answer like an npm registry. Check npm_config_registry and the proxy.", inner: e);
        }
    }

    private static async Task ExtractAsync(NpmPackage package, string tarball, string folder, CancellationToken ct)
    {
        var wanted = package.Files.ToDictionary(file => file.PathInTarball, StringComparer.Ordinal);
        await using var file = File.OpenRead(tarball);
        await using var gzip = new GZipStream(file, CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        while (wanted.Count > 0 && await tar.GetNextEntryAsync(cancellationToken: ct) is { } entry)
        {
            if (!wanted.Remove(entry.Name, out var found))
                continue;
            var target = Path.Combine(folder, found.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            // Not ExtractToFile: the archive's time of change and mode mean nothing here.
            await using (var output = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, useAsync: true))
                await (entry.DataStream ?? Stream.Null).CopyToAsync(output, ct);
            if (!await Checksum.Sha256(found.Sha256).MatchesAsync(target, ct))
                throw ModelException.WrongContent(new Uri($"https://www.npmjs.com/package/{package.Name}/v/{package.Version}"));
        }
        if (wanted.Count > 0)
            throw ModelException.WrongContent(new Uri($"https://www.npmjs.com/package/{package.Name}/v/{package.Version}"));
    }
}
