namespace Libretto.Models.Download;

/// <summary>A lock between processes: an open file that no one else may open. The system releases it with the process.</summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, waiting for as long as another holds it.</summary>
    /// <param name="path">The lock's file; it stays when the lock is released, for deleting it would race with the next taker.</param>
    /// <param name="time">Measures the pauses between attempts.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="onWait">Called once if the lock is held by another.</param>
    public static async Task<FileLock> TakeAsync(string path, TimeProvider time, CancellationToken ct, Action? onWait = null)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            if (TryTake(path) is { } taken)
                return taken;
            onWait?.Invoke();
            onWait = null;
            await Task.Delay(Patience, time, ct);
        }
    }

    /// <summary>Takes the lock, or gives null if another holds it.</summary>
    public static FileLock? TryTake(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (IsHeld(e))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK from flock on Linux and macOS, a sharing violation on Windows: anything else is a real failure of the disk.
    private static bool IsHeld(IOException e) => (e.HResult & 0xFFFF) is 11 or 35 or 32;
}
