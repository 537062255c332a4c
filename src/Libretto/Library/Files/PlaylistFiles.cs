using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Library.Files;

/// <summary>The songs that a playlist names: <c>.m3u</c>, <c>.m3u8</c> and <c>.pls</c>, lists in lists included.</summary>
/// <param name="trouble">Told of songs that are missing and lists that cannot be read.</param>
public sealed class PlaylistFiles(Action<string> trouble)
{
    /// <summary>More songs than any list for people has.</summary>
    private const int MostSongs = 100_000;

    private const int LargestList = 20_000_000;

    /// <summary>The tags of a song in pieces stand at its beginning, in bytes.</summary>
    private const int StreamStart = 4096;

    private static readonly string[] s_endings = [".m3u", ".m3u8", ".pls"];

    /// <summary>
    /// Whether a file is a list, by its name; a song in pieces is none, which has the same name (HTTP Live Streaming) and says so.
    /// </summary>
    /// <param name="path">Its path.</param>
    public static bool IsPlaylist(string path) => IsNamedAsList(path) && !IsStream(path);

    /// <summary>Whether a file is named as lists are.</summary>
    /// <param name="name">Its name or path; it need not be here.</param>
    public static bool IsNamedAsList(string name) => s_endings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>The songs of a list, folder by folder, each with the lyrics beside it.</summary>
    /// <param name="list">The list's path.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal IEnumerable<WalkedFolder> Folders(string list, CancellationToken cancellationToken)
    {
        var songs = Songs(list, cancellationToken).Where(IsThere).ToList();
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

    /// <summary>The paths and links that a list names, those of lists in it included, each once and in order; some may not exist.</summary>
    /// <param name="list">The list's path.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public IEnumerable<string> Songs(string list, CancellationToken cancellationToken) =>
        Songs(Path.GetFullPath(list), [], cancellationToken).Distinct(StringComparer.Ordinal).Take(MostSongs);

    /// <summary>What a list names, in order: paths and links, as they are written.</summary>
    /// <param name="bytes">The whole file, in any encoding.</param>
    /// <param name="name">Its name, whose ending says how it is written.</param>
    /// <exception cref="LyricsFormatException">It is no text.</exception>
    public static IEnumerable<string> Named(byte[] bytes, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var lines = TextDecoder.Decode(bytes, new LyricsNotices()).TrimStart('\uFEFF').Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && line[0] != '#');
        return name.EndsWith(".pls", StringComparison.OrdinalIgnoreCase)
            ? lines.Where(line => line.StartsWith("File", StringComparison.OrdinalIgnoreCase) && line.Contains('='))
                .Select(line => line[(line.IndexOf('=') + 1)..].Trim())
            : lines;
    }

    private static bool IsStream(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1);
            var start = new byte[StreamStart];
            var count = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return start.AsSpan(0, count).IndexOf("#EXT-X-"u8) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Whoever reads it says why.
            return false;
        }
    }

    private bool IsThere(string song)
    {
        if (IsLink(song))
            trouble($"{song} is a link and left out: libretto transcribe works on links.");
        else if (!File.Exists(song))
            trouble($"{song}, named by a list, does not exist.");
        else
            return true;
        return false;
    }

    private IEnumerable<string> Songs(string list, HashSet<string> seen, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!seen.Add(list))
        {
            trouble($"{list} contains itself, or is named twice; it is read once.");
            yield break;
        }
        foreach (var entry in Entries(list))
        {
            var song = IsLink(entry) ? entry : PathOf(entry, list);
            if (!IsLink(song) && IsPlaylist(song) && File.Exists(song))
                foreach (var inner in Songs(song, seen, cancellationToken))
                    yield return inner;
            else
                yield return song;
        }
    }

    private static bool IsLink(string entry) =>
        entry.Contains("://", StringComparison.Ordinal) && !entry.StartsWith("file://", StringComparison.OrdinalIgnoreCase);

    private IEnumerable<string> Entries(string list)
    {
        try
        {
            if (new FileInfo(list).Length > LargestList)
                throw new IOException("it is larger than any list of songs.");
            return Named(File.ReadAllBytes(list), list);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or LyricsFormatException)
        {
            trouble($"{list} cannot be read: {e.Message}");
            return [];
        }
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
