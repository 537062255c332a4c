using System.Diagnostics;
using System.Text;

namespace Libretto.Output;

/// <summary>
/// Writes results so that each appears whole or not at all, and only over what Libretto wrote itself, unless told otherwise.
/// </summary>
/// <param name="written">Remembers what Libretto wrote.</param>
/// <param name="force">Whether files of others are replaced too.</param>
public sealed class ResultFiles(WrittenFiles written, bool force)
{
    /// <summary>Says before the work what would say no after it: a file that is not ours, a folder that cannot be written.</summary>
    /// <param name="input">The file being read.</param>
    /// <param name="outputs">The files to be written, in one folder.</param>
    /// <exception cref="OutputException">Nothing was touched.</exception>
    public void Check(string input, IReadOnlyList<string> outputs)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        foreach (var output in outputs)
        {
            if (Path.GetFullPath(output) == Path.GetFullPath(input))
                throw OutputException.IsInput(output);
            CheckIsOurs(output);
        }
        // The folder itself is made when there is something to put into it.
        var folder = FolderOf(outputs[0]);
        while (!Path.Exists(folder))
            folder = Path.GetDirectoryName(folder)!;
        Attempt(outputs[0], () => File.Create(TemporaryName(Path.Combine(folder, "_")), 1, FileOptions.DeleteOnClose).Dispose());
    }

    /// <summary>How the names of files begin that are not whole yet; they lie beside what they become, and end with <c>.tmp</c>.</summary>
    private const string TemporaryStart = ".libretto-";

    /// <summary>A name beside a result, for it until it is whole; it tells which process writes it.</summary>
    /// <param name="path">The result's path.</param>
    public static string TemporaryName(string path) =>
        Path.Combine(FolderOf(path), $"{TemporaryStart}{Environment.ProcessId}-{Guid.NewGuid():N}.tmp");

    /// <summary>Removes what processes that are no more have left half-written.</summary>
    /// <param name="folder">Where; not below it.</param>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public static void Sweep(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, TemporaryStart + "*.tmp"))
            if (!IsAlive(Path.GetFileName(file)[TemporaryStart.Length..].Split('-')[0]))
                File.Delete(file);
    }

    private static bool IsAlive(string process)
    {
        try
        {
            using var found = int.TryParse(process, out var id) ? Process.GetProcessById(id) : null;
            return found is { HasExited: false };
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Writes files of one folder: all under temporary names first, then each into its place.</summary>
    /// <param name="files">Each file's path and text.</param>
    /// <param name="placing">
    /// Told, when all are whole under their temporary names and on the disk, which become which; null when nobody asks.
    /// </param>
    /// <exception cref="OutputException">The disk is full or the folder cannot be written; nothing half-written remains.</exception>
    public void Write(
        IReadOnlyList<(string Path, string Text)> files, Action<IReadOnlyList<(string Temporary, string Path)>>? placing = null)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var unfinished = new UnfinishedFiles(MakeFolder(files.Select(file => file.Path)));
        foreach (var (temporary, (path, text)) in unfinished.Names.Zip(files))
            Attempt(path, () => WriteThrough(temporary, Encoding.UTF8.GetBytes(text)));
        placing?.Invoke([.. unfinished.Names.Zip(unfinished.Paths)]);
        Place(unfinished);
    }

    /// <summary>The same for files that someone else writes.</summary>
    /// <param name="paths">The files, in one folder.</param>
    /// <param name="make">Writes all of them, under the names it is given, in the order of the paths.</param>
    /// <exception cref="OutputException">The folder cannot be written; nothing half-written remains.</exception>
    public async Task WriteAsync(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, Task> make)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(make);
        using var unfinished = new UnfinishedFiles(MakeFolder(paths));
        await make(unfinished.Names);
        Place(unfinished);
    }

    /// <summary>Whether a result may be written there: nothing is there, or what Libretto wrote, or all may be replaced.</summary>
    /// <param name="path">The result's path.</param>
    public bool MayWrite(string path) =>
        !Directory.Exists(path) && (force || !File.Exists(path) || Attempt(path, () => written.Holds(path)));

    /// <summary>
    /// Ends what a killed process had begun: its files were whole and only had to be put into their places (see <see cref="Write"/>).
    /// </summary>
    /// <param name="files">
    /// As they were to become each other; those that are in their places already, or where someone else has put a file since, are passed
    /// over.
    /// </param>
    /// <exception cref="OutputException">The folder cannot be written.</exception>
    public void Finish(IEnumerable<(string Temporary, string Path)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var (temporary, path) in files.Where(file => File.Exists(file.Temporary)))
        {
            if (MayWrite(path))
            {
                written.Add(temporary);
                Attempt(path, () => File.Move(temporary, path, overwrite: true));
            }
            else
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>Removes a result that is of no use any more, if it is there and may be replaced.</summary>
    /// <param name="path">The result's path.</param>
    /// <exception cref="OutputException">It cannot be removed.</exception>
    public void Remove(string path)
    {
        if (File.Exists(path) && MayWrite(path))
            Attempt(path, () => File.Delete(path));
    }

    private static string[] MakeFolder(IEnumerable<string> paths)
    {
        string[] files = [.. paths];
        Attempt(files[0], () => Directory.CreateDirectory(FolderOf(files[0])));
        return files;
    }

    private void Place(UnfinishedFiles unfinished)
    {
        foreach (var (temporary, path) in unfinished.Names.Zip(unfinished.Paths))
        {
            CheckIsOurs(path);
            // Before it is in its place: a process may be killed in between, and what it wrote is still known as Libretto's.
            written.Add(temporary);
            Attempt(path, () => File.Move(temporary, path, overwrite: true));
        }
    }

    /// <summary>Temporary names of files to be; what is left under them goes with the object.</summary>
    private sealed class UnfinishedFiles(IReadOnlyList<string> paths) : IDisposable
    {
        public IReadOnlyList<string> Paths => paths;

        public IReadOnlyList<string> Names { get; } = [.. paths.Select(TemporaryName)];

        public void Dispose()
        {
            foreach (var name in Names)
                File.Delete(name);
        }
    }

    private void CheckIsOurs(string path)
    {
        if (Directory.Exists(path))
            throw OutputException.IsFolder(path);
        if (!force && File.Exists(path) && !Attempt(path, () => written.Holds(path)))
            throw OutputException.NotOurs(path);
    }

    private static void WriteThrough(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static void Attempt(string path, Action action) => Attempt<object?>(path, () =>
    {
        action();
        return null;
    });

    private static T Attempt<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw OutputException.CannotWrite(path, e);
        }
    }
}
