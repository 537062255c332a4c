using System.Globalization;
using Libretto.Audio;
using Libretto.Storage;

namespace Libretto.Acquire;

/// <summary>Songs in a content store: under <c>audio/</c> and their hash, with what is known of them beside them.</summary>
public static class AudioContent
{
    /// <summary>The first part of their keys.</summary>
    public const string Folder = StoreFolders.Audio;

    private const string DurationTag = "duration";
    private const string CoverTag = "cover";

    /// <summary>What is said of a song that is stored.</summary>
    public static ContentDescription Describe(AudioInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        var tags = new Dictionary<string, string>();
        if (info.Duration is { } seconds)
            tags[DurationTag] = seconds.ToString("0.###", CultureInfo.InvariantCulture);
        if (info.HasCoverArt)
            tags[CoverTag] = "1";
        return new ContentDescription(info.MediaType) { Tags = tags };
    }

    /// <summary>The length of a stored song, in seconds; null when it was not known.</summary>
    public static double? DurationOf(StoredContent song)
    {
        ArgumentNullException.ThrowIfNull(song);
        return double.TryParse(
            song.Description.Tags.GetValueOrDefault(DurationTag), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }

    /// <summary>Whether a stored song holds a picture of its cover; false too for songs that older versions stored.</summary>
    public static bool HasCover(StoredContent song)
    {
        ArgumentNullException.ThrowIfNull(song);
        return song.Description.Tags.ContainsKey(CoverTag);
    }
}
