using Libretto.Tools;

namespace Libretto.Audio;

/// <summary>Files that a program writes: each appears whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Lets a program write a file under a name of its own, beside where it goes, and moves it there when it is whole.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    /// <param name="write">Writes it under the name it is given.</param>
    /// <exception cref="AudioException">The folder cannot be written (<c>cannot_write</c>) or its disk is full
    /// (<c>disk_full</c>).</exception>
    public static async Task WriteAsync(string path, Func<string, Task> write)
    {
        var target = Path.GetFullPath(path);
        var unfinished = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.part");
        CheckWritable(target, unfinished);
        try
        {
            await write(unfinished);
            File.Move(unfinished, target, overwrite: true);
        }
        catch (ToolException e) when (e.ErrorLines.Any(line => line.Contains("No space left on device", StringComparison.Ordinal)))
        {
            throw AudioException.DiskFull(Path.GetDirectoryName(target)!, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw DiskErrors.IsFull(e) ? AudioException.DiskFull(Path.GetDirectoryName(target)!, e) : AudioException.CannotWrite(
                target, e.Message, e);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }

    /// <summary>ffmpeg would say it too, but only after the first second of audio and not in words.</summary>
    private static void CheckWritable(string target, string unfinished)
    {
        if (Directory.Exists(target))
            throw AudioException.CannotWrite(target, "it is a folder.");
        try
        {
            File.Create(unfinished).Dispose();
        }
        catch (Exception e) when (DiskErrors.IsFull(e))
        {
            throw AudioException.DiskFull(Path.GetDirectoryName(target)!, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw AudioException.CannotWrite(target, e.Message, e);
        }
    }
}
