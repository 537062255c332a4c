using System.Text.Json;
using System.Text.Json.Serialization;
using Libretto.Models.Download;

namespace Libretto.Models;

/// <summary>
/// What an installed folder was when it was made: where it came from and each file's length and checksum, so that a changed
/// file is noticed. Lies in the folder as <c>libretto-model.json</c>.
/// </summary>
internal sealed record ModelManifest(string Name, string Origin, DateTimeOffset Installed, IReadOnlyList<ManifestFile> Files)
{
    public const string FileName = "libretto-model.json";

    public long Bytes => Files.Sum(file => file.Bytes);

    /// <summary>The manifest of a folder; null where there is none (a folder made by hand).</summary>
    public static ModelManifest? Read(string folder)
    {
        var file = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize(File.ReadAllBytes(file), ModelJson.Default.ModelManifest) : null;
        }
        catch (JsonException e)
        {
            throw ModelException.Broken(folder, file, e);
        }
    }

    /// <summary>Describes a finished folder and writes the description into it.</summary>
    public static async Task WriteAsync(string folder, string name, string origin, DateTimeOffset now, CancellationToken ct)
    {
        var files = new List<ManifestFile>();
        var own = Path.Combine(folder, FileName);
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(path => path != own).Order(StringComparer.Ordinal))
        {
            var info = new FileInfo(path);
            files.Add(new ManifestFile(
                Path.GetRelativePath(folder, path).Replace('\\', '/'),
                info.Length,
                await Checksum.ComputeAsync(ChecksumKind.Sha256, path, ct),
                info.LastWriteTimeUtc.Ticks));
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(new ModelManifest(name, origin, now, files), ModelJson.Default.ModelManifest);
        await File.WriteAllBytesAsync(own + ".new", json, ct);
        File.Move(own + ".new", own, overwrite: true);
    }

    /// <summary>
    /// Throws when a file is missing or not what it was. A file whose length and time of change are as recorded is taken as
    /// unchanged unless <paramref name="everyByte"/> is asked for.
    /// </summary>
    public async Task CheckAsync(string folder, bool everyByte, CancellationToken ct)
    {
        foreach (var file in Files)
        {
            var info = new FileInfo(Path.Combine(folder, file.Path));
            if (!info.Exists || info.Length != file.Bytes)
                throw ModelException.Broken(folder, info.FullName);
            if (!everyByte && info.LastWriteTimeUtc.Ticks == file.Modified)
                continue;
            if (!await Checksum.Sha256(file.Sha256).MatchesAsync(info.FullName, ct))
                throw ModelException.Broken(folder, info.FullName);
        }
    }
}

/// <summary>A file of an installed model; <see cref="Modified"/> is its time of change in ticks, UTC.</summary>
internal sealed record ManifestFile(string Path, long Bytes, string Sha256, long Modified);

[JsonSerializable(typeof(ModelManifest))]
[JsonSerializable(typeof(Dictionary<string, LockedModel>))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ModelJson : JsonSerializerContext;
