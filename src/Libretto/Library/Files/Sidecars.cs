using Libretto.Lyrics.Writing;

namespace Libretto.Library.Files;

/// <summary>Which files beside a song hold its lyrics: those of its name, however it is written, with a format's ending.</summary>
internal static class Sidecars
{
    /// <summary>
    /// The endings, in the order in which files are taken that tell equally much: the one that players take (Navidrome's order), then
    /// those that hold less exact times.
    /// </summary>
    public static IReadOnlyList<string> Endings { get; } =
        [".ttml", ".elrc", ".lrc", ".yaml", ".yml", ".json", ".vtt", ".srt", ".ass", ".txt"];

    /// <summary>Whether a file may be one, by its name.</summary>
    public static bool IsSidecar(string name) => Rank(name) >= 0;

    /// <summary>The place of a file's ending among <see cref="Endings"/>; below 0 when it has none of them.</summary>
    public static int Rank(string name)
    {
        for (var i = 0; i < Endings.Count; i++)
            if (name.EndsWith(Endings[i], StringComparison.OrdinalIgnoreCase))
                return i;
        return -1;
    }

    /// <summary>
    /// The sidecars of a folder by the names of their songs: NAME.lrc and NAME.mp3.lrc belong to NAME.mp3. Letters are compared as people
    /// read them: upper and lower case, and accents in one character or two, are the same.
    /// </summary>
    /// <param name="files">The folder's files.</param>
    public static ILookup<string, WalkedFile> Of(IEnumerable<WalkedFile> files) => files
        .Where(file => IsSidecar(file.Name))
        .OrderBy(file => Rank(file.Name))
        .ToLookup(file => Key(file.Name[..^Endings[Rank(file.Name)].Length]));

    /// <summary>A name as it is compared.</summary>
    public static string Key(string name) => Accents.Compose(name.ToLowerInvariant());
}
