using System.Text;

namespace Libretto.Library.Files;

/// <summary>The songs that a playlist names: <c>.m3u</c>, <c>.m3u8</c> and <c>.pls</c>, lists in lists included.</summary>
/// <param name="trouble">Told of songs that are missing and lists that cannot be read.</param>
internal sealed class PlaylistFiles(Action<string> trouble)
{
    /// <summary>More songs than any list for people has.</summary>
    private const int MostSongs = 100_000;

    private static readonly string[] s_endings = [".m3u", ".m3u8", ".pls"];

    /// <summary>Whether a file is a list, by its name.</summary>
    public static bool IsPlaylist(string path) => s_endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The songs of a list, folder by folder, each with the lyrics beside it.</summary>
    /// <param name="list">The list's path.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IEnumerable<WalkedFolder> Folders(string list, CancellationToken cancellationToken)
    {
        var songs = Songs(list, [], cancellationToken).Distinct(StringComparer.Ordinal).Take(MostSongs).ToList();
        foreach (var folder in songs.GroupBy(song => Path.GetDirectoryName(song)!))
        {
            var stems = folder.Select(song => Sidecars.Key(Path.GetFileNameWithoutExtension(song))).ToHashSet();
            var names = folder.Select(Path.GetFileName).ToHashSet(StringComparer.Ordinal);
            // Of the other files of the folder only those that belong to the songs of the list.
            foreach (var walked in new LibraryWalk((path, why) => trouble($"{path} may not be read: {why}"))
                .Walk(folder.Key, cancellationToken).Take(1))
                yield return walked with
                {
                    Files = [.. walked.Files.Where(file => names.Contains(file.Name) || (Sidecars.IsSidecar(file.Name) && stems.Any(stem =>
                        Sidecars.Key(file.Name).StartsWith(stem + ".", StringComparison.Ordinal))))],
                };
        }
    }

    private IEnumerable<string> Songs(string list, HashSet<string> open, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!open.Add(list))
        {
            trouble($"{list} contains itself; it is read once.");
            yield break;
        }
        foreach (var entry in Entries(list))
        {
            if (entry.Contains("://", StringComparison.Ordinal) && !entry.StartsWith("file://", StringComparison.OrdinalIgnoreCase))
            {
                trouble($"{entry} in {list} is a link and left out: libretto transcribe works on links.");
                continue;
            }
            var path = PathOf(entry, list);
            if (!File.Exists(path))
                trouble($"{path}, named by {list}, does not exist.");
            else if (IsPlaylist(path))
                foreach (var song in Songs(path, open, cancellationToken))
                    yield return song;
            else
                yield return path;
        }
    }

    private IEnumerable<string> Entries(string list)
    {
        string text;
        try
        {
            var bytes = File.ReadAllBytes(list);
            text = System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            trouble($"{list} cannot be read: {e.Message}");
            return [];
        }
        var lines = text.TrimStart('\uFEFF').Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');
        return list.EndsWith(".pls", StringComparison.OrdinalIgnoreCase)
            ? lines.Where(line => line.StartsWith("File", StringComparison.OrdinalIgnoreCase) && line.Contains('='))
                .Select(line => line[(line.IndexOf('=') + 1)..].Trim())
            : lines;
    }

    /// <summary>Entries are relative to their list; those of other systems use the other slash.</summary>
    private static string PathOf(string entry, string list)
    {
        if (entry.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(entry, UriKind.Absolute, out var address))
            return address.LocalPath;
        var folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        var path = Path.GetFullPath(entry, folder);
        return File.Exists(path) || OperatingSystem.IsWindows() ? path : Path.GetFullPath(entry.Replace('\\', '/'), folder);
    }
}
