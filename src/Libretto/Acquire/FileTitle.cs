using System.Text.RegularExpressions;

namespace Libretto.Acquire;

/// <summary>What a file's name says of the song in it.</summary>
public static partial class FileTitle
{
    /// <summary>Artist and title, as in <c>03 Artist - Title.flac</c> or <c>Artist_-_Title.mp3</c>.</summary>
    /// <param name="fileName">The name, with or without folders and ending.</param>
    /// <returns>The artist, null where the name holds none; the title, null where nothing is left of the name.</returns>
    public static (string? Artist, string? Title) Read(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        var name = Path.GetFileNameWithoutExtension(fileName);
        // Who writes no spaces writes underscores for them.
        if (!name.Contains(' ', StringComparison.Ordinal))
            name = name.Replace('_', ' ');
        var rest = TrackNumber().Replace(name, "");
        return TitleCleaner.Clean(rest.Any(char.IsLetterOrDigit) ? rest : name);
    }

    /// <summary>A number of at most two digits that something parts from the name; "99 Luftballons" and "1979" are titles.</summary>
    [GeneratedRegex(@"^\s*(?:0\d|[1-9]\d?(?=\s*[.\-]))(?:\s*[.\-]\s*|\s+)")]
    private static partial Regex TrackNumber();
}
