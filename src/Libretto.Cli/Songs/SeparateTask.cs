using System.Diagnostics;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Pipeline;

namespace Libretto.Cli.Songs;

/// <summary>One song's way to its stems on the command line.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="model">The separation model.</param>
/// <param name="fresh">Whether to separate what was separated before.</param>
/// <param name="files">Writes the stems.</param>
/// <param name="display">Shows the work.</param>
internal sealed class SeparateTask(StemPipeline pipeline, string? model, bool fresh, ResultFiles files, IDisplay display)
{
    /// <summary>Works on a file of the user's.</summary>
    public Task<SongOutcome> RunAsync(StemOutputs song, CancellationToken cancellationToken) => RunAsync(song, from: 0, cancellationToken);

    /// <summary>Works on a song.</summary>
    /// <param name="song">Its file and where its stems go.</param>
    /// <param name="from">The share of the whole work that was done before, 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    public async Task<SongOutcome> RunAsync(StemOutputs song, double from, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        files.Check(song.Song, song.Paths);
        var length = 0.0;
        await files.WriteAsync(song.Paths, async paths =>
        {
            var request = new StemRequest(song.Song, paths[0], paths[1]) { Format = song.Format, Model = model, Fresh = fresh };
            length = (await pipeline.RunAsync(request, new PartOfSong(display, from, 1), cancellationToken)).Duration;
        });
        return new SongOutcome(song.Song, song.Paths, TimeSpan.FromSeconds(length), clock.Elapsed);
    }
}
