namespace Libretto.Cli.Results;

/// <summary>Names of results.</summary>
internal static class FileName
{
    /// <summary>How the names of a file's results begin: beside it, or in a folder.</summary>
    public static string Beside(string song, string? folder) =>
        Path.Combine(folder ?? Path.GetDirectoryName(song) ?? "", Path.GetFileNameWithoutExtension(song));
}
