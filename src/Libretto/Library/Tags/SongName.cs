using System.Text.RegularExpressions;
using Libretto.Acquire;

namespace Libretto.Library.Tags;

/// <summary>What a song is called: by its tags, else by its file's name and folders, as people name them.</summary>
/// <param name="Title">The title.</param>
/// <param name="Artist">Who performs it; null when unknown.</param>
internal sealed partial record SongName(string Title, string? Artist)
{
    /// <summary>Finds a name.</summary>
    /// <param name="path">The file, below the collection's folder.</param>
    /// <param name="title">The title by its tags.</param>
    /// <param name="artist">The artist by its tags.</param>
    public static SongName Of(string path, string? title, string? artist)
    {
        if (title is not null && artist is not null)
            return new SongName(title, artist);
        var name = Path.GetFileNameWithoutExtension(path);
        if (!name.Contains(' ', StringComparison.Ordinal))
            name = name.Replace('_', ' ');
        name = Track().Replace(name, "", 1);
        var (named, cleaned) = TitleCleaner.Clean(title ?? name, artist);
        if (title is not null)
            named = artist ?? TitleCleaner.Clean(name).Artist;
        // "Artist - 03 - Title"
        cleaned = Track().Replace(cleaned ?? name, "", 1);
        return new SongName(cleaned.Length == 0 ? name : cleaned, artist ?? named);
    }

    [GeneratedRegex(@"^\s*(?:[\[(]?(?:[0-9]{1,2}[-.])?[0-9]{1,3}[\])]?\s*[-._)]+\s*|(?:[0-9][-.])?0[0-9]\s+|[0-9]{1,2}\s+(?=.* - ))(?=\S)")]
    private static partial Regex Track();
}
