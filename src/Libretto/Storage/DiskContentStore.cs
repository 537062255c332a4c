using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Libretto.Storage;

/// <summary>
/// A content store in a folder. <c>blobs/</c> holds each content once, named by its hash; <c>entries/</c> one small JSON file a key
/// that names its blob. Both are written beside and renamed, blob first, so an entry never names what is not there.
/// </summary>
public sealed class DiskContentStore : IContentStore, IDisposable
{
    private const int BlockBytes = 1 << 17;

    // Notes and results are of this size and asked for at every turn; waiting for the disk takes longer than reading them.
    private const int SmallBytes = 1 << 14;

    // A blob without an entry may be about to get one.
    private static readonly TimeSpan BlobGrace = TimeSpan.FromHours(1);

    private readonly string _root;
    private readonly TimeProvider _time;
    private readonly TemporaryFolder _incoming;

    /// <summary>Opens a store, which is made when missing.</summary>
    /// <param name="root">Its folder.</param>
    /// <param name="time">Dates the entries; the system's clock when null.</param>
    /// <exception cref="StorageException">The folder cannot be written.</exception>
    public DiskContentStore(string root, TimeProvider? time = null)
    {
        _root = Path.GetFullPath(root);
        _time = time ?? TimeProvider.System;
        _incoming = new TemporaryFolder(Path.Combine(_root, "incoming"));
        _incoming.SweepDead();
    }

    /// <inheritdoc/>
    public string Name => "disk";

    /// <inheritdoc/>
    public async Task<StoredContent> PutAsync(
        string key, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        ContentKey.Check(key);
        using var spooled = await SpooledContent.WriteAsync(_incoming, content, cancellationToken);
        return await KeepAsync(key, spooled, description, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<StoredContent> AddAsync(
        string folder, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        ContentKey.Check(folder);
        using var spooled = await SpooledContent.WriteAsync(_incoming, content, cancellationToken);
        var key = $"{folder}/{spooled.Sha256}";
        return await FindAsync(key, cancellationToken) ?? await KeepAsync(key, spooled, description, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var entry = ReadEntry(EntryPath(key));
        return Task.FromResult(entry is not null && IsWhole(entry) ? entry : null);
    }

    /// <inheritdoc/>
    public Task<ContentReading?> OpenAsync(string key, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ReadEntry(EntryPath(key)) is not { } entry || !IsWhole(entry))
            return Task.FromResult<ContentReading?>(null);
        try
        {
            var blob = BlobPath(entry.Sha256);
            Stream content = entry.Length <= SmallBytes
                ? new MemoryStream(File.ReadAllBytes(blob), writable: false)
                : new FileStream(blob, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BlockBytes,
                    FileOptions.Asynchronous);
            return Task.FromResult<ContentReading?>(new ContentReading(entry, content));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<ContentReading?>(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotRead(_root, e);
        }
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        var path = EntryPath(key);
        try
        {
            var existed = File.Exists(path);
            File.Delete(path);
            return Task.FromResult(existed);
        }
        catch (DirectoryNotFoundException)
        {
            return Task.FromResult(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotWrite(_root, e);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var entries = Path.Combine(_root, "entries");
        if (!Directory.Exists(entries))
            yield break;
        foreach (var path in Directory.EnumerateFiles(entries, "*.json", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (ReadEntry(path) is { } entry && entry.Key.StartsWith(prefix, StringComparison.Ordinal) && !(entry.StoredAt >= before))
                yield return entry;
        }
    }

    /// <inheritdoc/>
    public Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default) =>
        Task.FromResult<Uri?>(null);

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var probe = _incoming.NewFile();
        try
        {
            await File.WriteAllTextAsync(probe, "libretto", cancellationToken);
            File.Delete(probe);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotWrite(_root, e);
        }
    }

    /// <summary>Frees the space of content whose keys are gone, and of writers that were killed; returns the bytes freed.</summary>
    /// <param name="cancellationToken">Stops after the file at hand.</param>
    public async Task<long> SweepAsync(CancellationToken cancellationToken = default)
    {
        _incoming.SweepDead();
        var blobs = Path.Combine(_root, "blobs");
        if (!Directory.Exists(blobs))
            return 0;
        var inUse = new HashSet<string>();
        await foreach (var entry in ListAsync(cancellationToken: cancellationToken))
            inUse.Add(entry.Sha256);
        var freed = 0L;
        foreach (var blob in new DirectoryInfo(blobs).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!inUse.Contains(blob.Name) && IsOld(blob))
                freed += Discard(blob);
        }
        return freed;
    }

    /// <summary>Removes this process's temporary files.</summary>
    public void Dispose() => _incoming.Dispose();

    private async Task<StoredContent> KeepAsync(
        string key, SpooledContent spooled, ContentDescription description, CancellationToken cancellationToken)
    {
        var entry = new StoredContent(key, spooled.Sha256, spooled.Length, _time.GetUtcNow(), description);
        try
        {
            FlushToDisk(spooled.Path);
            MoveInto(spooled.Path, BlobPath(entry.Sha256));
            var beside = _incoming.NewFile();
            await File.WriteAllBytesAsync(beside, JsonSerializer.SerializeToUtf8Bytes(entry, StorageJson.Default.StoredContent),
                cancellationToken);
            MoveInto(beside, EntryPath(key));
            return entry;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotWrite(_root, e);
        }
    }

    /// <summary>An entry is a few hundred bytes: read at once, it costs less than a turn of another thread.</summary>
    private static StoredContent? ReadEntry(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), StorageJson.Default.StoredContent);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            // An entry that cannot be understood is as good as none: what it named is made again.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotRead(path, e);
        }
    }

    /// <summary>A blob that was cut, as by a disk that was full or failed, is none: what it held is stored or made again.</summary>
    private bool IsWhole(StoredContent entry)
    {
        var blob = new FileInfo(BlobPath(entry.Sha256));
        return blob.Exists && blob.Length == entry.Length;
    }

    private bool IsOld(FileInfo blob) => blob.LastWriteTimeUtc < _time.GetUtcNow().UtcDateTime - BlobGrace;

    /// <summary>Takes a blob aside, looks again, and puts it back if a writer renewed it meanwhile.</summary>
    private long Discard(FileInfo blob)
    {
        var aside = new FileInfo(_incoming.NewFile());
        File.Move(blob.FullName, aside.FullName);
        aside.Refresh();
        if (!IsOld(aside))
        {
            File.Move(aside.FullName, blob.FullName, overwrite: true);
            return 0;
        }
        var length = aside.Length;
        aside.Delete();
        return length;
    }

    private static void FlushToDisk(string path)
    {
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }

    private static void MoveInto(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Move(from, to, overwrite: true);
    }

    private string BlobPath(string sha256) => Path.Combine(_root, "blobs", sha256[..2], sha256);

    private string EntryPath(string key) =>
        Path.Combine(_root, "entries", ContentKey.Check(key).Replace('/', Path.DirectorySeparatorChar) + ".json");
}
