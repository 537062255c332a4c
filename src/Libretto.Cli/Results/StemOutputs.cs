using Libretto.Audio;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Cli.Results;

/// <summary>A song and the two files that its stems go to.</summary>
/// <param name="Song">The song's path, as the user wrote it.</param>
/// <param name="Vocals">The file for the voice.</param>
/// <param name="Instrumental">The file for the rest.</param>
/// <param name="Format">How they are written.</param>
internal sealed record StemOutputs(string Song, string Vocals, string Instrumental, AudioFormat Format)
{
    public IReadOnlyList<string> Paths => [Vocals, Instrumental];

    /// <summary>Names the stems of several songs: beside each song or in one folder, named after the song.</summary>
    /// <exception cref="OutputException">Two songs would be written to the same file.</exception>
    public static IReadOnlyList<StemOutputs> Plan(IEnumerable<string> songs, string? folder, AudioFormat format)
    {
        var plan = songs.DistinctBy(Path.GetFullPath).Select(song => At(FileName.Beside(song, folder), song, format)).ToList();
        var takenBy = new Dictionary<string, string>();
        foreach (var stems in plan)
            if (!takenBy.TryAdd(Path.GetFullPath(stems.Vocals), stems.Song))
                throw OutputException.WrittenTwice(stems.Vocals, takenBy[Path.GetFullPath(stems.Vocals)], stems.Song);
        return plan;
    }

    /// <summary>The stems' files of one song, whose names begin alike.</summary>
    public static StemOutputs At(string start, string song, AudioFormat format) =>
        new(song, start + ".vocals" + Extension(format), start + ".instrumental" + Extension(format), format);

    private static string Extension(AudioFormat format) => format switch
    {
        AudioFormat.Flac16 or AudioFormat.Flac24 => ".flac",
        AudioFormat.Opus => ".opus",
        _ => ".wav",
    };
}
