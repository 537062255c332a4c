using System.Diagnostics;
using Libretto.Cli.Display;
using Libretto.Cli.Results;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Pipeline;
using Libretto.Pipeline.Exports;
using Libretto.Storage;

namespace Libretto.Cli.Songs;

/// <summary>One song's way to karaoke on the command line: made in a folder of its own, then put where it belongs.</summary>
/// <param name="pipeline">Does the work.</param>
/// <param name="request">What is wanted of every song; path, words and outputs are each song's own.</param>
/// <param name="temporary">Where it is made.</param>
/// <param name="files">Writes the results.</param>
/// <param name="display">Shows the work.</param>
/// <param name="beside">Finds words that lie with a file of the user's; null where they are not used.</param>
internal sealed class KaraokeTask(KaraokePipeline pipeline, KaraokeRequest request, TemporaryFolder temporary, ResultFiles files,
    IDisplay display, WordsBeside? beside)
{
    /// <summary>Works on a file of the user's: a song, or lyrics with their song beside them.</summary>
    public async Task<SongOutcome> RunAsync(KaraokeOutputs song, CancellationToken cancellationToken)
    {
        var reading = song.Song == song.Audio ? null : await LyricsFile.ReadWordsAsync(song.Song, cancellationToken);
        foreach (var notice in reading?.Notices ?? [])
            display.Report(new SongProgress(Stage.Acquire, 0, notice) { Notice = notice });
        return await RunAsync(song, reading?.Document, origin: null, display, cancellationToken);
    }

    /// <summary>Works on a song.</summary>
    /// <param name="song">Its file and where its karaoke goes.</param>
    /// <param name="document">Its words; null to find them.</param>
    /// <param name="origin">What is known of it from elsewhere.</param>
    /// <param name="progress">Told how far this work is, from 0 to 1.</param>
    /// <param name="cancellationToken">Stops the work; what is not whole is not written.</param>
    public async Task<SongOutcome> RunAsync(
        KaraokeOutputs song, LyricsDocument? document, SongOrigin? origin, IProgress<SongProgress> progress,
        CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        if (song.Paths.Count > 0)
            files.Check(song.Song, song.Paths);
        var folder = Directory.CreateDirectory(temporary.NewFile()).FullName;
        try
        {
            var outputs = song.Kinds.Select(kind => new KaraokeOutput(kind, Path.Combine(folder, $"{kind}"))).ToList();
            var wanted = request with
            {
                Song = request.Song with { Path = song.Audio, Title = origin?.Title, Artist = origin?.Artist, Source = origin?.Source },
                Document = document,
                Outputs = outputs,
                Name = Path.GetFileName(song.Start),
            };
            if (document is null && origin is null && beside is not null)
                wanted = wanted with { Song = beside.Add(wanted.Song, song.Audio) };
            var result = await pipeline.RunAsync(wanted, progress, cancellationToken);
            var written = new List<string>();
            foreach (var made in result.Made)
                written.AddRange(await PlaceAsync(song, made, result.Document, cancellationToken));
            return new SongOutcome(song.Song, written, TimeSpan.FromSeconds(result.Document.Duration), clock.Elapsed)
            {
                Lines = result.Document.Lines.Count,
                Words = result.Document.Lines.Sum(line => line.Words.Count),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<string>> PlaceAsync(KaraokeOutputs song, KaraokeOutput made, LyricsDocument document,
        CancellationToken cancellationToken)
    {
        (string From, string To)[] moves = made.Kind == KaraokeKind.UltraStar
            ? [.. Directory.EnumerateFiles(made.Path).Order(StringComparer.Ordinal)
                .Select(file => (file, Path.Combine(song.FolderOf(FileNames.OfSong(document.Artist, document.Title)),
                    Path.GetFileName(file))))]
            : [(made.Path, song.Files.Single(file => file.Kind == made.Kind).Path)];
        string[] targets = [.. moves.Select(move => move.To)];
        await files.WriteAsync(targets, async names =>
        {
            foreach (var ((from, _), name) in moves.Zip(names))
            {
                await using var source = File.OpenRead(from);
                await using var target = new FileStream(name, FileMode.CreateNew, FileAccess.Write);
                await source.CopyToAsync(target, cancellationToken);
            }
        });
        return targets;
    }
}
