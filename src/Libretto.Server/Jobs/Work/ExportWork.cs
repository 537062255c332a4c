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

        var name = FileNames.OfSong(job.Artist, job.Title);
        var outputs = Exports.Parts(export).Select(kind => new KaraokeOutput(kind, Path.Combine(folder, $"{kind}"))).ToList();
        var request = new KaraokeRequest(new SongRequest(input) { Track = job.Options.Track }, outputs)
        {
            Document = document,
            Stems = stems,
            Audio = Exports.AudioOf(export),
            Video = Exports.VideoOf(export),
            Name = name,
        };
        var result = await pipeline.RunAsync(request, new Progress(reporter), ct);
        var made = export.Kind == Exports.Zip || outputs[0].Kind == KaraokeKind.UltraStar
            ? await PackAsync(result.Made, Path.Combine(folder, "packed"), name, ct)
            : outputs[0].Path;
        reporter.Report(Stage.Publish, 0.95, "storing the result");
        await using var file = File.OpenRead(made);
        await store.PutAsync(job.ResultKey!, file, new ContentDescription(Exports.FileOf(export.Kind).MediaType), ct);
    }

    private async Task<string> FetchAsync(string key, string path, CancellationToken ct) =>
        await store.CopyToFileAsync(key, path, ct) ? path : throw await MissingInput.OfAsync(store, ct);

    /// <summary>What was made goes in one ZIP: files under the song's name, a game's folder with that folder.</summary>
    private static async Task<string> PackAsync(IReadOnlyList<KaraokeOutput> made, string path, string name, CancellationToken ct)
    {
        await using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var output in made)
        {
            if (output.Kind != KaraokeKind.UltraStar)
                await AddAsync(zip, output.Path, name + Exports.FileOf($"{output.Kind}".ToLowerInvariant()).Ending, ct);
            else
                foreach (var file in Directory.EnumerateFiles(output.Path).Order(StringComparer.Ordinal))
                    await AddAsync(zip, file, $"{name}/{Path.GetFileName(file)}", ct);
        }
        return path;
    }

    private static async Task AddAsync(ZipArchive zip, string file, string name, CancellationToken ct)
    {
        // Sound and video are as small as they get.
        await using var entry = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
        await using var content = File.OpenRead(file);
        await content.CopyToAsync(entry, ct);
    }

    private sealed class Progress(JobReporter reporter) : IProgress<SongProgress>
    {
        public void Report(SongProgress value) => reporter.Report(
            value.Stage, value.Fraction, value.Model is { } model ? FetchingText.Of(model) : value.Message, value.Method);
    }
}
