using System.Security;

namespace Libretto.Library.Files;

/// <summary>A file that was come upon.</summary>
/// <param name="Path">Its path, below the folder that was walked.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="Modified">When it was last changed, in ticks of UTC: with the size, what tells that it is still the same.</param>
internal sealed record WalkedFile(string Path, long Length, long Modified)
{
    /// <summary>Its name without the folder.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>A file as it is now, that which a link leads to where it is one; null for what is not there, pipes and devices.</summary>
    public static WalkedFile? At(string path) => RealPath.Of(path) is { } real ? Of(new FileInfo(real), path) : null;

    /// <summary>What was come upon at a path; null for what vanished meanwhile, and for pipes and devices.</summary>
    public static WalkedFile? Of(FileInfo file, string path)
    {
        try
        {
            return file.Exists && (file.Attributes & (FileAttributes.Directory | FileAttributes.Device)) == 0
                ? new WalkedFile(path, file.Length, file.LastWriteTimeUtc.Ticks)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A folder and the files right in it.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Files">Its files, in the order of their names; without hidden ones.</param>
internal sealed record WalkedFolder(string Path, IReadOnlyList<WalkedFile> Files);

/// <summary>
/// Goes through a collection: every folder below one, without those that are hidden, thrown away or a system's own. A folder or file
/// that symbolic links lead to more than once is come upon once, by its own path where that lies in the collection.
/// </summary>
/// <param name="trouble">Told of each folder that cannot be read, and why.</param>
internal sealed class LibraryWalk(Action<string, string> trouble)
{
    // Trash and bookkeeping of systems and network disks, whose names do not begin with a dot.
    private static readonly HashSet<string> s_leftOut = new(StringComparer.OrdinalIgnoreCase)
    {
        "$RECYCLE.BIN", "RECYCLER", "Recycled", "System Volume Information", "@eaDir", "#recycle", "@Recycle", "@Recently-Snapshot",
        "#snapshot", "lost+found", "__MACOSX", "Network Trash Folder", "Temporary Items", "Trash",
    };

    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private string _root = "";

    /// <summary>The folders, in the order of their paths; links come after all else.</summary>
    /// <param name="root">Where to begin.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public IEnumerable<WalkedFolder> Walk(string root, CancellationToken cancellationToken)
    {
        var links = new Queue<string>();
        var start = RealPath.Of(root);
        if (start is null)
            yield break;
        _root = start;
        foreach (var folder in Below(root, start, links, cancellationToken))
            yield return folder;
        while (links.TryDequeue(out var link))
        {
            if (RealPath.Of(link) is not { } target)
                continue;
            foreach (var folder in Below(link, target, links, cancellationToken))
                yield return folder;
        }
    }

    /// <summary>Whether a folder's name says that nobody keeps songs there.</summary>
    public static bool IsLeftOut(string name) => name.StartsWith('.') || s_leftOut.Contains(name);

    private IEnumerable<WalkedFolder> Below(string path, string real, Queue<string> links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_seen.Add(real))
            yield break;
        var (files, folders) = (new List<WalkedFile>(), new List<string>());
        foreach (var entry in Entries(path))
        {
            if (entry.Name.StartsWith('.') || (OperatingSystem.IsWindows() && entry.Attributes.HasFlag(FileAttributes.Hidden)))
                continue;
            if (entry.LinkTarget is not null)
            {
                if (RealPath.Of(entry.FullName) is not { } target || IsMetAnyway(target))
                    continue;
                if (Directory.Exists(target))
                    links.Enqueue(entry.FullName);
                else if (WalkedFile.Of(new FileInfo(target), entry.FullName) is { } linked && _seen.Add(target))
                    files.Add(linked);
            }
            else if (entry is DirectoryInfo && !s_leftOut.Contains(entry.Name))
                folders.Add(entry.Name);
            else if (entry is FileInfo file && WalkedFile.Of(file, file.FullName) is { } walked && _seen.Add(Path.Combine(real, file.Name)))
                files.Add(walked);
        }
        yield return new WalkedFolder(path, [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)]);
        foreach (var name in folders.Order(StringComparer.Ordinal))
            foreach (var folder in Below(Path.Combine(path, name), Path.Combine(real, name), links, cancellationToken))
                yield return folder;
    }

    /// <summary>Whether what a link leads to lies in the collection itself, and not where nobody looks.</summary>
    private bool IsMetAnyway(string target)
    {
        var way = Path.GetRelativePath(_root, target).Split(Path.DirectorySeparatorChar);
        return way[0] != ".." && !Path.IsPathRooted(way[0]) && !way.Any(part => part != "." && IsLeftOut(part));
    }

    private List<FileSystemInfo> Entries(string path)
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFileSystemInfos()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SecurityException)
        {
            trouble(path, e.Message);
            return [];
        }
    }
}
