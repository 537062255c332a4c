using System.Text.Json.Serialization;
using Libretto.Storage;

namespace Libretto.Acquire;

/// <summary>What is remembered of links: the song each led to, and where its sound lies in the content store.</summary>
internal sealed class LinkMemo(IContentStore store)
{
    /// <summary>The song of a key; null when it was never fetched, or its sound is no longer stored.</summary>
    /// <exception cref="StorageException">The store cannot be asked.</exception>
    public async Task<KnownLink?> FindAsync(string key, CancellationToken cancellationToken)
    {
        var entry = await store.ReadJsonAsync(KeyOf(key), LinkJson.Default.LinkEntry, cancellationToken);
        return entry is not null && await store.FindAsync(entry.AudioKey, cancellationToken) is { } audio
            ? new KnownLink(
                entry.Facts with
                {
                    Duration = AudioContent.DurationOf(audio) ?? entry.Facts.Duration,
                    HasCover = AudioContent.HasCover(audio),
                },
                entry.AudioKey)
            : null;
    }

    /// <summary>Remembers where a link led, under its own key and under the site's.</summary>
    /// <exception cref="StorageException">The store cannot be written.</exception>
    public async Task KeepAsync(SongLink link, KnownLink known, CancellationToken cancellationToken)
    {
        foreach (var key in new[] { link.Key, known.Facts.Key }.Distinct())
            await store.PutJsonAsync(KeyOf(key), new LinkEntry(known.Facts, known.AudioKey), LinkJson.Default.LinkEntry, cancellationToken);
    }

    /// <summary>Forgets links that were noted before a moment and whose sound is gone or needed by nobody.</summary>
    /// <exception cref="StorageException">The store cannot be asked, or not be written.</exception>
    public async Task ForgetAsync(DateTimeOffset before, Func<string, Task<bool>> isNeeded, CancellationToken cancellationToken)
    {
        await foreach (var note in store.ListAsync(LinkFetch.StoreFolder + "/", before, cancellationToken))
        {
            var entry = await store.ReadJsonAsync(note.Key, LinkJson.Default.LinkEntry, cancellationToken);
            if (entry is null || !await isNeeded(entry.AudioKey) || await store.FindAsync(entry.AudioKey, cancellationToken) is null)
                await store.RemoveAsync(note.Key, cancellationToken);
        }
    }

    private static string KeyOf(string key) => ContentKey.Of(LinkFetch.StoreFolder, key);
}

/// <summary>What the store holds of a link.</summary>
internal sealed record LinkEntry(SongFacts Facts, string AudioKey);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LinkEntry))]
internal sealed partial class LinkJson : JsonSerializerContext;
