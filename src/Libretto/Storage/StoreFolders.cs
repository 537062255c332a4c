namespace Libretto.Storage;

/// <summary>How long content of a folder stays where songs are removed after a time.</summary>
public enum StoreLifetime
{
    /// <summary>As long as any job, edit or link names it.</summary>
    Named,

    /// <summary>A time: it is made again when it is needed.</summary>
    Remade,

    /// <summary>Until the store beyond the network has been told; marks lie on the disk alone.</summary>
    Mark,
}

/// <summary>A folder of the content store.</summary>
/// <param name="Name">The first part of its keys.</param>
/// <param name="Owner">The folder of the sources that writes it.</param>
/// <param name="Holds">What lies there, in a few words.</param>
/// <param name="Lifetime">How long.</param>
public sealed record StoreFolder(string Name, string Owner, string Holds, StoreLifetime Lifetime)
{
    /// <summary>What its keys begin with.</summary>
    public string Prefix => Name + "/";
}

/// <summary>
/// Every folder of the content store, of library and server: retention, <c>libretto cache stats</c> and docs/storage.md follow this
/// table.
/// </summary>
public static class StoreFolders
{
    /// <summary>Songs as they came, under their hash.</summary>
    public const string Audio = "audio";

    /// <summary>Where links led.</summary>
    public const string Links = "links";

    /// <summary>What stages made of songs.</summary>
    public const string Stages = "stages";

    /// <summary>Vocals and accompaniment.</summary>
    public const string Stems = "stems";

    /// <summary>Lyrics documents of jobs.</summary>
    public const string Lyrics = "lyrics";

    /// <summary>Which document answers a request.</summary>
    public const string Results = "results";

    /// <summary>Lyrics that came with a job.</summary>
    public const string Given = "given";

    /// <summary>Waveforms that the page draws.</summary>
    public const string Waveforms = "waveforms";

    /// <summary>Covers that songs' files hold, as pictures for browsers.</summary>
    public const string Covers = "covers";

    /// <summary>Recordings and stems as Opus, for browsers.</summary>
    public const string Opus = "opus";

    /// <summary>Karaoke made of jobs' songs.</summary>
    public const string Exports = "exports";

    /// <summary>Marks of content that is yet to be sent.</summary>
    public const string Unsent = "unsent";

    /// <summary>Marks of content that is yet to be removed.</summary>
    public const string Removed = "removed";

    /// <summary>All folders.</summary>
    public static IReadOnlyList<StoreFolder> All { get; } =
    [
        new(Audio, "Acquire, Api", "songs as they came, uploaded or downloaded", StoreLifetime.Named),
        new(Links, "Acquire", "where links led", StoreLifetime.Named),
        new(Stages, "Pipeline/Memo", "what stages made: words, times, what is known of stems", StoreLifetime.Remade),
        new(Stems, "Pipeline/Stems", "vocals and accompaniment", StoreLifetime.Named),
        new(Lyrics, "Jobs", "lyrics documents, edits included", StoreLifetime.Named),
        new(Results, "Jobs", "which document answers a request made before", StoreLifetime.Named),
        new(Given, "Jobs", "lyrics that came with a job", StoreLifetime.Named),
        new(Waveforms, "Web/Player", "waveforms that the page draws", StoreLifetime.Remade),
        new(Covers, "Web/Player", "covers of songs, as pictures for browsers", StoreLifetime.Remade),
        new(Opus, "Web/Player", "recordings and stems as Opus, for browsers", StoreLifetime.Remade),
        new(Exports, "Jobs", "karaoke made of jobs' songs: HTML, MP4, CD+G, UltraStar", StoreLifetime.Named),
        new(Unsent, "Storage", "marks: content to be sent to the store beyond the network", StoreLifetime.Mark),
        new(Removed, "Storage", "marks: content to be removed from the store beyond the network", StoreLifetime.Mark),
    ];

    /// <summary>The folder of a key; null when no part of Libretto keeps such keys.</summary>
    public static StoreFolder? Of(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return All.FirstOrDefault(folder => key.StartsWith(folder.Prefix, StringComparison.Ordinal));
    }
}
