using System.Text;

namespace Libretto.Cli.Results;

/// <summary>Names of results.</summary>
internal static class FileName
{
    // Of a file's own name as much as can be is kept: ".instrumental.flac" is the longest ending.
    private const int MostBytesBeside = 230;

    /// <summary>
    /// How the names of a file's results begin: beside it, or in a folder. What leaves no room for their endings is shortened.
    /// </summary>
    public static string Beside(string song, string? folder) =>
        Path.Combine(folder ?? Path.GetDirectoryName(song) ?? "", Shortened(Path.GetFileNameWithoutExtension(song), MostBytesBeside));

    /// <summary>What to tell the user of a name that was shortened; null when it was not.</summary>
    public static string? Notice(string song, string? result) =>
        result is not null && Encoding.UTF8.GetByteCount(Path.GetFileNameWithoutExtension(song)) > MostBytesBeside
            ? $"The song's name is too long for its results, which are called {Path.GetFileName(result)} and so on."
            : null;

    private static string Shortened(string name, int mostBytes)
    {
        while (Encoding.UTF8.GetByteCount(name) > mostBytes)
            name = name[..^(char.IsLowSurrogate(name[^1]) ? 2 : 1)];
        return name;
    }
}
