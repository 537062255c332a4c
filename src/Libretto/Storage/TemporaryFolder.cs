namespace Libretto.Storage;

/// <summary>
/// A folder for one process's temporary files. It is locked while the process lives; whatever a killed process left behind is
/// removed by the next one that sweeps, because the lock died with it.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string LockName = "lock";
    private readonly FileStream _lock;

    /// <summary>Makes and locks a folder of its own below the parent.</summary>
    /// <param name="parent">Made when missing; holds nothing but such folders.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public TemporaryFolder(string parent)
    {
        Parent = System.IO.Path.GetFullPath(parent);
        try
        {
            (Path, _lock) = TryMake(Parent) ?? TryMake(Parent) ?? throw new IOException("its folders cannot be locked.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageException.CannotWrite(Parent, e);
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where the folders of all such processes lie.</summary>
    public string Parent { get; }

    /// <summary>A path in the folder for a file that does not exist yet.</summary>
    public string NewFile() => System.IO.Path.Combine(Path, Guid.NewGuid().ToString("N"));

    /// <summary>Removes the folders of processes that are no more; returns how many.</summary>
    public int SweepDead()
    {
        var removed = 0;
        foreach (var folder in Directory.EnumerateDirectories(Parent))
            if (folder != Path && IsDead(folder) && TryDelete(folder))
                removed++;
        return removed;
    }

    /// <summary>Removes the folder and all in it.</summary>
    public void Dispose()
    {
        TryDelete(Path);
        _lock.Dispose();
        TryDelete(Path);
    }

    /// <summary>Null when a sweeping process took the folder for dead in the moment before it was locked.</summary>
    private static (string Path, FileStream Lock)? TryMake(string parent)
    {
        var path = Directory.CreateDirectory(System.IO.Path.Combine(parent, Guid.CreateVersion7().ToString("N"))).FullName;
        try
        {
            return (path, new FileStream(System.IO.Path.Combine(path, LockName), FileMode.Create, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (IsDead(path))
        {
            return null;
        }
    }

    private static bool IsDead(string folder)
    {
        try
        {
            using var taken = new FileStream(System.IO.Path.Combine(folder, LockName), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (FileNotFoundException)
        {
            // Half made or half removed by a process that was killed meanwhile; a living one needs no minute for it.
            return Directory.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddMinutes(-1);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
