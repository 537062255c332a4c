using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Cli.Songs;

/// <summary>Lyrics that the user has as a file, or gives through standard input (<c>-</c>) or another pipe.</summary>
internal static class LyricsFile
{
    /// <summary>Reads lyrics, whatever format and encoding they are in.</summary>
    /// <exception cref="LibrettoException">The file is missing, a folder, empty or unreadable, or holds no lyrics.</exception>
    public static async Task<LyricsReading> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var bytes = await BytesAsync(path, cancellationToken);
        try
        {
            return LyricsReader.Read(bytes, path == StandardInput.Word ? null : path);
        }
        catch (LyricsFormatException e)
        {
            throw Named(path, e);
        }
    }

    /// <summary>Reads the words of a song that is to be timed by them.</summary>
    /// <exception cref="LibrettoException">As above, or there are no words in the file.</exception>
    public static async Task<LyricsReading> ReadWordsAsync(string path, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(path, cancellationToken);
        try
        {
            return LyricsReader.WithWords(reading);
        }
        catch (LyricsFormatException e)
        {
            throw Named(path, e);
        }
    }

    /// <summary>What they are called in messages.</summary>
    public static string NameOf(string path) => path == StandardInput.Word ? "Standard input" : path;

    private static LyricsFormatException Named(string path, LyricsFormatException e) =>
        new(e.Kind, e.Code, $"{NameOf(path)}: {e.Message}", e.Line, e);

    private static async Task<byte[]> BytesAsync(string path, CancellationToken cancellationToken)
    {
        if (path != StandardInput.Word && Directory.Exists(path))
            throw InputException.IsFolder(path);
        try
        {
            await using var file = path == StandardInput.Word
                ? StandardInput.Open()
                : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
            using var bytes = new MemoryStream();
            var block = new byte[1 << 16];
            // One byte past the largest is enough to be told that it is too large.
            for (int count; bytes.Length <= LyricsReader.LargestFile && (count = await file.ReadAsync(block, cancellationToken)) > 0;)
                bytes.Write(block, 0, count);
            if (bytes.Length > 0)
                return bytes.ToArray();
            throw path == StandardInput.Word ? InputException.NothingCame(path) : InputException.Empty(path);
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
