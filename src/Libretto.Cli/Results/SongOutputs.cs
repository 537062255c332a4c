using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Cli.Results;

/// <summary>A song and the files that its lyrics go to.</summary>
/// <param name="Song">The song's path, as the user wrote it.</param>
/// <param name="Files">Each result's path and format; none when nothing is to be written.</param>
internal sealed record SongOutputs(string Song, IReadOnlyList<(string Path, ILyricsFormat Format)> Files)
{
    /// <summary>Where the song's stems go; null when they are not asked for.</summary>
    public StemOutputs? Stems { get; init; }

    /// <summary>All files to be written.</summary>
    public IReadOnlyList<string> Paths => [.. Files.Select(file => file.Path), .. Stems?.Paths ?? []];

    /// <summary>Names the results of several songs: beside each song or in one folder, named after the song.</summary>
    /// <exception cref="OutputException">Two songs would be written to the same file.</exception>
    public static IReadOnlyList<SongOutputs> Plan(
        IEnumerable<string> songs, string? folder, IReadOnlyList<ILyricsFormat> formats, AudioFormat? stems = null)
    {
        var plan = songs.DistinctBy(Path.GetFullPath).Select(song => At(FileName.Beside(song, folder), song, formats, stems)).ToList();
        var takenBy = new Dictionary<string, string>();
        foreach (var outputs in plan)
            foreach (var path in outputs.Paths)
                if (!takenBy.TryAdd(Path.GetFullPath(path), outputs.Song))
                    throw OutputException.WrittenTwice(path, takenBy[Path.GetFullPath(path)], outputs.Song);
        return plan;
    }

    /// <summary>The results of one song, whose names begin alike.</summary>
    public static SongOutputs At(string start, string song, IReadOnlyList<ILyricsFormat> formats, AudioFormat? stems) =>
        new(song, [.. formats.Select(format => (start + format.Extension, format))])
        {
            Stems = stems is { } format ? StemOutputs.At(start, song, format) : null,
        };
}
