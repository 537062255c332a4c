using System.Diagnostics;
using System.Text;
using Libretto.Acquire;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Pipeline;

namespace Libretto.Cli.Songs;

/// <summary>One song's way on the command line: its results are checked for, made and written, or printed.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="request">What is wanted of every song; the path is each song's own.</param>
/// <param name="files">Writes the results.</param>
/// <param name="display">Shows the work.</param>
/// <param name="printed">The format to print in; null to print nothing.</param>
/// <param name="beside">Finds words that lie with a file of the user's; null where they are not used.</param>
internal sealed class TranscribeTask(
    SongPipeline pipeline, SongRequest request, ResultFiles files, IDisplay display, ILyricsFormat? printed, WordsBeside? beside)
{
    /// <summary>Works on a file of the user's.</summary>
    /// <param name="song">The file and where its results go.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    public Task<SongOutcome> RunAsync(SongOutputs song, CancellationToken cancellationToken) =>
        RunAsync(song, origin: null, display, cancellationToken);

    /// <summary>Works on a song from elsewhere.</summary>
    /// <param name="song">Its file and where its results go.</param>
    /// <param name="origin">What is known of it.</param>
    /// <param name="progress">Told how far this work is, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    public async Task<SongOutcome> RunAsync(SongOutputs song, SongOrigin? origin, IProgress<SongProgress> progress,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (song.Paths.Count > 0)
            files.Check(song.Song, song.Paths);
        if (origin is null && FileName.Notice(song.Song, song.Paths is [var first, ..] ? first : null) is { } shortened)
            display.Report(new SongProgress(Stage.Acquire, 0, shortened) { Notice = shortened });
        var wanted = request with
        {
            Path = song.Song, KeepStems = song.Stems is not null, Title = origin?.Title, Artist = origin?.Artist, Source = origin?.Source,
        };
        if (origin is null && beside is not null)
            wanted = beside.Add(wanted, song.Song);
        var plan = new ProgressPlan(song.Stems is null ? [WorkStep.Lyrics] : [WorkStep.Lyrics, WorkStep.Stems]);
        var result = await pipeline.RunAsync(wanted, plan.Part(WorkStep.Lyrics, progress), cancellationToken);
        using var stems = result.Stems;
        var document = result.Document;
        if (song.Files.Count > 0)
            files.Write([.. song.Files.Select(file => (file.Path, file.Format.Write(document)))]);
        if (printed is not null)
            await PrintAsync(printed.Write(document), cancellationToken);
        // Lyrics never wait for these.
        if (song.Stems is { } wishes)
            await files.WriteAsync(
                wishes.Paths,
                paths => stems!.WriteAsync(paths[0], paths[1], wishes.Format, plan.Part(WorkStep.Stems, progress), cancellationToken));
        return new SongOutcome(song.Song, song.Paths, TimeSpan.FromSeconds(document.Duration), clock.Elapsed)
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

/// <summary>Where a song came from and what was said of it there.</summary>
internal sealed record SongOrigin(string? Title, string? Artist, LyricsSource Source)
{
    public static SongOrigin Of(SongFacts link) =>
        new(link.Title, link.Artist, new LyricsSource("link") { Url = link.Url, VideoId = link.VideoId });
}
