using Libretto.Pipeline;

namespace Libretto.Cli.Display;

/// <summary>Progress of one part of a song's work as that of the whole.</summary>
/// <param name="whole">Told.</param>
/// <param name="from">Where in the whole the part begins, 0 to 1.</param>
/// <param name="to">Where it ends.</param>
internal sealed class PartOfSong(IProgress<SongProgress> whole, double from, double to) : IProgress<SongProgress>
{
    public void Report(SongProgress value) => whole.Report(value with { Fraction = from + ((to - from) * value.Fraction) });
}
