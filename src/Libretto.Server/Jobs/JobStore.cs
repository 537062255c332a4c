using System.Linq.Expressions;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Libretto.Server.Jobs;

/// <summary>What users do with jobs: post, look, cancel, retry, delete. Each change is one statement.</summary>
internal sealed class JobStore(IDbContextFactory<LibrettoDb> contexts, JobChanges changes, ServerOptions options)
{
    /// <summary>What is said of a job that waits for nothing in particular.</summary>
    public const string Waiting = "waiting";

    private const int MostTold = 1000;

    /// <summary>Adds a job; the one that is already there when a request is repeated under its idempotency key.</summary>
    public async Task<Job> AddAsync(Job job, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        job = job with { Priority = job.Options.Priority ?? 0 };
        context.Jobs.Add(job);
        if (job.Options.Webhook is { } receiver)
            context.WebhookDeliveries.Add(options.WebhookSecret is null
                ? throw ServerException.WebhooksOff()
                : new WebhookDelivery { JobId = job.Id, Url = receiver, State = WebhookState.Waiting });
        try
        {
            await context.SaveChangesAsync(ct);
            changes.Publish(job.Id);
            return job;
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsDuplicate(e))
        {
            // Either the key is in use, or the first attempt did get through before the connection broke.
            return await FindAsync(job.Id, ct) ?? await FindRepeatedAsync(job.KeyId, job.IdempotencyKey!, ct)
                ?? throw new InvalidOperationException("A job could neither be added nor found.", e);
        }
    }

    public async Task<Job?> FindAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await foreach (var job in _find(context, id).WithCancellation(ct))
            return job.DeletedAt is null ? job : null;
        return null;
    }

    public async Task<Job?> FindRepeatedAsync(string keyId, string idempotencyKey, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Jobs.AsNoTracking().FirstOrDefaultAsync(job => job.KeyId == keyId && job.IdempotencyKey == idempotencyKey, ct);
    }

    /// <summary>Jobs, from the newest to the oldest unless asked for otherwise.</summary>
    public async Task<List<Job>> ListAsync(JobQuery query, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await query.ListAsync(context, ct);
    }

    /// <summary>Cancels a job: at once while it waits, else by asking its worker. False when it is finished already.</summary>
    public async Task<bool> CancelAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var changed = await CancelAsync(context, context.Jobs.Where(job => job.Id == id), ct);
        changes.Publish(id, cancel: true);
        return changed > 0;
    }

    /// <summary>
    /// Cancels jobs, all in one statement, so that one which changes hands meanwhile is found waiting or running, whichever it is. Gives
    /// how many there were to cancel; nobody is told.
    /// </summary>
    public static Task<int> CancelAsync(LibrettoDb context, IQueryable<Job> jobs, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        return jobs.Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Running)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(job => job.CancelRequested, job => job.Status == JobStatus.Running)
                    .SetProperty(job => job.StatusMessage, job => job.Status == JobStatus.Running ? "cancelling"
                        : "cancelled before it began")
                    .SetProperty(job => job.Cookies, job => job.Status == JobStatus.Running ? job.Cookies : null)
                    .SetProperty(job => job.CompletedAt, job => job.Status == JobStatus.Running ? job.CompletedAt : now)
                    .SetProperty(job => job.Status, job => job.Status == JobStatus.Running ? JobStatus.Running : JobStatus.Cancelled)
                    .SetProperty(job => job.Revision, job => job.Revision + 1),
                ct);
    }

    /// <summary>Puts a failed or cancelled job back into the queue, as if it were new; false when it is neither.</summary>
    public async Task<bool> RetryAsync(string id, CancellationToken ct)
    {
        if (!await RequeueAsync(id, ct))
            return false;
        // Whoever is told of ends is told of the next one too.
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.WebhookDeliveries.Where(row => row.JobId == id).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, WebhookState.Waiting).SetProperty(row => row.Attempts, 0)
                .SetProperty(row => row.NextAt, (DateTime?)null), ct);
        return true;
    }

    /// <summary>
    /// Says to the jobs that wait for a worker what it is that they wait for: to the first of them, since of a long queue the others wait
    /// for these.
    /// </summary>
    /// <param name="lane">Those of this lane.</param>
    /// <param name="message">What is said; null where they wait for their turn alone.</param>
    /// <param name="ct">Stops.</param>
    public async Task TellWaitingAsync(string lane, string? message, CancellationToken ct)
    {
        var waitingFor = message is null ? WaitingFor.Turn : WaitingFor.Worker;
        message ??= Waiting;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var waiting = context.Jobs.Where(job =>
            job.Status == JobStatus.Queued && job.Lane == lane && job.UnmetSince == null && job.WaitingFor != WaitingFor.Other);
        var ids = await waiting.OrderBy(job => job.CreatedAt).Take(MostTold)
            .Where(job => job.StatusMessage != message || job.WaitingFor != waitingFor).Select(job => job.Id).ToListAsync(ct);
        if (ids.Count == 0)
            return;
        await waiting.Where(job => ids.Contains(job.Id)).ExecuteUpdateAsync(
            set => set
                .SetProperty(job => job.StatusMessage, message)
                .SetProperty(job => job.WaitingFor, waitingFor)
                .SetProperty(job => job.Revision, job => job.Revision + 1),
            ct);
        foreach (var id in ids)
            changes.Publish(id);
    }

    /// <summary>Says what a song is called; its words, where there are some, are to be replaced as well.</summary>
    public async Task<bool> RenameAsync(string id, string? title, string? artist, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        return await UpdateAsync(id, _ => true, (_, jobs) => jobs.ExecuteUpdateAsync(
            set => set
                .SetProperty(job => job.Title, title)
                .SetProperty(job => job.Artist, artist)
                .SetProperty(job => job.NamedAt, now)
                .SetProperty(job => job.Revision, job => job.Revision + 1), ct), ct);
    }

    /// <summary>Puts the same words, under another name, in the place of a job's; false when others came first.</summary>
    public Task<bool> RenameDocumentAsync(Job seen, string documentKey, CancellationToken ct) => UpdateAsync(
        seen.Id,
        job => job.DocumentKey == seen.DocumentKey && job.DocumentVersion == seen.DocumentVersion,
        (_, jobs) => jobs.ExecuteUpdateAsync(
            set => set.SetProperty(job => job.DocumentKey, documentKey).SetProperty(job => job.Revision, job => job.Revision + 1), ct),
        ct);

    /// <summary>
    /// Puts a job that is over into the bin; false when it is being worked on or waits to be. A request repeated under its idempotency key
    /// makes a new one, as after a deletion; an export's key is what it is found by, and stays.
    /// </summary>
    public Task<bool> BinAsync(string id, CancellationToken ct)
    {
        var now = DateTime.UtcNow;
        return UpdateAsync(
            id,
            job => job.DeletedAt == null && job.Status != JobStatus.Running && job.Status != JobStatus.Queued,
            (_, jobs) => jobs.ExecuteUpdateAsync(
                set => set
                    .SetProperty(job => job.DeletedAt, now)
                    .SetProperty(job => job.IdempotencyKey, job => job.PartOf == null ? null : job.IdempotencyKey)
                    .SetProperty(job => job.Revision, job => job.Revision + 1), ct),
            ct);
    }

    /// <summary>Takes a job out of the bin; false when it is not there any more.</summary>
    public Task<bool> UnbinAsync(string id, CancellationToken ct) => UpdateAsync(
        id,
        job => job.DeletedAt != null,
        (_, jobs) => jobs.ExecuteUpdateAsync(
            set => set.SetProperty(job => job.DeletedAt, (DateTime?)null).SetProperty(job => job.Revision, job => job.Revision + 1), ct),
        ct);

    /// <summary>Forgets what has lain in the bin since before a time.</summary>
    public async Task EmptyBinAsync(DateTime before, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var old = await context.Jobs.Where(job => job.DeletedAt < before).Select(job => job.Id).ToListAsync(ct);
        foreach (var id in old)
            await DeleteAsync(id, ct);
    }

    /// <summary>Has a song made again, with other wishes; the words it has stay until others are there, and then as a version.</summary>
    /// <param name="seen">The job, which is over and has its recording.</param>
    /// <param name="wanted">The same with the new wishes and what follows from them: its lane, its result's key, what it needs.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>False when it is being worked on already, or has been edited meanwhile.</returns>
    public async Task<bool> RemakeAsync(Job seen, Job wanted, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var now = DateTime.UtcNow;
        var isDone = await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(ct);
            var version = seen.DocumentKey is null ? seen.DocumentVersion : seen.DocumentVersion + 1;
            var changed = await context.Jobs
                .Where(job => job.Id == seen.Id && job.DocumentVersion == seen.DocumentVersion && job.DocumentKey == seen.DocumentKey &&
                    job.Status != JobStatus.Queued && job.Status != JobStatus.Running)
                .ExecuteUpdateAsync(
                    set => Anew(set)
                        .SetProperty(job => job.Options, wanted.Options)
                        .SetProperty(job => job.LyricsKey, wanted.LyricsKey)
                        .SetProperty(job => job.ResultKey, wanted.ResultKey)
                        .SetProperty(job => job.Lane, wanted.Lane)
                        .SetProperty(job => job.NeedsModel, wanted.NeedsModel)
                        .SetProperty(job => job.NeedsGpu, wanted.NeedsGpu)
                        .SetProperty(job => job.NeedsMemory, wanted.NeedsMemory)
                        .SetProperty(job => job.NeedsCookies, false)
                        .SetProperty(job => job.DocumentVersion, version)
                        .SetProperty(job => job.BaseVersion, version),
                    ct);
            if (changed == 1 && seen.DocumentKey is { } words)
            {
                context.LyricsVersions.Add(new LyricsVersion(seen.Id, seen.DocumentVersion, words, now));
                await context.SaveChangesAsync(ct);
            }
            await transaction.CommitAsync(ct);
            return changed == 1;
        });
        changes.Publish(seen.Id);
        return isDone;
    }

    /// <summary>Forgets a job that is not being worked on, and its parts; false when it is.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken ct)
    {
        if (!await UpdateAsync(id, job => job.Status != JobStatus.Running, (_, jobs) => jobs.ExecuteDeleteAsync(ct), ct))
            return false;
        // A worker that has one of them finds its claim void and lets go.
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Jobs.Where(job => job.PartOf == id).ExecuteDeleteAsync(ct);
        return true;
    }

    /// <summary>Forgets the passages of a job that ended some time ago; its exports stay.</summary>
    public async Task DeletePassagesAsync(string id, DateTime endedBefore, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        // Of a job's parts only exports may be asked for again.
        await context.Jobs.Where(job => job.PartOf == id && job.IdempotencyKey == null && job.CompletedAt < endedBefore)
            .ExecuteDeleteAsync(ct);
    }

    /// <summary>What was or is to be made of a job's song, the latest first.</summary>
    public async Task<IReadOnlyList<Job>> ExportsAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var parts = await context.Jobs.AsNoTracking()
            .Where(job => job.PartOf == id && job.IdempotencyKey != null)
            .OrderByDescending(job => job.Id).ToListAsync(ct);
        return [.. parts.Where(Exports.Is)];
    }

    /// <summary>Puts edited lyrics in the place of those that the editor saw; false when others came first.</summary>
    public async Task<bool> ReplaceDocumentAsync(Job seen, string documentKey, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var now = DateTime.UtcNow;
        var isDone = await context.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            context.ChangeTracker.Clear();
            await using var transaction = await context.Database.BeginTransactionAsync(ct);
            var changed = await context.Jobs
                .Where(job => job.Id == seen.Id && job.DocumentKey == seen.DocumentKey && job.DocumentVersion == seen.DocumentVersion)
                .ExecuteUpdateAsync(
                    set => set
                        .SetProperty(job => job.DocumentKey, documentKey)
                        .SetProperty(job => job.DocumentVersion, job => job.DocumentVersion + 1)
                        .SetProperty(job => job.Revision, job => job.Revision + 1),
                    ct);
            if (changed == 1)
            {
                context.LyricsVersions.Add(new LyricsVersion(seen.Id, seen.DocumentVersion, seen.DocumentKey!, now));
                await context.SaveChangesAsync(ct);
            }
            await transaction.CommitAsync(ct);
            return changed == 1;
        });
        changes.Publish(seen.Id);
        return isDone;
    }

    /// <summary>The versions of a job's lyrics that edits replaced, the latest first.</summary>
    public async Task<IReadOnlyList<LyricsVersion>> VersionsAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.LyricsVersions.AsNoTracking().Where(version => version.JobId == id)
            .OrderByDescending(version => version.Version).ToListAsync(ct);
    }

    /// <summary>
    /// The words that the latest run made and that stand aside because the song was edited meanwhile; null when there are none, or
    /// the song has been edited since.
    /// </summary>
    public async Task<LyricsVersion?> SetAsideAsync(Job job, CancellationToken ct)
    {
        if (job is not { Status: JobStatus.Completed, BaseVersion: > 0, CompletedAt: { } ended } || job.DocumentVersion == job.BaseVersion)
            return null;
        var versions = await VersionsAsync(job.Id, ct);
        return versions.Any(version => version.CreatedAt > ended)
            ? null
            : versions.FirstOrDefault(version => version.Version == job.BaseVersion);
    }

    private Task<bool> RequeueAsync(string id, CancellationToken ct) => UpdateAsync(
        id,
        job => job.Status == JobStatus.Failed || job.Status == JobStatus.Cancelled,
        (context, jobs) => jobs.ExecuteUpdateAsync(
            set => Anew(set)
                .SetProperty(job => job.Lane, job => job.InputKey == null ? Lane.Io : job.Lane)
                .SetProperty(job => job.NeedsCookies, false),
            ct),
        ct);

    /// <summary>Back into the queue as if it were new.</summary>
    private static UpdateSettersBuilder<Job> Anew(UpdateSettersBuilder<Job> set) => JobTransitions.Requeue(set, Waiting, WaitingFor.Turn)
        .SetProperty(job => job.Pct, 0)
        .SetProperty(job => job.UnmetSince, (DateTime?)null)
        .SetProperty(job => job.CurrentStage, (string?)null)
        .SetProperty(job => job.ProgressLog, (IReadOnlyList<JobStep>)Array.Empty<JobStep>())
        .SetProperty(job => job.Heard, (string?)null)
        .SetProperty(job => job.ErrorMessage, (string?)null)
        .SetProperty(job => job.ErrorCode, (string?)null)
        .SetProperty(job => job.Attempts, 0)
        .SetProperty(job => job.Takeovers, 0)
        .SetProperty(job => job.CancelRequested, false)
        .SetProperty(job => job.NotBefore, (DateTime?)null)
        .SetProperty(job => job.StartedAt, (DateTime?)null)
        .SetProperty(job => job.CompletedAt, (DateTime?)null);

    private async Task<bool> UpdateAsync(
        string id,
        Expression<Func<Job, bool>> condition,
        Func<LibrettoDb, IQueryable<Job>, Task<int>> change,
        CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var changed = await change(context, context.Jobs.Where(job => job.Id == id).Where(condition));
        changes.Publish(id);
        return changed > 0;
    }

    // The query asked most. Not static: it belongs to one database.
    private readonly Func<LibrettoDb, string, IAsyncEnumerable<Job>> _find =
        EF.CompileAsyncQuery((LibrettoDb context, string id) => context.Jobs.AsNoTracking().Where(job => job.Id == id));
}
