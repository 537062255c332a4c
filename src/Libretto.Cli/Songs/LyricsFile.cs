using System.Text;
using Libretto.Cli.Results;
using Libretto.Lyrics;

namespace Libretto.Cli.Songs;

/// <summary>Lyrics that the user has as a file.</summary>
internal static class LyricsFile
{
    /// <summary>Reads lyrics in the format that the file's name tells.</summary>
    /// <exception cref="LibrettoException">
    /// The file is missing, a folder, empty or unreadable, or holds no lyrics of its format.
    /// </exception>
    public static async Task<LyricsDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var format = LyricsFormats.ForFile(path);
        var text = await TextAsync(path, cancellationToken);
        try
        {
            return format.Read(text);
        }
        catch (LyricsFormatException e)
        {
            throw new LyricsFormatException(e.Kind, e.Code, $"{path}: {e.Message}", e.Line, e);
        }
    }

    private static async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw InputException.IsFolder(path);
        try
        {
            return await File.ReadAllTextAsync(
                path, Encoding.UTF8, cancellationToken) is { Length: > 0 } text ? text : throw InputException.Empty(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw InputException.Missing(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InputException.Unreadable(path, e);
        }
    }
}
