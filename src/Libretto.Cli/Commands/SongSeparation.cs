using System.Diagnostics;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands;

/// <summary>One song's way to its stems on the command line.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="model">The separation model.</param>
/// <param name="fresh">Whether to separate what was separated before.</param>
/// <param name="files">Writes the stems.</param>
/// <param name="display">Shows the work.</param>
internal sealed class SongSeparation(StemPipeline pipeline, string? model, bool fresh, ResultFiles files, IDisplay display)
{
    public async Task<SongOutcome> RunAsync(StemOutputs song, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        files.Check(song.Song, song.Paths);
        var length = 0.0;
        await files.WriteAsync(song.Paths, async paths =>
        {
            var request = new StemRequest(song.Song, paths[0], paths[1]) { Format = song.Format, Model = model, Fresh = fresh };
            length = (await pipeline.RunAsync(request, display, cancellationToken)).Duration;
        });
        return new SongOutcome(song.Song, song.Paths, TimeSpan.FromSeconds(length), clock.Elapsed);
    }
}
