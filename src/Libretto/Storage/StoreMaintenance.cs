using System.Security.Cryptography;

namespace Libretto.Storage;

/// <summary>What an owner of a store wants of it now and then: how large it is, less of it, and whether it is whole.</summary>
public static class StoreMaintenance
{
    /// <summary>How much a store holds, by the first part of its keys, the largest first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="cancellationToken">Stops counting.</param>
    public static async Task<IReadOnlyList<KindUse>> MeasureAsync(IContentStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var contents = await ListAsync(store, cancellationToken);
        return
        [
            .. contents.GroupBy(content => content.Key.Split('/')[0])
                .Select(kind => new KindUse(kind.Key, kind.Count(), kind.DistinctBy(content => content.Sha256)
                    .Sum(content => content.Length), kind.Min(content => content.StoredAt)))
                .OrderByDescending(use => use.Bytes),
        ];
    }

    /// <summary>Removes what is too old, then the oldest until the rest is small enough. What waits to be sent elsewhere stays.</summary>
    /// <param name="store">The store.</param>
    /// <param name="before">What was stored before this goes; nothing for its age when null.</param>
    /// <param name="mostBytes">What may stay, bytes; any amount when null.</param>
    /// <param name="cancellationToken">Stops after the content at hand.</param>
    /// <returns>How many keys went, and their bytes; a disk frees those of the last hour by a later sweep.</returns>
    public static async Task<(int Count, long Bytes)> PruneAsync(
        IContentStore store, DateTimeOffset? before, long? mostBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var contents = await ListAsync(store, cancellationToken);
        var waiting = contents.Where(content => content.Key.StartsWith(TieredContentStore.Unsent, StringComparison.Ordinal))
            .Select(mark => mark.Key[TieredContentStore.Unsent.Length..]).ToHashSet(StringComparer.Ordinal);
        contents.RemoveAll(TieredContentStore.IsMark);
        var left = contents.Sum(content => content.Length);
        var (count, bytes) = (0, 0L);
        foreach (var content in contents.Where(content => !waiting.Contains(content.Key)).OrderBy(content => content.StoredAt))
        {
            if (!(content.StoredAt < before) && !(left > mostBytes))
                break;
            await store.RemoveAsync(content.Key, cancellationToken);
            (count, bytes, left) = (count + 1, bytes + content.Length, left - content.Length);
        }
        if (store is DiskContentStore disk)
            await disk.SweepAsync(cancellationToken);
        return (count, bytes);
    }

    /// <summary>The keys whose content is not what was stored, or is gone.</summary>
    /// <param name="store">The store; all of it is read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    public static async IAsyncEnumerable<string> FindDamagedAsync(
        IContentStore store, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var content in await ListAsync(store, cancellationToken))
            if (!await IsWholeAsync(store, content, cancellationToken))
                yield return content.Key;
    }

    private static async Task<bool> IsWholeAsync(IContentStore store, StoredContent content, CancellationToken cancellationToken)
    {
        if (await store.OpenAsync(content.Key, cancellationToken) is not { } reading)
            return false;
        await using (reading)
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(reading.Stream, cancellationToken)) == content.Sha256;
    }

    private static async Task<List<StoredContent>> ListAsync(IContentStore store, CancellationToken cancellationToken)
    {
        var contents = new List<StoredContent>();
        await foreach (var content in store.ListAsync(cancellationToken: cancellationToken))
            contents.Add(content);
        return contents;
    }
}

/// <summary>How much a store holds of a kind of content.</summary>
/// <param name="Kind">The first part of the keys, such as <c>audio</c>.</param>
/// <param name="Count">How many keys.</param>
/// <param name="Bytes">Their bytes, the same content counted once.</param>
/// <param name="Oldest">When the oldest was stored.</param>
public sealed record KindUse(string Kind, int Count, long Bytes, DateTimeOffset Oldest);
