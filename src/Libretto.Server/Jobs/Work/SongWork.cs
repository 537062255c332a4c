using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Pipeline.Stems;
using Libretto.Server.Data.Entities;
using Libretto.Storage;

namespace Libretto.Server.Jobs.Work;

/// <summary>The worker's one door to the pipeline: job in, lyrics and stems out, with the pipeline's progress in the job's terms.</summary>
internal sealed class SongWork(SongPipeline pipeline, PassagePipeline passages, IContentStore store)
{
    private static readonly ProgressPlan s_plan = new(WorkStep.Lyrics, WorkStep.Stems);

    /// <summary>Makes a song's lyrics; its stems too, where the words' times need them.</summary>
    /// <param name="job">What is wanted.</param>
    /// <param name="input">The song's file, which must stay until the stems are made.</param>
    /// <param name="reporter">Told how far it is.</param>
    /// <param name="working">Called when the song is acquired and the work begins.</param>
    /// <param name="ct">Stops at once.</param>
    public async Task<MadeSong> RunAsync(Job job, string input, JobReporter reporter, Action working, CancellationToken ct)
    {
        var given = job.LyricsKey is { } key
            ? await GivenLyrics.ReadAsync(store, key, ct) ?? throw await MissingInput.OfAsync(store, ct)
            : null;
        var request = job.Options.ToRequest(input) with
        {
            // What the link's page says of the song; of a file its own tags say more than its name.
            Title = job.Options.Title ?? (job.Url is null ? null : job.Title),
            Artist = job.Options.Artist ?? (job.Url is null ? null : job.Artist),
            Lyrics = given?.Document,
            LyricsNotices = given?.Notices,
        };
        var progress = new LyricsProgress(reporter, input, working, request.KeepStems ? s_plan.ShareOf(WorkStep.Lyrics).To : 1);
        var result = job.Options.Passage is { } passage
            ? await passages.RunAsync(request, new TimeRange(passage.Start, passage.End), progress, ct)
            : await pipeline.RunAsync(request, progress, ct);
        var source = new LyricsSource(job.Url is null ? "upload" : "link") { Url = job.Url, VideoId = job.VideoId };
        return new MadeSong(result.Document with { Source = source }, result.Stems);
    }

    /// <summary>Makes the stems, unless they are there already, and stores them likewise.</summary>
    /// <param name="stems">The stems.</param>
    /// <param name="folder">For temporary files.</param>
    /// <param name="reporter">Told how far it is.</param>
    /// <param name="ct">Stops at once.</param>
    /// <returns>The keys of vocals and accompaniment.</returns>
    public async Task<(string Vocals, string Instrumental)> StoreStemsAsync(SongStems stems, string folder, JobReporter reporter,
        CancellationToken ct)
    {
        var (vocals, instrumental) = (Path.Combine(folder, "vocals"), Path.Combine(folder, "instrumental"));
        await stems.WriteAsync(vocals, instrumental, AudioFormat.Flac24,
            new StemProgress(reporter, s_plan.ShareOf(WorkStep.Stems).From), ct);
        var flac = new ContentDescription("audio/flac");
        var storedVocals = await store.AddFileAsync(StoreFolders.Stems, vocals, flac, ct);
        var storedInstrumental = await store.AddFileAsync(StoreFolders.Stems, instrumental, flac, ct);
        return (storedVocals.Key, storedInstrumental.Key);
    }

    /// <summary>
    /// The pipeline counts the whole of its work from 0 to 1; jobs count acquiring apart from the rest. Where acquiring ends is
    /// known when something else begins.
    /// </summary>
    /// <param name="reporter">Told in the job's terms.</param>
    /// <param name="input">The song's temporary copy, of which users know nothing.</param>
    /// <param name="working">Called when acquiring ends.</param>
    /// <param name="to">Share of all the work that lyrics are.</param>
    private sealed class LyricsProgress(JobReporter reporter, string input, Action working, double to) : IProgress<SongProgress>
    {
        private double? _acquiredAt;

        public void Report(SongProgress value)
        {
            if (value.Stage != Stage.Acquire && _acquiredAt is null)
            {
                _acquiredAt = value.Fraction;
                working();
            }
            var message = value.Model is { } model ? FetchingText.Of(model) : value.Message;
            if (value.Stage == Stage.Acquire)
                // Creeps towards the end, which is not known.
                reporter.Report(Stage.Acquire, 0.3 + (0.7 * (1 - Math.Exp(-30 * value.Fraction))), message);
            else if (value.Stage != Stage.Publish)
                reporter.Report(value.Stage, to * (value.Fraction - _acquiredAt!.Value) / Math.Max(0.01, 1 - _acquiredAt.Value), message,
                    value.Method);
            if (value.Line is { } line)
                reporter.Heard(line);
            if (value.Notice is { } notice)
                reporter.Notice(PublicMessages.Of(notice, input));
        }
    }

    /// <summary>Making and writing stems is one step of the job.</summary>
    private sealed class StemProgress(JobReporter reporter, double from) : IProgress<SongProgress>
    {
        public void Report(SongProgress value) => reporter.Report(
            Stage.Separate,
            from + ((1 - from) * value.Fraction),
            value.Model is { } model ? FetchingText.Of(model) : value.Message,
            value.Method);
    }
}

/// <summary>What came of a song, before it is stored.</summary>
/// <param name="Document">The lyrics.</param>
/// <param name="Stems">The stems, made or to be made, where the job asked for them.</param>
internal sealed record MadeSong(LyricsDocument Document, SongStems? Stems) : IDisposable
{
    public void Dispose() => Stems?.Dispose();
}
