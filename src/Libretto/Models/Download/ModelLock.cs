using System.Text.Json;

namespace Libretto.Models.Download;

/// <summary>What an unpinned model was at its first download: the commit, and each file's length and SHA-256.</summary>
internal sealed record LockedModel(string Repository, string Revision, SortedDictionary<string, LockedFile> Files);

internal sealed record LockedFile(long Bytes, string Sha256);

/// <summary>
/// The user's record of unpinned models (<c>models.lock.json</c> in the cache). It outlives the models: what is fetched again
/// must be what was fetched first.
/// </summary>
internal sealed class ModelLock(string cacheFolder)
{
    public string File { get; } = Path.Combine(cacheFolder, "models.lock.json");

    public LockedModel? Find(string name) => Read().GetValueOrDefault(name);

    public async Task AddAsync(string name, LockedModel model, CancellationToken ct)
    {
        // The file is shared by all models, so it has a lock of its own.
        using var held = await FileLock.TakeAsync(File + ".lock", TimeProvider.System, ct);
        var all = Read();
        all[name] = model;
        var temporary = File + ".new";
        await System.IO.File.WriteAllBytesAsync(
            temporary, JsonSerializer.SerializeToUtf8Bytes(all, ModelJson.Default.DictionaryStringLockedModel), ct);
        System.IO.File.Move(temporary, File, overwrite: true);
    }

    private Dictionary<string, LockedModel> Read()
    {
        if (!System.IO.File.Exists(File))
            return [];
        try
        {
            return JsonSerializer.Deserialize(System.IO.File.ReadAllBytes(File), ModelJson.Default.DictionaryStringLockedModel) ?? [];
        }
        catch (JsonException e)
        {
            throw new ModelException(
                ErrorKind.Missing, "model_lock_broken", $"{File} cannot be read. Remove it; the next download records the models afresh.",
                inner: e);
        }
    }
}
