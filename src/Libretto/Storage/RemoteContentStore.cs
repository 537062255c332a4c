namespace Libretto.Storage;

/// <summary>
/// What the stores beyond the network share: content is hashed on its way, in a temporary file, and read from any place of it. They
/// are slow and may be away: <see cref="TieredContentStore"/> puts a disk in front.
/// </summary>
internal abstract class RemoteContentStore : IContentStore, IDisposable
{
    private readonly TemporaryFolder _spool;

    /// <param name="spoolFolder">Where temporary files lie; see <see cref="TemporaryFolder"/>.</param>
    /// <param name="time">Dates the content.</param>
    protected RemoteContentStore(string spoolFolder, TimeProvider time)
    {
        _spool = new TemporaryFolder(spoolFolder);
        Time = time;
    }

    public abstract string Name { get; }

    protected TimeProvider Time { get; }

    public async Task<StoredContent> PutAsync(
        string key, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        ContentKey.Check(key);
        using var spooled = await SpooledContent.WriteAsync(_spool, content, cancellationToken);
        return await SendAsync(key, spooled, description, cancellationToken);
    }

    public async Task<StoredContent> AddAsync(
        string folder, Stream content, ContentDescription description, CancellationToken cancellationToken = default)
    {
        ContentKey.Check(folder);
        using var spooled = await SpooledContent.WriteAsync(_spool, content, cancellationToken);
        var key = $"{folder}/{spooled.Sha256}";
        return await FindAsync(key, cancellationToken) ?? await SendAsync(key, spooled, description, cancellationToken);
    }

    public async Task<ContentReading?> OpenAsync(string key, CancellationToken cancellationToken = default)
    {
        if (await FindAsync(key, cancellationToken) is not { } content)
            return null;
        return new ContentReading(
            content, new RangedStream($"The store {Name}", content.Length, (from, ct) => ReadAsync(content, from, ct)));
    }

    /// <summary>Whether anything lies under a key, asked in the way that costs least.</summary>
    /// <param name="key">See <see cref="ContentKey"/>.</param>
    /// <param name="description">What is known of it here.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    public virtual async Task<bool> HoldsAsync(string key, ContentDescription description, CancellationToken cancellationToken = default) =>
        await FindAsync(key, cancellationToken) is not null;

    public abstract Task<StoredContent?> FindAsync(string key, CancellationToken cancellationToken = default);

    public abstract Task<bool> RemoveAsync(string key, CancellationToken cancellationToken = default);

    public abstract IAsyncEnumerable<StoredContent> ListAsync(
        string prefix = "", DateTimeOffset? before = null, CancellationToken cancellationToken = default);

    public abstract Task<Uri?> LinkAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken = default);

    public abstract Task CheckAsync(CancellationToken cancellationToken = default);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends content, all or nothing, in place of what is there.</summary>
    protected abstract Task SendAsync(StoredContent content, SpooledContent spooled, CancellationToken cancellationToken);

    /// <summary>The bytes of content from a place on.</summary>
    protected abstract Task<Stream> ReadAsync(StoredContent content, long from, CancellationToken cancellationToken);

    protected virtual void Dispose(bool disposing) => _spool.Dispose();

    private async Task<StoredContent> SendAsync(
        string key, SpooledContent spooled, ContentDescription description, CancellationToken cancellationToken)
    {
        var content = new StoredContent(key, spooled.Sha256, spooled.Length, Time.GetUtcNow(), description);
        await SendAsync(content, spooled, cancellationToken);
        return content;
    }
}
