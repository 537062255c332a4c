using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>What a song is called: the same in its row and in its words, from which all exports take it.</summary>
internal sealed class SongNames(JobStore jobs, IContentStore store)
{
    /// <summary>Says what a song is called.</summary>
    public async Task RenameAsync(Job job, string? title, string? artist, CancellationToken ct)
    {
        await jobs.RenameAsync(job.Id, title, artist, ct);
        // Whoever replaces the words meanwhile may not have seen the name: then it is written into theirs.
        while (await jobs.FindAsync(job.Id, ct) is { DocumentKey: not null, ExpiredAt: null } now)
        {
            if (await NamedAsync(now.DocumentKey, title, artist, ct) is not { } named || await jobs.RenameDocumentAsync(now, named, ct))
                return;
        }
    }

    /// <summary>A result as this job's row calls it: by what its user said, else by what the song itself says, else by its file.</summary>
    public async Task<StoredResult> ApplyAsync(Job row, StoredResult result, CancellationToken ct)
    {
        var (title, artist) = row.NamedAt is not null ? (row.Title, row.Artist)
            : (result.Title ?? row.Title, result.Title is null ? result.Artist ?? row.Artist : result.Artist);
        return (title, artist) == (result.Title, result.Artist) ||
            await NamedAsync(result.DocumentKey, title, artist, ct) is not { } named
            ? result
            : result with { DocumentKey = named, Title = title, Artist = artist };
    }

    /// <summary>The key of the same words under another name; null where they bear it already, are gone, or are damaged.</summary>
    private async Task<string?> NamedAsync(string documentKey, string? title, string? artist, CancellationToken ct)
    {
        try
        {
            return await StoredResult.FindLyricsAsync(store, documentKey, ct) is not { } document
                || (document.Title, document.Artist) == (title, artist)
                ? null
                : (await StoredResult.OfLyricsAsync(store, document with { Title = title, Artist = artist }, ct)).DocumentKey;
        }
        catch (LyricsFormatException)
        {
            // Damaged in the store: whoever reads the words is told, and a name is no reason to refuse a song.
            return null;
        }
    }
}
