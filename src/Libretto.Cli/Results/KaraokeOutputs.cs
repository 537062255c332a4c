using Libretto.Output;
using Libretto.Pipeline.Exports;

namespace Libretto.Cli.Results;

/// <summary>A song and where its karaoke goes.</summary>
/// <param name="Song">What the user named: a song, or lyrics.</param>
/// <param name="Audio">The song's file.</param>
/// <param name="Start">How the names of its results begin.</param>
/// <param name="Kinds">What is made of it.</param>
internal sealed record KaraokeOutputs(string Song, string Audio, string Start, IReadOnlyList<KaraokeKind> Kinds)
{
    /// <summary>The files that are known before the work; those of an UltraStar folder are not.</summary>
    public IReadOnlyList<(KaraokeKind Kind, string Path)> Files =>
        [.. Kinds.Where(kind => kind != KaraokeKind.UltraStar).Select(kind => (kind, PathOf(kind)))];

    /// <summary>The paths of <see cref="Files"/>.</summary>
    public IReadOnlyList<string> Paths => [.. Files.Select(file => file.Path)];

    /// <summary>Names the results of several songs: beside each song or in one folder, named after the song.</summary>
    /// <exception cref="OutputException">Two songs would be written to the same file.</exception>
    public static IReadOnlyList<KaraokeOutputs> Plan(IEnumerable<(string Song, string Audio)> songs, string? folder,
        IReadOnlyList<KaraokeKind> kinds)
    {
        var plan = songs.DistinctBy(song => Path.GetFullPath(song.Song))
            .Select(song => new KaraokeOutputs(song.Song, song.Audio, FileName.Beside(song.Audio, folder), kinds)).ToList();
        var takenBy = new Dictionary<string, string>();
        foreach (var outputs in plan)
            foreach (var path in outputs.Paths)
                if (!takenBy.TryAdd(Path.GetFullPath(path), outputs.Song))
                    throw OutputException.WrittenTwice(path, takenBy[Path.GetFullPath(path)], outputs.Song);
        return plan;
    }

    /// <summary>The folder of an UltraStar song.</summary>
    /// <param name="name">What it is called.</param>
    public string FolderOf(string name) => Path.Combine(Path.GetDirectoryName(Start) ?? "", name);

    private string PathOf(KaraokeKind kind)
    {
        var ending = kind switch
        {
            KaraokeKind.Html => ".html",
            KaraokeKind.Mp4 => ".mp4",
            _ => ".zip",
        };
        // A song that is a video itself stays.
        return Path.GetFullPath(Start + ending) == Path.GetFullPath(Audio) ? $"{Start}.karaoke{ending}" : Start + ending;
    }
}
