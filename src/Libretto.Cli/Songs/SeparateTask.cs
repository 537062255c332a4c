using System.Diagnostics;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Cli.Songs;

/// <summary>One song's way to its stems on the command line.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="wishes">What is wanted of every song; the paths are each song's own.</param>
/// <param name="files">Writes the stems.</param>
/// <param name="display">Shows the work.</param>
internal sealed class SeparateTask(StemPipeline pipeline, StemRequest wishes, ResultFiles files, IDisplay display)
{
    /// <summary>Works on a file of the user's.</summary>
    public Task<SongOutcome> RunAsync(StemOutputs song, CancellationToken cancellationToken) => RunAsync(song, display, cancellationToken);

    /// <summary>Works on a song.</summary>
    /// <param name="song">Its file and where its stems go.</param>
    /// <param name="progress">Told how far this work is, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    public async Task<SongOutcome> RunAsync(StemOutputs song, IProgress<SongProgress> progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        files.Check(song.Song, song.Paths);
        if (FileName.Notice(song.Song, song.Paths[0]) is { } shortened)
            display.Report(new SongProgress(Stage.Acquire, 0, shortened) { Notice = shortened });
        var length = 0.0;
        await files.WriteAsync(song.Paths, async paths =>
        {
            var request = wishes with { Path = song.Song, Vocals = paths[0], Instrumental = paths[1], Format = song.Format };
            length = (await pipeline.RunAsync(request, progress, cancellationToken)).Duration;
        });
        return new SongOutcome(song.Song, song.Paths, TimeSpan.FromSeconds(length), clock.Elapsed);
    }
}
