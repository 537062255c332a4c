using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Libretto.Storage;

/// <summary>What callers of a store often do.</summary>
public static class ContentStoreExtensions
{
    /// <summary>Copies content to a file, which must not exist; false when there is no such content.</summary>
    public static async Task<bool> CopyToFileAsync(
        this IContentStore store, string key, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var reading = await store.OpenAsync(key, cancellationToken);
        if (reading is null)
            return false;
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        await reading.Stream.CopyToAsync(file, cancellationToken);
        return true;
    }

    /// <summary>Stores a file under its own hash.</summary>
    public static async Task<StoredContent> AddFileAsync(
        this IContentStore store, string folder, string path, ContentDescription description, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await store.AddAsync(folder, file, description, cancellationToken);
    }

    /// <summary>Stores a value as JSON.</summary>
    public static async Task<StoredContent> PutJsonAsync<T>(
        this IContentStore store, string key, T value, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        using var bytes = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, type));
        return await store.PutAsync(key, bytes, new ContentDescription("application/json"), cancellationToken);
    }

    /// <summary>Reads a value stored as JSON; the default when there is none, or when it cannot be understood any more.</summary>
    public static async Task<T?> ReadJsonAsync<T>(
        this IContentStore store, string key, JsonTypeInfo<T> type, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await using var reading = await store.OpenAsync(key, cancellationToken);
        if (reading is null)
            return default;
        try
        {
            return await JsonSerializer.DeserializeAsync(reading.Stream, type, cancellationToken);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
