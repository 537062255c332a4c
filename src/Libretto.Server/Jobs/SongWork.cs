using System.Text;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Storage;

namespace Libretto.Server.Jobs;

/// <summary>The worker's one door to the pipeline: job in, document out, with the pipeline's progress in the job's terms.</summary>
internal sealed class SongWork(SongPipeline pipeline)
{
    public async Task<MadeSong> RunAsync(Job job, string input, JobReporter reporter, Action working, CancellationToken ct)
    {
        var request = new SongRequest(input)
        {
            Language = job.Options.Language,
            Engine = job.Options.Engine,
            Model = job.Options.Model,
            Title = job.Options.Title,
            Artist = job.Options.Artist,
            Fresh = job.Options.Fresh == true,
        };
        var result = await pipeline.RunAsync(request, new Translation(reporter, working), ct);
        var document = result.Document with { Source = new LyricsSource(job.Url is null ? "upload" : "link") { Url = job.Url, VideoId = job.VideoId } };
        return new MadeSong(document);
    }

    /// <summary>
    /// The pipeline counts the whole of its work from 0 to 1; jobs count acquiring apart from the rest. Where acquiring ends is
    /// known when something else begins.
    /// </summary>
    private sealed class Translation(JobReporter reporter, Action working) : IProgress<SongProgress>
    {
        private double? _acquiredAt;

        public void Report(SongProgress value)
        {
            if (value.Stage != Stage.Acquire && _acquiredAt is null)
            {
                _acquiredAt = value.Fraction;
                working();
            }
            var message = value.Model is { } model ? $"fetching the model {model.Model}" : value.Message;
            if (value.Stage == Stage.Acquire)
                // Creeps towards the end, which is not known.
                reporter.Report(Stage.Acquire, 0.3 + (0.7 * (1 - Math.Exp(-30 * value.Fraction))), message);
            else if (value.Stage != Stage.Publish)
                reporter.Report(value.Stage, (value.Fraction - _acquiredAt!.Value) / Math.Max(0.01, 1 - _acquiredAt.Value), message, value.Method);
        }
    }
}

/// <summary>A song's results before they are stored.</summary>
internal sealed record MadeSong(LyricsDocument Document)
{
    /// <summary>Stores document and stems under their hashes, and says where.</summary>
    public async Task<StoredResult> StoreAsync(IContentStore store, CancellationToken ct)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(LyricsFormats.Json.Write(Document)));
        var stored = await store.AddAsync("lyrics", json, new ContentDescription(LyricsFormats.Json.MediaType), ct);
        return new StoredResult
        {
            DocumentKey = stored.Key,
            Title = Document.Title,
            Artist = Document.Artist,
            Language = Document.Language,
            Duration = Document.Duration,
            Method = Document.Method is { Reason: { } reason } method ? $"{method.Engine} ({reason})" : Document.Method?.Engine,
        };
    }
}
