using System.Globalization;
using Libretto.Audio;
using Libretto.Storage;

namespace Libretto.Acquire;

/// <summary>Songs in a content store: under <c>audio/</c> and their hash, with their length beside them.</summary>
public static class AudioContent
{
    /// <summary>The first part of their keys.</summary>
    public const string Folder = StoreFolders.Audio;

    private const string DurationTag = "duration";

    /// <summary>What is said of a song that is stored.</summary>
    public static ContentDescription Describe(AudioInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new ContentDescription(info.MediaType)
        {
            Tags = info.Duration is { } seconds
                ? new Dictionary<string, string> { [DurationTag] = seconds.ToString("0.###", CultureInfo.InvariantCulture) }
                : [],
        };
    }

    /// <summary>The length of a stored song, in seconds; null when it was not known.</summary>
    public static double? DurationOf(StoredContent song)
    {
        ArgumentNullException.ThrowIfNull(song);
        return double.TryParse(
            song.Description.Tags.GetValueOrDefault(DurationTag), CultureInfo.InvariantCulture, out var seconds) ? seconds : null;
    }
}
