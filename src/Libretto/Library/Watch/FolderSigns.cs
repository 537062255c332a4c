namespace Libretto.Library.Watch;

/// <summary>
/// Waits for signs of change in folders: by the system's notifications where it gives them. Folders on the network give none, so that
/// whoever waits looks again after a while in any case. <c>DOTNET_USE_POLLING_FILE_WATCHER=1</c>, as elsewhere in .NET, does without.
/// </summary>
internal sealed class FolderSigns : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly SemaphoreSlim _changed = new(0, 1);

    /// <param name="roots">The folders, and lists of songs.</param>
    public FolderSigns(IEnumerable<string> roots)
    {
        if (Environment.GetEnvironmentVariable("DOTNET_USE_POLLING_FILE_WATCHER") is "1" or "true")
            return;
        foreach (var root in roots)
        {
            try
            {
                var watcher = Directory.Exists(root)
                    ? new FileSystemWatcher(root) { IncludeSubdirectories = true }
                    : new FileSystemWatcher(Path.GetDirectoryName(root)!, Path.GetFileName(root));
                watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size;
                watcher.Created += (_, change) => Tell(change.Name);
                watcher.Changed += (_, change) => Tell(change.Name);
                watcher.Renamed += (_, change) => Tell(change.Name);
                watcher.Error += (_, _) => Tell(null);
                watcher.EnableRaisingEvents = true;
                _watchers.Add(watcher);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // More folders than the system watches, or of a kind that it does not: looking again serves.
            }
        }
    }

    /// <summary>Waits until something has changed, or the time has passed.</summary>
    /// <param name="most">The longest wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _changed.WaitAsync(most, cancellationToken);

    /// <summary>Ends the notifications.</summary>
    public void Dispose()
    {
        _watchers.ForEach(watcher => watcher.Dispose());
        _changed.Dispose();
    }

    private void Tell(string? name)
    {
        // What is hidden is no song: Libretto's own unfinished files are.
        if (name is not null && Path.GetFileName(name).StartsWith('.'))
            return;
        try
        {
            _changed.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is known already, or nobody waits any more.
        }
    }
}
