using System.Text;

namespace Libretto.Cli.Results;

/// <summary>
/// Writes results so that each appears whole or not at all, and only over what Libretto wrote itself, unless told otherwise.
/// </summary>
internal sealed class ResultFiles(WrittenFiles written, bool force)
{
    /// <summary>Says before the work what would say no after it: a file that is not ours, a folder that cannot be written.</summary>
    /// <param name="input">The file being read.</param>
    /// <param name="outputs">The files to be written, in one folder.</param>
    /// <exception cref="OutputException">Nothing was touched.</exception>
    public void Check(string input, IReadOnlyList<string> outputs)
    {
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

    /// <summary>Writes files of one folder: all under temporary names first, then each into its place.</summary>
    /// <exception cref="OutputException">The disk is full or the folder cannot be written; nothing half-written remains.</exception>
    public void Write(IReadOnlyList<(string Path, string Text)> files)
    {
        using var unfinished = new UnfinishedFiles(MakeFolder(files.Select(file => file.Path)));
        foreach (var (temporary, (path, text)) in unfinished.Names.Zip(files))
            Attempt(path, () => WriteThrough(temporary, Encoding.UTF8.GetBytes(text)));
        Place(unfinished);
    }

    /// <summary>The same for files that someone else writes.</summary>
    /// <param name="paths">The files, in one folder.</param>
    /// <param name="make">Writes all of them, under the names it is given, in the order of the paths.</param>
    /// <exception cref="OutputException">The folder cannot be written; nothing half-written remains.</exception>
    public async Task WriteAsync(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, Task> make)
    {
        using var unfinished = new UnfinishedFiles(MakeFolder(paths));
        await make(unfinished.Names);
        Place(unfinished);
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
            Attempt(path, () => File.Move(temporary, path, overwrite: true));
            written.Add(path);
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

    private static string TemporaryName(string path) => Path.Combine(FolderOf(path), $".libretto-{Guid.NewGuid():N}.tmp");

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
