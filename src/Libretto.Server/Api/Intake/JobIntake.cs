using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Libretto.Acquire;
using Libretto.Audio;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Security;
using Libretto.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Api.Intake;

/// <summary>
/// Takes a new job in: the song into the store, the row into the table, a wake-up into the queue, in this order, so that whatever
/// dies between leaves a whole job or none. A song whose result is in the store is answered from there, without a worker.
/// </summary>
internal sealed partial class JobIntake(
    UploadReader uploads, LinkIntake links, JobOptionsRules rules, LaneChoice lanes, IContentStore store, AudioDecoder decoder,
    Admission admission, JobStore jobs, JobQueue queue, ServerOptions options, TimeProvider time, ILogger<JobIntake> log)
    : IDisposable
{
    private const int LongestIdempotencyKey = 200;

    // Probing starts a process: no more at once than there are cores.
    private readonly SemaphoreSlim _probing = new(Environment.ProcessorCount);

    public void Dispose() => _probing.Dispose();

    public async Task<Job> TakeAsync(HttpRequest request, Caller caller, CancellationToken ct)
    {
        var idempotencyKey = IdempotencyKeyOf(request);
        if (request.HasJsonContentType())
            return await TakeLinkAsync(request, caller, idempotencyKey, ct);
        using var upload = await uploads.ReadAsync(request, ct);
        return await TakeAsync(upload, caller, idempotencyKey, ct);
    }

    public async Task<Job> TakeAsync(Upload upload, Caller caller, string? idempotencyKey, CancellationToken ct)
    {
        rules.Check(upload.Options, caller);
        var inputKey = $"{StoreFolders.Audio}/{upload.Sha256}";
        var resultKey = StoredResult.KeyOf(inputKey, upload.Lyrics?.Key, upload.Options);
        var requestHash = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{resultKey}\n{JobJson.Write(upload.Options)}")));
        if (idempotencyKey is not null && await jobs.FindRepeatedAsync(caller.KeyId, idempotencyKey, ct) is { } repeated)
            return SameRequest(repeated, requestHash);

        var result = upload.Options.Fresh == true ? null : await StoredResult.FindAsync(store, resultKey, ct);
        var duration = await KeepAsync(upload, inputKey, ct);
        await admission.CheckLengthAsync(caller, duration, ct);
        if (upload.Lyrics is { } lyrics)
            await lyrics.StoreAsync(store, ct);
        var job = NewJob(upload, caller, idempotencyKey, requestHash, inputKey, resultKey, duration)
            .Needing(JobRequirements.Of(upload.Options));
        return await AddAsync(job, result, ct);
    }

    private async Task<Job> TakeLinkAsync(HttpRequest request, Caller caller, string? idempotencyKey, CancellationToken ct)
    {
        var job = await links.ReadAsync(request, caller, ct) with { IdempotencyKey = idempotencyKey };
        if (idempotencyKey is not null && await jobs.FindRepeatedAsync(caller.KeyId, idempotencyKey, ct) is { } repeated)
            return SameRequest(repeated, job.RequestHash!);
        var result = job.InputKey is null ? null : await StoredResult.FindAsync(store, job.ResultKey!, ct);
        return await AddAsync(job, result, ct);
    }

    /// <summary>Adds the row and wakes a worker, unless the result is there already.</summary>
    private async Task<Job> AddAsync(Job job, StoredResult? result, CancellationToken ct)
    {
        if (result is not null)
            job = Answered(job, result);
        var added = await jobs.AddAsync(job, ct);
        if (added.Id != job.Id)
            return SameRequest(added, job.RequestHash!);
        LogTaken(job.Id, job.Url is null ? "file" : "link", job.Status);
        if (job.Status == JobStatus.Queued)
            queue.Wake(job);
        return job;
    }

    /// <summary>Puts the song into the store, unless it is there already; returns its length in seconds.</summary>
    private async Task<double?> KeepAsync(Upload upload, string inputKey, CancellationToken ct)
    {
        if (await store.FindAsync(inputKey, ct) is { } known)
        {
            await RenewAsync(upload, known, ct);
            return AudioContent.DurationOf(known);
        }
        var file = await upload.Spool.FileAsync(ct);
        var info = await ProbeAsync(file, ct);
        if (info.Duration > options.MaxDuration.TotalSeconds)
            throw new ApiProblem(422, "too_long", string.Create(CultureInfo.InvariantCulture,
                $"The recording is {info.Duration / 60:0} minutes long; this server takes up to {options.MaxDuration.TotalMinutes:0.#}."));
        await store.AddFileAsync(AudioContent.Folder, file, AudioContent.Describe(info), ct);
        return info.Duration;
    }

    /// <summary>
    /// A copy that lies beyond the network only may be damaged there, or out of reach when the work begins. The bytes are at hand: they
    /// take its place, here and there.
    /// </summary>
    private async Task RenewAsync(Upload upload, StoredContent known, CancellationToken ct)
    {
        if (store is not TieredContentStore tiers || await tiers.Local.FindAsync(known.Key, ct) is not null)
            return;
        await using var file = new FileStream(
            await upload.Spool.FileAsync(ct), FileMode.Open, FileAccess.Read, FileShare.Read, 0,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        await store.PutAsync(known.Key, file, known.Description, ct);
    }

    private async Task<AudioInfo> ProbeAsync(string file, CancellationToken ct)
    {
        await _probing.WaitAsync(ct);
        try
        {
            return await decoder.ProbeAsync(file, ct);
        }
        finally
        {
            _probing.Release();
        }
    }

    private Job NewJob(
        Upload upload, Caller caller, string? idempotencyKey, string requestHash, string inputKey, string resultKey, double? duration) =>
            new()
    {
        Id = Job.NewId(),
        KeyId = caller.KeyId,
        IdempotencyKey = idempotencyKey,
        RequestHash = requestHash,
        FileName = upload.FileName,
        Title = upload.Options.Title ?? Path.GetFileNameWithoutExtension(upload.FileName),
        Artist = upload.Options.Artist,
        Options = upload.Options,
        Status = JobStatus.Queued,
        StatusMessage = JobStore.Waiting,
        InputKey = inputKey,
        LyricsKey = upload.Lyrics?.Key,
        ResultKey = resultKey,
        Duration = duration,
        Lane = lanes.Of(upload.Options, upload.Lyrics is not null),
        CreatedAt = time.GetUtcNow().UtcDateTime,
    };

    private Job Answered(Job job, StoredResult result)
    {
        var now = job.CreatedAt;
        var seconds = Math.Round((time.GetUtcNow().UtcDateTime - now).TotalSeconds, 3);
        return job with
        {
            Status = JobStatus.Completed,
            Pct = 100,
            StatusMessage = "done",
            ProcessingMethod = JobStep.Cache,
            ProcessingTimeSeconds = seconds,
            ProgressLog = [new JobStep("publish", StepStatus.Completed, 100, "found in the cache", now,
                seconds) { Method = JobStep.Cache }],
            ResultsUrl = StoredResult.UrlOf(job.Id),
            Title = result.Title ?? job.Title,
            Artist = result.Artist ?? job.Artist,
            Language = result.Language,
            Duration = result.Duration,
            DocumentKey = result.DocumentKey,
            VocalsKey = result.VocalsKey,
            InstrumentalKey = result.InstrumentalKey,
            StartedAt = now,
            Cookies = null,
            CompletedAt = now,
        };
    }

    private static Job SameRequest(Job earlier, string requestHash) => earlier.RequestHash == requestHash
        ? earlier
        : throw new ApiProblem(422, "idempotency_key_reused",
            "This Idempotency-Key was used for another song or other options. Take a new one.");

    private static string? IdempotencyKeyOf(HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        return key.Length == 0 ? null
            : key.Length <= LongestIdempotencyKey ? key
            : throw new ApiProblem(400, "idempotency_key_invalid", $"An Idempotency-Key has at most {LongestIdempotencyKey} characters.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: taken in, a {Kind}, {Status}")]
    private partial void LogTaken(string jobId, string kind, string status);
}
