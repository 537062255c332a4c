using System.Text;

namespace Libretto.Cli.Results;

/// <summary>Names of results.</summary>
internal static class FileName
{
    // File systems allow 255; endings and temporary names come on top.
    private const int MostBytes = 180;

    // What some file system or shell takes for something else.
    private static readonly char[] s_forbidden = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

    /// <summary>How the names of a file's results begin: beside it, or in a folder.</summary>
    public static string Beside(string song, string? folder) =>
        Path.Combine(folder ?? Path.GetDirectoryName(song) ?? "", Path.GetFileNameWithoutExtension(song));

    /// <summary>A name, without folder and ending, made of a title, which may hold anything; every file system takes it.</summary>
    public static string Of(string title)
    {
        var clean = string.Concat(title.Select(c => char.IsControl(c) ? ' ' : s_forbidden.Contains(c) ? '_' : c)).Trim().TrimStart('.', '-', ' ').TrimEnd('.', ' ');
        while (Encoding.UTF8.GetByteCount(clean) > MostBytes)
            clean = clean[..^(char.IsLowSurrogate(clean[^1]) ? 2 : 1)];
        return clean.Length == 0 ? "song" : clean;
    }
}
