using Libretto.Cli.Results;
using Libretto.Lyrics;

namespace Libretto.Cli.Songs;

/// <summary>Finds the recording that lyrics belong to: the one that lies beside them under the same name.</summary>
internal static class SongOfLyrics
{
    // The more exact the recording, the sooner it is taken; films last.
    private static readonly string[] s_endings =
        [".flac", ".wav", ".aiff", ".aif", ".wv", ".ape", ".m4a", ".opus", ".ogg", ".oga", ".mp3", ".aac", ".wma", ".mp4", ".mkv", ".webm",
            ".mov", ".avi"];

    /// <summary>Whether a file holds lyrics, by its name.</summary>
    public static bool IsLyrics(string path) =>
        LyricsFormats.All.Any(format => format.CanRead && path.EndsWith(format.Extension, StringComparison.OrdinalIgnoreCase));

    /// <summary>The recording of some lyrics.</summary>
    /// <param name="lyrics">A lyrics file.</param>
    /// <exception cref="InputException">None lies beside them.</exception>
    public static string Find(string lyrics)
    {
        var format = LyricsFormats.ForFile(lyrics);
        var start = lyrics[..^format.Extension.Length];
        return s_endings.Select(ending => start + ending).FirstOrDefault(File.Exists) ?? throw InputException.NoSong(lyrics, start);
    }
}
