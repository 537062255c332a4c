using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libretto.Storage;

/// <summary>
/// A store beyond the network behind a folder on this machine: what was read or written once is read from the disk. Trouble with
/// the store is a miss and a warning, never an error: content that could not be sent stays on the disk, is marked there, and is
/// sent later. A key is taken to mean the same content on every machine.
/// </summary>
public sealed partial class TieredContentStore : IContentStore, IDisposable
{
    /// <summary>Before a key on the disk: its content is yet to be sent.</summary>
    internal const string Unsent = StoreFolders.Unsent + "/";

    /// <summary>Before a key on the disk: its content is yet to be removed from the store, and is gone here already.</summary>
    internal const string Removed = StoreFolders.Removed + "/";

    private const int MostUnsent = 10_000;
    private const double SlowestBytesPerSecond = 500_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTransfer = TimeSpan.FromSeconds(20);

    // After a failure the store is left alone for a moment, lest every job wait for it.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CheckHolds = TimeSpan.FromMinutes(5);

    private readonly DiskContentStore _local;
    private readonly IContentStore _remote;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SemaphoreSlim[] _fetching = [.. Enumerable.Range(0, 32).Select(_ => new SemaphoreSlim(1))];

    private volatile State _state = new(DateTimeOffset.MinValue, null);

    /// <summary>Puts a disk in front of a store; both are disposed of with this.</summary>
    /// <param name="local">The folder on this machine.</param>
    /// <param name="remote">The store beyond the network.</param>
    /// <param name="time">The system's clock when null.</param>
    /// <param name="log">Where trouble is told; nowhere when null.</param>
    public TieredContentStore(DiskContentStore local, IContentStore remote, TimeProvider? time = null,
        ILogger<TieredContentStore>? log = null)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(remote);
        (_local, _remote, _time, _log) = (local, remote, time ?? TimeProvider.System, log ?? NullLogger<TieredContentStore>.Instance);
    }

    /// <inheritdoc/>
    public string Name => _remote.Name;

    /// <summary>The folder on this machine.</summary>
    public DiskContentStore Local => _local;

    /// <summary>The store beyond the network.</summary>
    public IContentStore Remote => _remote;

    private bool IsAway => _state is { Trouble: not null } state && _time.GetUtcNow() < state.Until;

    /// <inheritdoc/>
    public async Task<StoredContent> PutAsync(
        string key, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        var stored = await _local.PutAsync(key, content, description, cancellationToken);
        await _local.RemoveAsync(Removed + key, cancellationToken);
        await SendAsync(stored, cancellationToken);
        return stored;
    }

    /// <inheritdoc/>
    public async Task<StoredContent> AddAsync(
        string folder, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        var stored = await _local.AddAsync(folder, content, description, cancellationToken);
        var wasRemoved = await _local.RemoveAsync(Removed + stored.Key, cancellationToken);
        if (wasRemoved || !(await AskAsync(ct => IsHeldAsync(stored, ct), Patience, cancellationToken)).Value)
            await SendAsync(stored, cancellationToken);
        return stored;
    }

    /// <inheritdoc/>
    public async Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default) =>
        await _local.FindAsync(key, cancellationToken)
        ?? (await IsRemovedAsync(key, cancellationToken)
            ? null : (await AskAsync(ct => _remote.FindAsync(key, ct), Patience, cancellationToken)).Value);

    /// <inheritdoc/>
    public async Task<ContentReading?> OpenAsync(string key, CancellationToken cancellationToken = default)
    {
        if (await _local.OpenAsync(key, cancellationToken) is { } here)
            return here;
        if (await IsRemovedAsync(key, cancellationToken))
            return null;
        // Many who ask for the same content at once fetch it once.
        var turn = _fetching[(uint)key.GetHashCode(StringComparison.Ordinal) % _fetching.Length];
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await _local.OpenAsync(key, cancellationToken)
                ?? (await FetchAsync(key, cancellationToken) ? await _local.OpenAsync(key, cancellationToken) : null);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default)
    {
        // Marked first, so that a store that is away, or the end of this process, leaves nothing to come back.
        var wasRemoved = await IsRemovedAsync(key, cancellationToken);
        await MarkAsync(Removed + key, cancellationToken);
        await _local.RemoveAsync(Unsent + key, cancellationToken);
        var wasHere = await _local.RemoveAsync(key, cancellationToken);
        var (isDone, wasThere) = await RemoveRemoteAsync(key, cancellationToken);
        return wasHere || (isDone && wasThere && !wasRemoved);
    }

    /// <summary>What lies on the disk, then what lies in the store alone, as far as it can be reached.</summary>
    public async IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var content in _local.ListAsync(prefix, before, cancellationToken))
            if (!IsMark(content) && seen.Add(content.Key))
                yield return content;
        await using var listing = _remote.ListAsync(prefix, before, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while ((await AskAsync(_ => listing.MoveNextAsync().AsTask(), LongestTransfer, cancellationToken)).Value)
            if (seen.Add(listing.Current.Key) && !await IsRemovedAsync(listing.Current.Key, cancellationToken))
                yield return listing.Current;
    }

    /// <inheritdoc/>
    public async Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default) =>
        await _local.FindAsync(Unsent + key, cancellationToken) is null && !await IsRemovedAsync(key, cancellationToken)
            ? (await AskAsync(ct => _remote.LinkAsync(key, lifetime, ct), Patience, cancellationToken)).Value
            : null;

    /// <summary>Whether disk and store can be used; the store is asked at most every few minutes, since some count that.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        await _local.CheckAsync(cancellationToken);
        if (_time.GetUtcNow() >= _state.Until)
            await AskAsync(
                async ct =>
                {
                    await _remote.CheckAsync(ct);
                    _state = new State(_time.GetUtcNow() + CheckHolds, null);
                    return true;
                },
                LongestTransfer, cancellationToken);
        if (_state.Trouble is { } trouble)
            throw trouble;
    }

    /// <summary>
    /// Removes from the store what could not be removed before, and sends what could not be sent, the oldest first, until something fails
    /// again.
    /// </summary>
    /// <returns>How much was sent or removed, and how much still waits.</returns>
    /// <exception cref="StorageException">The disk cannot be read.</exception>
    public async Task<(int Sent, int Waiting)> SendUnsentAsync(CancellationToken cancellationToken = default)
    {
        var removals = await ToListAsync(_local.ListAsync(Removed, cancellationToken: cancellationToken), cancellationToken);
        var removed = 0;
        while (removed < removals.Count && (await RemoveRemoteAsync(removals[removed].Key[Removed.Length..], cancellationToken)).IsDone)
            removed++;

        var marks = await ToListAsync(_local.ListAsync(Unsent, cancellationToken: cancellationToken), cancellationToken);
        marks.Sort((a, b) => a.StoredAt.CompareTo(b.StoredAt));
        var given = Math.Max(0, marks.Count - MostUnsent);
        if (given > 0)
            LogGivenUp(Name, given);
        foreach (var mark in marks.Take(given))
            await _local.RemoveAsync(mark.Key, cancellationToken);

        var sent = 0;
        foreach (var key in marks.Skip(given).Select(mark => mark.Key[Unsent.Length..]))
        {
            if (await _local.FindAsync(key, cancellationToken) is { } content && !await SendAsync(content, cancellationToken))
                break;
            await _local.RemoveAsync(Unsent + key, cancellationToken);
            sent++;
        }
        return (removed + sent, removals.Count - removed + marks.Count - given - sent);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _local.Dispose();
        (_remote as IDisposable)?.Dispose();
        foreach (var turn in _fetching)
            turn.Dispose();
    }

    internal static bool IsMark(StoredContent content) =>
        content.Key.StartsWith(Unsent, StringComparison.Ordinal) || content.Key.StartsWith(Removed, StringComparison.Ordinal);

    private Task<StoredContent> MarkAsync(string key, CancellationToken cancellationToken) =>
        _local.PutAsync(key, Stream.Null, new ContentDescription("text/plain"), cancellationToken);

    private async Task<bool> IsRemovedAsync(string key, CancellationToken cancellationToken) =>
        await _local.FindAsync(Removed + key, cancellationToken) is not null;

    /// <summary>Asks in the way that costs least.</summary>
    private async Task<bool> IsHeldAsync(StoredContent content, CancellationToken cancellationToken) => _remote is RemoteContentStore store
        ? await store.HoldsAsync(content.Key, content.Description, cancellationToken)
        : await _remote.FindAsync(content.Key, cancellationToken) is not null;

    /// <summary>Removes from the store; the mark goes once that has succeeded.</summary>
    private async Task<(bool IsDone, bool WasThere)> RemoveRemoteAsync(string key, CancellationToken cancellationToken)
    {
        var (isDone, wasThere) = await AskAsync(ct => _remote.RemoveAsync(key, ct), Patience, cancellationToken);
        if (!isDone)
            return (false, false);
        await _local.RemoveAsync(Removed + key, cancellationToken);
        // Who stored it anew meanwhile may have sent it before it was removed.
        if (await _local.FindAsync(key, cancellationToken) is { } anew)
            await SendAsync(anew, cancellationToken);
        return (true, wasThere);
    }

    /// <summary>Sends content that lies on the disk; marked until that has succeeded, whatever happens to this process.</summary>
    private async Task<bool> SendAsync(StoredContent content, CancellationToken cancellationToken)
    {
        await MarkAsync(Unsent + content.Key, cancellationToken);
        var (isSent, _) = await AskAsync(
            async ct =>
            {
                if (await _local.OpenAsync(content.Key, ct) is not { } reading)
                    return false;
                await using (reading)
                    await _remote.PutAsync(content.Key, reading.Stream, content.Description, ct);
                return true;
            },
            TransferTime(content), cancellationToken);
        if (isSent)
            await _local.RemoveAsync(Unsent + content.Key, cancellationToken);
        return isSent;
    }

    /// <summary>Brings content onto the disk; false when there is none, or not now.</summary>
    private async Task<bool> FetchAsync(string key, CancellationToken cancellationToken)
    {
        if ((await AskAsync(ct => _remote.OpenAsync(key, ct), Patience, cancellationToken)).Value is not { } reading)
            return false;
        await using (reading)
        {
            var (isHere, stored) = await AskAsync(
                ct => _local.PutAsync(key, reading.Stream, reading.Content.Description, ct), TransferTime(reading.Content),
                cancellationToken);
            if (!isHere || stored!.Sha256 == reading.Content.Sha256)
                return isHere;
        }
        await _local.RemoveAsync(key, cancellationToken);
        LogDamaged(Name, key);
        return false;
    }

    /// <summary>Asks the store, unless it was in trouble a moment ago; false when it could not be asked.</summary>
    private async Task<(bool IsDone, T? Value)> AskAsync<T>(Func<CancellationToken, Task<T>> ask, TimeSpan patience,
        CancellationToken cancellationToken)
    {
        if (IsAway)
            return default;
        using var limit = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return (true, await ask(either.Token));
        }
        catch (StorageException e) when (e.IsRemote)
        {
            if (e.LeavesStoreUsable)
                LogLimited(Name, e.Message);
            else
                Leave(e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException ||
            (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Leave(StorageException.Unreachable($"The store {Name}", e is OperationCanceledException ? "it is too slow" : e.Message, e));
        }
        return default;
    }

    private void Leave(StorageException trouble)
    {
        _state = new State(_time.GetUtcNow() + Rest, trouble);
        LogTrouble(Name, trouble.Message, Rest.TotalSeconds);
    }

    private static TimeSpan TransferTime(StoredContent content) =>
        LongestTransfer + TimeSpan.FromSeconds(content.Length / SlowestBytesPerSecond);

    private static async Task<List<StoredContent>> ToListAsync(IAsyncEnumerable<StoredContent> contents,
        CancellationToken cancellationToken)
    {
        var list = new List<StoredContent>();
        await foreach (var content in contents.WithCancellation(cancellationToken))
            list.Add(content);
        return list;
    }

    /// <summary>How the store stood when last asked, and until when that is believed.</summary>
    private sealed record State(DateTimeOffset Until, StorageException? Trouble);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store {Store} is not used for {Seconds} s: {Reason}")]
    private partial void LogTrouble(string store, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "A question to the store {Store} was not asked: {Reason}")]
    private partial void LogLimited(string store, string reason);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "The store {Store} holds something else under {Key} than was stored there; it is made again")]
    private partial void LogDamaged(string store, string key);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Too much waits for the store {Store}: the oldest {Count} stay on this machine only")]
    private partial void LogGivenUp(string store, int count);
}
