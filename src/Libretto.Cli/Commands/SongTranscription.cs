using System.Diagnostics;
using System.Text;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Cli.Commands;

/// <summary>One song's way on the command line: its results are checked for, made and written, or printed.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="request">What is wanted of every song; the path is each song's own.</param>
/// <param name="files">Writes the results.</param>
/// <param name="display">Shows the work.</param>
/// <param name="printed">The format to print in; null to print nothing.</param>
internal sealed class SongTranscription(
    SongPipeline pipeline, SongRequest request, ResultFiles files, IDisplay display, ILyricsFormat? printed)
{
    public async Task<SongOutcome> RunAsync(SongOutputs song, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var paths = song.Files.Select(file => file.Path).ToList();
        if (paths.Count > 0)
            files.Check(song.Song, paths);
        var document = (await pipeline.RunAsync(request with { Path = song.Song }, display, cancellationToken)).Document;
        if (paths.Count > 0)
            files.Write([.. song.Files.Select(file => (file.Path, file.Format.Write(document)))]);
        if (printed is not null)
            await PrintAsync(printed.Write(document), cancellationToken);
        return new SongOutcome(song.Song, paths, TimeSpan.FromSeconds(document.Duration), clock.Elapsed)
        {
            Lines = document.Lines.Count,
            Words = document.Lines.Sum(line => line.Words.Count),
        };
    }

    /// <summary>UTF-8 whatever the terminal's settings say, and without a byte order mark.</summary>
    private static async Task PrintAsync(string text, CancellationToken cancellationToken)
    {
        try
        {
            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
        catch (IOException e) when (!ErrorReport.IsBrokenPipe(e))
        {
            throw OutputException.CannotWrite("standard output", e);
        }
    }
}
