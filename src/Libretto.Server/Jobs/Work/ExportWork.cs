using System.IO.Compression;
using System.Text;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Pipeline.Exports;
using Libretto.Server.Data.Entities;
using Libretto.Storage;

namespace Libretto.Server.Jobs.Work;

/// <summary>The worker's door to karaoke: an export's job in, its file in the store out.</summary>
internal sealed class ExportWork(KaraokePipeline pipeline, IContentStore store, Checkpoints checkpoints)
{
    /// <summary>Finds the file in the store, or makes it there.</summary>
    /// <param name="job">The export.</param>
    /// <param name="folder">The job's folder.</param>
    /// <param name="reporter">Told how far it is.</param>
    /// <param name="ct">Stops at once.</param>
    /// <returns>What the row says of it.</returns>
    /// <exception cref="LibrettoException">It cannot be made.</exception>
    public async Task<StoredResult> FindOrMakeAsync(Job job, string folder, JobReporter reporter, CancellationToken ct)
    {
        var export = job.Options.Export!;
        if (await store.FindAsync(job.ResultKey!, ct) is not null)
            reporter.Report(Stage.Publish, 0, "found in the cache", JobStep.Cache);
        else
            await MakeAsync(job, export, folder, reporter, ct);
        return new StoredResult
        {
            DocumentKey = job.LyricsKey!,
            VocalsKey = job.VocalsKey,
            InstrumentalKey = job.InstrumentalKey,
            Title = job.Title,
            Artist = job.Artist,
            Duration = job.Duration ?? 0,
            Method = export.Kind,
        };
    }

    private async Task MakeAsync(Job job, ExportOptions export, string folder, JobReporter reporter, CancellationToken ct)
    {
        reporter.Report(Stage.Acquire, 0, "fetching the song", "upload");
        var input = await FetchAsync(job.InputKey!, SongResults.InputIn(folder), ct);
        var stems = job is { VocalsKey: { } vocals, InstrumentalKey: { } instrumental }
            ? new KaraokeStems(await FetchAsync(vocals, Path.Combine(folder, "vocals"), ct),
                await FetchAsync(instrumental, Path.Combine(folder, "instrumental"), ct))
            : null;
        var words = await File.ReadAllTextAsync(await FetchAsync(job.LyricsKey!, Path.Combine(folder, "words"), ct), Encoding.UTF8, ct);
        var document = LyricsFormats.Json.Read(words) with { Title = job.Title, Artist = job.Artist };

        // The same checkpoint as any job's, with nothing kept: the next worker begins again.
        checkpoints.Pass(Checkpoints.InputAtHand);

        var kind = Exports.KindOf(export);
        var output = Path.Combine(folder, "export");
        var request = new KaraokeRequest(new SongRequest(input) { Track = job.Options.Track }, [new KaraokeOutput(kind, output)])
        {
            Document = document,
            Stems = stems,
            Audio = Exports.AudioOf(export),
            Video = Exports.VideoOf(export),
            Name = FileNames.OfSong(job.Artist, job.Title),
        };
        await pipeline.RunAsync(request, new Progress(reporter), ct);
        if (kind == KaraokeKind.UltraStar)
            output = await PackAsync(output, Path.Combine(folder, "packed"), request.Name, ct);
        reporter.Report(Stage.Publish, 0.95, "storing the result");
        await using var file = File.OpenRead(output);
        await store.PutAsync(job.ResultKey!, file, new ContentDescription(Exports.FileOf(kind).MediaType), ct);
    }

    private async Task<string> FetchAsync(string key, string path, CancellationToken ct) =>
        await store.CopyToFileAsync(key, path, ct) ? path : throw ServerException.InputGone();

    /// <summary>A folder of a game's song goes as a ZIP with that folder in it.</summary>
    private static async Task<string> PackAsync(string folder, string path, string name, CancellationToken ct)
    {
        await using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var file in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            await using var entry = zip.CreateEntry($"{name}/{Path.GetFileName(file)}", CompressionLevel.Fastest).Open();
            await using var content = File.OpenRead(file);
            await content.CopyToAsync(entry, ct);
        }
        return path;
    }

    private sealed class Progress(JobReporter reporter) : IProgress<SongProgress>
    {
        public void Report(SongProgress value) => reporter.Report(
            value.Stage, value.Fraction, value.Model is { } model ? FetchingText.Of(model) : value.Message, value.Method);
    }
}
