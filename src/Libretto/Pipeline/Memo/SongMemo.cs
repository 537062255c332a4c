using System.Text.Json.Serialization.Metadata;
using Libretto.Storage;

namespace Libretto.Pipeline.Memo;

/// <summary>
/// What stages made of one song. A store that is away, full or damaged costs time and one warning, never the song: whatever goes
/// wrong here counts as nothing found, nothing kept.
/// </summary>
internal sealed class SongMemo(
    string song, bool fresh, Func<IContentStore>? store, Func<TemporaryFolder> temporary, Action<Exception> trouble)
{
    // The version of every stage at once: changed code is never answered by what the code before it made.
    private static readonly string s_build = typeof(SongMemo).Module.ModuleVersionId.ToString("N");

    private bool _isOff = store is null;

    /// <summary>Where a stage's result lies.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="dependsOn">Everything else the result depends on: model, options, keys of earlier results.</param>
    public string Key(string stage, params ReadOnlySpan<string> dependsOn) =>
        ContentKey.Of($"{StoreFolders.Stages}/{stage}", [s_build, song, .. dependsOn]);

    /// <summary>What was kept under a key; null when nothing was or everything is to be made anew.</summary>
    public Task<T?> FindAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        fresh ? Task.FromResult<T?>(null) : TryAsync(content => content.ReadJsonAsync(key, type, cancellationToken));

    /// <summary>Keeps a stage's result.</summary>
    public Task KeepAsync<T>(string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        TryAsync<StoredContent>(async content => await content.PutJsonAsync(key, value, type, cancellationToken));

    /// <summary>Keeps a file.</summary>
    /// <param name="folder">The first part of its key.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="write">Writes it under the path it is given.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    /// <returns>Its key; null when it could not be kept.</returns>
    public Task<string?> KeepFileAsync(string folder, string contentType, Func<string, Task> write, CancellationToken cancellationToken) =>
        TryAsync<string>(async content =>
        {
            var path = temporary().NewFile();
            try
            {
                await write(path);
                return (await content.AddFileAsync(folder, path, new ContentDescription(contentType), cancellationToken)).Key;
            }
            finally
            {
                File.Delete(path);
            }
        });

    /// <summary>Whether content is there.</summary>
    public async Task<bool> HoldsAsync(string key, CancellationToken cancellationToken) =>
        await TryAsync(content => content.FindAsync(key, cancellationToken)) is not null;

    /// <summary>Copies kept content to a file, which appears whole or not at all; false when it is gone.</summary>
    public async Task<bool> CopyAsync(string key, string path, CancellationToken cancellationToken) =>
        await ReadAsync(key, copy =>
        {
            File.Move(copy, path, overwrite: true);
            return Task.FromResult(path);
        }, beside: path, cancellationToken) is not null;

    /// <summary>Reads kept content that must be a file to be read.</summary>
    /// <returns>What the reader made of it; null when the content is gone.</returns>
    public Task<T?> ReadAsync<T>(string key, Func<string, Task<T>> read, CancellationToken cancellationToken)
        where T : class =>
        ReadAsync(key, read, beside: null, cancellationToken);

    /// <summary>The path of a temporary file, which is not there yet; whoever asks for it deletes it.</summary>
    public string NewFile() => temporary().NewFile();

    /// <summary>Writes a temporary file and reads it.</summary>
    public async Task<T> ThroughFileAsync<T>(Func<string, Task> write, Func<string, Task<T>> read)
    {
        var path = temporary().NewFile();
        try
        {
            await write(path);
            return await read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private Task<T?> ReadAsync<T>(string key, Func<string, Task<T>> read, string? beside, CancellationToken cancellationToken)
        where T : class =>
        TryAsync<T>(async content =>
        {
            var copy = beside is null ? temporary().NewFile() : $"{beside}.{Guid.NewGuid():N}.part";
            try
            {
                return await content.CopyToFileAsync(key, copy, cancellationToken) ? await read(copy) : null;
            }
            finally
            {
                File.Delete(copy);
            }
        });

    private async Task<T?> TryAsync<T>(Func<IContentStore, Task<T?>> use)
        where T : class
    {
        if (_isOff)
            return null;
        try
        {
            return await use(store!());
        }
        catch (Exception e) when (e is LibrettoException or IOException or UnauthorizedAccessException)
        {
            _isOff = true;
            trouble(e);
            return null;
        }
    }
}
