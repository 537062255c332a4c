using System.Diagnostics;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands;

/// <summary>Songs one after the other: one that fails does not keep the others from being done.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="files">Writes the results.</param>
/// <param name="display">Shows the work.</param>
/// <param name="print">Prints the lyrics; null when they are not asked for.</param>
internal sealed class SongBatch(SongPipeline pipeline, ResultFiles files, IDisplay display, Func<LyricsDocument, Task>? print)
{
    /// <returns>The exit code: that of the first song that failed.</returns>
    public async Task<int> RunAsync(IReadOnlyList<SongOutputs> songs, CancellationToken cancellationToken)
    {
        var (done, failed, exitCode) = (0, 0, ExitCodes.Done);
        for (var i = 0; i < songs.Count; i++)
        {
            try
            {
                display.Begin(songs[i].Song, i + 1, songs.Count);
                display.Succeeded(await WorkOnAsync(songs[i], cancellationToken));
                done++;
            }
            catch (LibrettoException e) when (!cancellationToken.IsCancellationRequested)
            {
                display.Failed(songs[i].Song, e);
                failed++;
                if (exitCode == ExitCodes.Done)
                    exitCode = ExitCodes.Of(e);
                if (ExitCodes.ConcernsEverySong(ExitCodes.Of(e)))
                    break;
            }
        }
        display.Summarise(done, failed, songs.Count - done - failed);
        return exitCode;
    }

    private async Task<SongOutcome> WorkOnAsync(SongOutputs song, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var paths = song.Files.Select(file => file.Path).ToList();
        if (paths.Count > 0)
            files.Check(song.Song, paths);
        var document = (await pipeline.RunAsync(new SongRequest(song.Song), display, cancellationToken)).Document;
        if (paths.Count > 0)
            files.Write([.. song.Files.Select(file => (file.Path, file.Format.Write(document)))]);
        if (print is not null)
            await print(document);
        return new SongOutcome(
            song.Song, paths, document.Lines.Count, document.Lines.Sum(line => line.Words.Count),
            TimeSpan.FromSeconds(document.Duration), clock.Elapsed);
    }
}
