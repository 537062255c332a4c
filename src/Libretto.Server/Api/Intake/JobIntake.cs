using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
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
    UploadReader uploads, SongUploads songs, LinkIntake links, JobOptionsRules rules, JobFactory factory, IContentStore store,
    JobStore jobs, JobQueue queue, ILogger<JobIntake> log)
{
    private const int LongestIdempotencyKey = 200;

    public async Task<Job> TakeAsync(HttpRequest request, Caller caller, CancellationToken ct)
    {
        var idempotencyKey = IdempotencyKeyOf(request);
        if (request.HasJsonContentType())
            return await TakeAsync(await JsonBody.ReadAsync(request, ApiJson.Readable.LinkPost, ct), caller, idempotencyKey, ct);
        using var upload = await uploads.ReadAsync(request, ct);
        return await TakeAsync(upload, caller, idempotencyKey, ct);
    }

    public async Task<Job> TakeAsync(Upload upload, Caller caller, string? idempotencyKey, CancellationToken ct)
    {
        rules.Check(upload.Options, caller);
        var job = factory.ForSong(caller.KeyId, upload.Options, upload.FileName, SongUploads.KeyOf(upload), upload.Lyrics?.Key) with
        {
            IdempotencyKey = idempotencyKey,
        };
        if (idempotencyKey is not null && await jobs.FindRepeatedAsync(caller.KeyId, idempotencyKey, ct) is { } repeated)
            return SameRequest(repeated, job.RequestHash!);

        var result = upload.Options.Fresh == true ? null : await StoredResult.FindAsync(store, job.ResultKey!, ct);
        var (duration, hasCover) = await songs.KeepAsync(upload, caller, ct);
        if (upload.Lyrics is { } lyrics)
            await lyrics.StoreAsync(store, ct);
        // A song that takes long to store must not come before those that were posted meanwhile.
        return await AddAsync(factory.FromNow(job) with { Duration = duration, HasCover = hasCover }, result, ct);
    }

    public async Task<Job> TakeAsync(LinkPost post, Caller caller, string? idempotencyKey, CancellationToken ct, string? listId = null)
    {
        var job = await links.ReadAsync(post, caller, ct) with { IdempotencyKey = idempotencyKey, ListId = listId };
        if (idempotencyKey is not null && await jobs.FindRepeatedAsync(caller.KeyId, idempotencyKey, ct) is { } repeated)
            return SameRequest(repeated, job.RequestHash!);
        var result = job.InputKey is null ? null : await StoredResult.FindAsync(store, job.ResultKey!, ct);
        return await AddAsync(job, result, ct);
    }

    /// <summary>Adds the row and wakes a worker, unless the result is there already.</summary>
    private async Task<Job> AddAsync(Job job, StoredResult? result, CancellationToken ct)
    {
        if (result is not null)
            job = await factory.AnsweredAsync(job, result, ct);
        var added = await jobs.AddAsync(job, ct);
        if (added.Id != job.Id)
            return SameRequest(added, job.RequestHash!);
        LogTaken(job.Id, job.Url is null ? "file" : "link", job.Status);
        if (job.Status == JobStatus.Queued)
            queue.Wake(job);
        return job;
    }

    private static Job SameRequest(Job earlier, string requestHash) => earlier.RequestHash == requestHash
        ? earlier
        : throw new ApiProblem(422, "idempotency_key_reused",
            "This Idempotency-Key was used for another song or other options. Take a new one.");

    public static string? IdempotencyKeyOf(HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        return key.Length == 0 ? null
            : key.Length <= LongestIdempotencyKey ? key
            : throw new ApiProblem(400, "idempotency_key_invalid", $"An Idempotency-Key has at most {LongestIdempotencyKey} characters.");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: taken in, a {Kind}, {Status}")]
    private partial void LogTaken(string jobId, string kind, string status);
}
