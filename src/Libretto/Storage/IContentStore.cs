namespace Libretto.Storage;

/// <summary>
/// Bytes under keys, with a few words about them: songs, stems, results, and what stages made. A put is all or nothing: a
/// reader sees the old content, the new, or none, whatever happens to the writer. Safe for many threads and processes.
/// </summary>
public interface IContentStore
{
    /// <summary>What kind of store it is, such as <c>disk</c>: for messages and health reports.</summary>
    string Name { get; }

    /// <summary>Stores content under a key, in place of what was there.</summary>
    /// <param name="key">See <see cref="ContentKey"/>.</param>
    /// <param name="content">Read once, from where it stands to its end; never held in memory as a whole.</param>
    /// <param name="description">What is known of it.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="StorageException">It cannot be written, or the disk is full.</exception>
    Task<StoredContent> PutAsync(string key, Stream content, ContentDescription description, CancellationToken cancellationToken = default);

    /// <summary>Stores content under its own SHA-256: <c>FOLDER/HASH</c>. The same bytes again cost no more space.</summary>
    /// <param name="folder">The first part of the key.</param>
    /// <param name="content">As for <see cref="PutAsync"/>.</param>
    /// <param name="description">What is known of it; the first caller's words stay.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <exception cref="StorageException">It cannot be written, or the disk is full.</exception>
    Task<StoredContent> AddAsync(
        string folder, Stream content, ContentDescription description, CancellationToken cancellationToken = default);

    /// <summary>What lies under a key; null when nothing does.</summary>
    /// <exception cref="StorageException">The store cannot be asked.</exception>
    Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Opens content for reading; null when there is none. The stream can seek, so that ranges can be served: a store beyond the
    /// network fetches from the place sought.
    /// </summary>
    /// <exception cref="StorageException">The store cannot be asked.</exception>
    Task<ContentReading?> OpenAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Removes what lies under a key; false when nothing did.</summary>
    /// <exception cref="StorageException">It cannot be removed.</exception>
    Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default);

    /// <summary>Everything whose key begins with a prefix, in no particular order.</summary>
    /// <param name="prefix">Such as <c>results/</c>; everything when empty.</param>
    /// <param name="before">
    /// Only what was stored before this moment; everything when null. Some stores charge for each content they tell of, so who wants the
    /// old should say so.
    /// </param>
    /// <param name="cancellationToken">Stops the listing.</param>
    IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// An address at which anyone can fetch the content until the time is over, without going through this process; null where
    /// the store has none, or when nothing lies under the key that could be fetched there.
    /// </summary>
    /// <param name="key">See <see cref="ContentKey"/>.</param>
    /// <param name="lifetime">How long the address holds: more than none, at most seven days.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="StorageException">The store cannot be asked.</exception>
    Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default);

    /// <summary>Whether the store can be written to now; throws with the reason when not.</summary>
    /// <exception cref="StorageException">It cannot.</exception>
    Task CheckAsync(CancellationToken cancellationToken = default);
}
