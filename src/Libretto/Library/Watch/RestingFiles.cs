using System.Collections.Concurrent;
using Libretto.Library.Files;

namespace Libretto.Library.Watch;

/// <summary>
/// Knows which files have come to rest: those whose size and time stayed the same from one look to another. Clocks are not compared, since
/// that of a disk on the network may be wrong.
/// </summary>
/// <param name="rest">How long they must stay the same.</param>
/// <param name="time">Measures.</param>
internal sealed class RestingFiles(TimeSpan rest, TimeProvider time)
{
    private ConcurrentDictionary<string, Sight> _seen = new(StringComparer.Ordinal);
    private ConcurrentDictionary<string, Sight> _before = new(StringComparer.Ordinal);

    /// <summary>How long a file must stay the same.</summary>
    public TimeSpan Rest => rest;

    /// <summary>A look at all files begins; those that it does not come upon are forgotten.</summary>
    public void Begin() => (_before, _seen) = (_seen, new(StringComparer.Ordinal));

    /// <summary>Whether a file is at rest; never at the first sight of it.</summary>
    public bool IsAtRest(WalkedFile file)
    {
        var now = time.GetTimestamp();
        var sight = _seen.GetValueOrDefault(file.Path) ?? _before.GetValueOrDefault(file.Path);
        if (sight?.Length != file.Length || sight.Modified != file.Modified)
            sight = new Sight(file.Length, file.Modified, now);
        _seen[file.Path] = sight;
        return time.GetElapsedTime(sight.Since, now) >= rest;
    }

    /// <summary>
    /// The files of a folder whose songs can be worked on: a song is left for later while it, or lyrics beside it, are being written.
    /// </summary>
    public IReadOnlyList<WalkedFile> Of(IReadOnlyList<WalkedFile> files)
    {
        var songs = files.Where(file => !IsAtRest(file)).Select(file => SongOf(file.Name)).ToHashSet(StringComparer.Ordinal);
        return songs.Count == 0 ? files : [.. files.Where(file =>
            !songs.Contains(SongOf(file.Name)) && !songs.Contains(Sidecars.Key(file.Name)))];
    }

    /// <summary>The name of a file's song as sidecars are compared with it.</summary>
    private static string SongOf(string name) => Sidecars.Key(
        Sidecars.Rank(name) is >= 0 and var rank ? name[..^Sidecars.Endings[rank].Length] : Path.GetFileNameWithoutExtension(name));

    private sealed record Sight(long Length, long Modified, long Since);
}
