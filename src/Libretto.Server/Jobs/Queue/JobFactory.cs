using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Libretto.Storage;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Makes the rows of new jobs: of a song, of a link, and of the parts of a job that is there, which are passages and exports.
/// </summary>
internal sealed class JobFactory(LaneChoice lanes, SongNames names, TimeProvider time)
{
    // Raised when the same song and options would give another export.
    private const string ExportVersion = "1";

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>A job for a song that is in the store.</summary>
    /// <param name="keyId">Whose it is.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="fileName">What the user calls the file; null where it has no name.</param>
    /// <param name="inputKey">Where the song lies.</param>
    /// <param name="lyricsKey">Where lyrics that came with it lie; null when none came.</param>
    public Job ForSong(string keyId, JobOptions options, string? fileName, string inputKey, string? lyricsKey)
    {
        var resultKey = StoredResult.KeyOf(inputKey, lyricsKey, options);
        var (artist, title) = fileName is null ? (null, null) : FileTitle.Read(fileName);
        return New(keyId, options) with
        {
            RequestHash = Hash($"{resultKey}\n{JobJson.Write(options)}"),
            FileName = fileName,
            Title = options.Title ?? title ?? fileName,
            Artist = options.Artist ?? (options.Title is null ? artist : null),
            InputKey = inputKey,
            LyricsKey = lyricsKey,
            ResultKey = resultKey,
            Lane = lanes.Of(options, lyricsKey is not null),
        };
    }

    /// <summary>A job for a link: it begins with the download, unless the song is known.</summary>
    /// <param name="keyId">Whose it is.</param>
    /// <param name="options">What is wanted.</param>
    /// <param name="link">The link.</param>
    /// <param name="known">Its song, where that is in the store; null where it is not.</param>
    /// <param name="lyricsKey">Where lyrics that came with it lie; null when none came.</param>
    public Job ForLink(string keyId, JobOptions options, SongLink link, KnownLink? known, string? lyricsKey)
    {
        var job = known is null
            // The needs of the work are for the worker that comes after the download.
            ? Bare(keyId, options) with { ResultKey = DownloadKey(link), Lane = Lane.Io }
            : New(keyId, options) with
            {
                ResultKey = StoredResult.KeyOf(known.AudioKey, lyricsKey, options),
                Lane = lanes.Of(options, lyricsKey is not null),
            };
        return job with
        {
            RequestHash = Hash($"{link.Key}\n{lyricsKey}\n{JobJson.Write(options)}"),
            Url = link.Address.AbsoluteUri,
            VideoId = known?.Facts.VideoId ?? link.VideoId,
            Title = options.Title ?? known?.Facts.Title,
            Artist = options.Artist ?? known?.Facts.Artist,
            Duration = known?.Facts.Duration,
            HasCover = known?.Facts.HasCover == true,
            InputKey = known?.AudioKey,
            LyricsKey = lyricsKey,
        };
    }

    /// <summary>A job for a passage of a song.</summary>
    /// <param name="song">The song's job.</param>
    /// <param name="options">The passage, and how it is worked on.</param>
    /// <param name="lyricsKey">Where the words sung there lie.</param>
    public Job ForPassage(Job song, JobOptions options, string lyricsKey) => New(song.KeyId, options) with
    {
        PartOf = song.Id,
        FileName = song.FileName,
        Title = song.Title,
        InputKey = song.InputKey,
        LyricsKey = lyricsKey,
        ResultKey = StoredResult.KeyOf(song.InputKey!, lyricsKey, options),
    };

    /// <summary>A job for an export of a song as it is now; the same export has the same idempotency key.</summary>
    /// <param name="song">The song's job, which has words.</param>
    /// <param name="export">What is to be made.</param>
    public Job ForExport(Job song, ExportOptions export)
    {
        string[] parts =
        [
            ExportVersion, song.InputKey!, song.DocumentKey!, song.VocalsKey ?? "", song.InstrumentalKey ?? "", song.Title ?? "",
            song.Artist ?? "", JsonSerializer.Serialize(export, JobJson.Default.ExportOptions),
        ];
        var resultKey = ContentKey.Of(StoreFolders.Exports, song.Options.Track is { } track ? [.. parts, $"{track}"] : parts);
        return New(song.KeyId, new JobOptions { Export = export, Track = song.Options.Track }) with
        {
            PartOf = song.Id,
            IdempotencyKey = $"export:{song.Id}:{resultKey}",
            RequestHash = resultKey,
            FileName = song.FileName,
            Title = song.Title,
            Artist = song.Artist,
            InputKey = song.InputKey,
            LyricsKey = song.DocumentKey,
            VocalsKey = song.VocalsKey,
            InstrumentalKey = song.InstrumentalKey,
            ResultKey = resultKey,
            Duration = song.Duration,
        };
    }

    /// <summary>A job that was made some time ago, as if it were made now.</summary>
    public Job FromNow(Job job) => job with { Id = Job.NewId(), CreatedAt = Now };

    /// <summary>A job as its result in the store answers it: done, without a worker, and called as the job calls it.</summary>
    public async Task<Job> AnsweredAsync(Job job, StoredResult found, CancellationToken ct)
    {
        var result = await names.ApplyAsync(job, found, ct);
        var seconds = Math.Round((Now - job.CreatedAt).TotalSeconds, 3);
        var step = new JobStep("publish", StepStatus.Completed, 100, "found in the cache", job.CreatedAt, seconds)
        {
            Method = JobStep.Cache,
        };
        return job with
        {
            Status = JobStatus.Completed,
            Pct = 100,
            StatusMessage = "done",
            ProcessingMethod = JobStep.Cache,
            ProcessingTimeSeconds = seconds,
            ProgressLog = [step],
            ResultsUrl = StoredResult.UrlOf(job.Id),
            Title = result.Title ?? job.Title,
            Artist = result.Artist ?? job.Artist,
            Language = result.Language,
            Duration = result.Duration,
            DocumentKey = result.DocumentKey,
            VocalsKey = result.VocalsKey,
            InstrumentalKey = result.InstrumentalKey,
            StartedAt = job.CreatedAt,
            Cookies = null,
            CompletedAt = job.CreatedAt,
        };
    }

    /// <summary>A job that waits for a worker with what its options need.</summary>
    private Job New(string keyId, JobOptions options) => Bare(keyId, options).Needing(JobRequirements.Of(options));

    private Job Bare(string keyId, JobOptions options) => new()
    {
        Id = Job.NewId(),
        KeyId = keyId,
        Options = options,
        Status = JobStatus.Queued,
        StatusMessage = JobStore.Waiting,
        Lane = Lane.Compute,
        CreatedAt = Now,
    };

    /// <summary>
    /// Stands in the place of the result's key while the song is not known: jobs for one link download one after the other.
    /// </summary>
    private static string DownloadKey(SongLink link) => ContentKey.Of("downloads", link.Key);

    private static string Hash(string request) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)));
}
