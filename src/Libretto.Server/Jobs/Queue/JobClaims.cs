using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// What workers do with jobs. A worker holds a job by its claim, a value drawn anew each time: every statement asks for it, so
/// whoever lost the job (cancelled, taken over) changes nothing and is told so. Heartbeats are compared by the database's clock.
/// </summary>
internal sealed class JobClaims(IDbContextFactory<LibrettoDb> contexts, JobChanges changes, Capabilities capabilities,
    ServerOptions options, PlainSql? sql = null)
{
    /// <summary>How often a job may outlive its worker: one that kills its workers must not go on for ever.</summary>
    public const int MostTakeovers = 20;

    /// <summary>A job that has outlived more workers may be what ended them: it waits until all others are served.</summary>
    public const int Suspicious = 2;

    /// <summary>
    /// Takes the job whose turn it is among those that this worker can do; null when none waits in the lane. Of equal priority the
    /// key that was served longest ago comes first, and of a key's jobs the oldest.
    /// </summary>
    public async Task<Job?> ClaimNextAsync(string lane, string worker, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var job = context.Database.IsNpgsql()
            ? await NextOnPostgres.ClaimAsync(context, lane, worker, capabilities, ct)
            : await NextOnSqlite.ClaimAsync(context, lane, worker, capabilities, ct);
        if (job is not null)
            changes.Publish(job.Id);
        return job;
    }

    /// <summary>How many jobs wait in a lane and could begin now, and since when the oldest waits.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="ct">Stops counting.</param>
    /// <param name="worker">Counts those only that such a worker could do; all when null.</param>
    public async Task<(int Count, DateTime? Oldest)> CountReadyAsync(string lane, CancellationToken ct, Capabilities? worker = null)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var waiting = Ready(context, lane);
        var ready = await (worker?.Fit(waiting) ?? waiting)
            .GroupBy(_ => 1)
            .Select(group => new { Count = group.Count(), Oldest = (DateTime?)group.Min(job => job.CreatedAt) })
            .FirstOrDefaultAsync(ct);
        return (ready?.Count ?? 0, ready?.Oldest);
    }

    /// <summary>How many jobs wait and could begin now, by lane and by what they need, and since when the oldest of each waits.</summary>
    public async Task<IReadOnlyList<WaitingJobs>> WaitingAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var groups = await Ready(context)
            .GroupBy(job => new { job.Lane, job.NeedsModel, job.NeedsGpu, job.NeedsMemory, job.NeedsCookies })
            .Select(group => new { group.Key, Count = group.Count(), Oldest = group.Min(job => job.CreatedAt) })
            .ToListAsync(ct);
        return [.. groups.Select(row => new WaitingJobs(
            row.Key.Lane, new JobRequirements(row.Key.NeedsModel, row.Key.NeedsGpu, row.Key.NeedsMemory, row.Key.NeedsCookies), row.Count,
            row.Oldest))];
    }

    /// <summary>How many jobs wait for the same work in the same lane.</summary>
    public async Task<int> CountSameWorkAsync(Job job, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Jobs.CountAsync(
            other => other.Status == JobStatus.Queued && other.Lane == job.Lane && other.ResultKey == job.ResultKey &&
            other.Id != job.Id, ct);
    }

    /// <summary>
    /// Writes how far jobs are; pct never goes back. Gives the ids of those that are still their worker's and not to be cancelled.
    /// </summary>
    public async Task<IReadOnlyList<string>> ReportAsync(IReadOnlyList<(Job Job, JobProgress Progress)> jobs, CancellationToken ct)
    {
        if (sql is not null)
        {
            var written = await ProgressOnPostgres.WriteAsync(sql, jobs, ct);
            foreach (var id in written)
                changes.Tell(id);
            return written;
        }
        var held = new List<string>();
        foreach (var (job, progress) in jobs)
            if (await WriteAsync(job, progress, ct))
                held.Add(job.Id);
        return held;
    }

    /// <summary>The same for one; false when it is no longer its worker's or is to be cancelled.</summary>
    public async Task<bool> ReportAsync(Job job, JobProgress progress, CancellationToken ct) =>
        (await ReportAsync([(job, progress)], ct)).Count == 1;

    /// <summary>
    /// Lets the lyrics be read while stems are still made; edits that came before stay, with the lyrics as a version beside them.
    /// False when the job is no longer the worker's.
    /// </summary>
    public Task<bool> ShowLyricsAsync(Job job, StoredResult result, CancellationToken ct) => MadeWords.PutAsync(
        contexts, changes, job, result, DateTime.UtcNow,
        context => Held(context, job).ExecuteUpdateAsync(
            set => set
                .SetProperty(row => row.DocumentKey,
                    row => row.DocumentVersion == row.BaseVersion ? result.DocumentKey : row.DocumentKey)
                .SetProperty(row => row.Title, row => row.NamedAt == null ? result.Title ?? row.Title : row.Title)
                .SetProperty(row => row.Artist, row => row.NamedAt == null ? result.Artist ?? row.Artist : row.Artist)
                .SetProperty(row => row.Heard, (string?)null)
                .SetProperty(row => row.Language, result.Language)
                .SetProperty(row => row.Duration, result.Duration)
                .SetProperty(row => row.Revision, row => row.Revision + 1),
            ct),
        ct);

    /// <summary>Completes the job, all in one transaction. False when it is no longer the worker's or is to be cancelled.</summary>
    public async Task<bool> CompleteAsync(Job job, StoredResult result, double seconds, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var (now, cost) = (DateTime.UtcNow, JobStep.CostOf(log));
        var resultsUrl = StoredResult.UrlOf(job.Id);
        var isDone = await MadeWords.PutAsync(
            contexts, changes, job, result, now,
            context => Held(context, job).Where(row => !row.CancelRequested).ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Status, JobStatus.Completed)
                    .SetProperty(row => row.Pct, 100)
                    .SetProperty(row => row.CurrentStage, (string?)null)
                    .SetProperty(row => row.StatusMessage, "done")
                    .SetProperty(row => row.ResultsUrl, resultsUrl)
                    .SetProperty(row => row.ProcessingMethod, result.Method)
                    .SetProperty(row => row.ProcessingTimeSeconds, seconds)
                    .SetProperty(row => row.ProgressLog, log)
                    .SetProperty(row => row.CostUsd, cost)
                    .SetProperty(row => row.Title, row => row.NamedAt == null ? result.Title ?? row.Title : row.Title)
                    .SetProperty(row => row.Artist, row => row.NamedAt == null ? result.Artist ?? row.Artist : row.Artist)
                    .SetProperty(row => row.Language, result.Language)
                    .SetProperty(row => row.Duration, result.Duration)
                    .SetProperty(row => row.DocumentKey,
                        row => row.DocumentVersion == row.BaseVersion ? result.DocumentKey : row.DocumentKey)
                    // A song that is made again keeps the stems it has.
                    .SetProperty(row => row.VocalsKey, row => result.VocalsKey ?? row.VocalsKey)
                    .SetProperty(row => row.InstrumentalKey, row => result.InstrumentalKey ?? row.InstrumentalKey)
                    .SetProperty(row => row.Heard, (string?)null)
                    .SetProperty(row => row.ErrorMessage, (string?)null)
                    .SetProperty(row => row.ErrorCode, (string?)null)
                    .SetProperty(row => row.CompletedAt, now)
                    .SetProperty(row => row.Revision, row => row.Revision + 1),
                ct),
            ct);
        return isDone || await IsCompletedByAsync(job, ct);
    }

    /// <summary>Ends the job in failure.</summary>
    public Task<bool> FailAsync(Job job, string code, string message, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var (now, seconds, cost) = (DateTime.UtcNow, JobStep.SecondsOf(log), JobStep.CostOf(log));
        return UpdateAsync(
            job,
            rows => rows.ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Status, JobStatus.Failed)
                    .SetProperty(row => row.StatusMessage, "failed")
                    .SetProperty(row => row.Cookies, (string?)null)
                    .SetProperty(row => row.ErrorCode, code)
                    .SetProperty(row => row.ErrorMessage, message)
                    .SetProperty(row => row.ProgressLog, log)
                    .SetProperty(row => row.CostUsd, cost)
                    .SetProperty(row => row.ProcessingTimeSeconds, seconds)
                    .SetProperty(row => row.Attempts, row => row.Attempts + 1)
                    .SetProperty(row => row.CompletedAt, now)
                    .SetProperty(row => row.Revision, row => row.Revision + 1),
                ct),
            ct);
    }

    /// <summary>Puts the job back after a failure that may pass; one that does not count leaves it all its tries.</summary>
    public Task<bool> RetryLaterAsync(
        Job job, TimeSpan delay, string code, string message, IReadOnlyList<JobStep> log, CancellationToken ct, bool counts = true)
    {
        var (seconds, more) = (delay.TotalSeconds, counts ? 1 : 0);
        return UpdateAsync(
            job,
            rows => rows.ExecuteUpdateAsync(
                set => JobTransitions.Requeue(set, $"trying again in {seconds:0} s: {message}", WaitingFor.Other)
                    .SetProperty(row => row.ErrorCode, code)
                    .SetProperty(row => row.ErrorMessage, message)
                    .SetProperty(row => row.ProgressLog, log)
                    .SetProperty(row => row.Attempts, row => row.Attempts + more)
                    .SetProperty(row => row.NotBefore, row => DateTime.UtcNow.AddSeconds(seconds)),
                ct),
            ct);
    }

    /// <summary>A link's song is in the store: the job goes on, as any other for that song, in the lane that its work belongs to.</summary>
    public Task<bool> HandOnAsync(Job job, KnownLink song, string resultKey, string lane, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var needs = JobRequirements.Of(job.Options);
        return UpdateAsync(
            job,
            rows => rows.Where(row => !row.CancelRequested).ExecuteUpdateAsync(
                set => JobTransitions.Requeue(set, "downloaded; waiting", WaitingFor.Other)
                    .SetProperty(row => row.Lane, lane)
                    .SetProperty(row => row.NeedsModel, needs.Model)
                    .SetProperty(row => row.NeedsGpu, needs.Gpu)
                    .SetProperty(row => row.NeedsMemory, needs.Memory)
                    .SetProperty(row => row.NeedsCookies, needs.Cookies)
                    .SetProperty(row => row.InputKey, song.AudioKey)
                    .SetProperty(row => row.ResultKey, resultKey)
                    .SetProperty(row => row.VideoId, row => song.Facts.VideoId ?? row.VideoId)
                    .SetProperty(row => row.Title, row => row.Title ?? song.Facts.Title)
                    .SetProperty(row => row.Artist, row => row.Artist ?? song.Facts.Artist)
                    .SetProperty(row => row.Duration, song.Facts.Duration)
                    .SetProperty(row => row.HasCover, song.Facts.HasCover)
                    .SetProperty(row => row.Cookies, (string?)null)
                    .SetProperty(row => row.ErrorCode, (string?)null)
                    .SetProperty(row => row.ErrorMessage, (string?)null)
                    .SetProperty(row => row.ProgressLog, log),
                ct),
            ct);
    }

    /// <summary>
    /// Gives a download that failed here to another lane, and with it the jobs that wait for the same link: they would fail here
    /// as well.
    /// </summary>
    public async Task<bool> HandOverAsync(
        Job job, string lane, JobRequirements needs, string code, string message, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Jobs
            .Where(row => row.Status == JobStatus.Queued && row.Lane == job.Lane && row.ResultKey == job.ResultKey && row.InputKey == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Lane, lane).SetProperty(row => row.NeedsCookies, needs.Cookies), ct);
        return await UpdateAsync(
            job,
            rows => rows.Where(row => !row.CancelRequested).ExecuteUpdateAsync(
                set => JobTransitions.Requeue(set, "could not be downloaded here; waiting for another machine to try", WaitingFor.Other)
                    .SetProperty(row => row.Lane, lane)
                    .SetProperty(row => row.NeedsCookies, needs.Cookies)
                    .SetProperty(row => row.ErrorCode, code)
                    .SetProperty(row => row.ErrorMessage, message)
                    .SetProperty(row => row.ProgressLog, log),
                ct),
            ct);
    }

    /// <summary>Gives the job back unharmed, because this worker stops.</summary>
    public Task<bool> HandBackAsync(Job job, IReadOnlyList<JobStep> log, CancellationToken ct) => UpdateAsync(
        job,
        rows => rows.Where(row => !row.CancelRequested).ExecuteUpdateAsync(
            set => JobTransitions.Requeue(set, "waiting for another worker", WaitingFor.Turn)
                .SetProperty(row => row.ProgressLog, log),
            ct),
        ct);

    /// <summary>Ends a job that its user cancelled; false when nobody did or it is no longer the worker's.</summary>
    public Task<bool> CancelAsync(Job job, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var (now, seconds) = (DateTime.UtcNow, JobStep.SecondsOf(log));
        return UpdateAsync(
            job,
            rows => rows.Where(row => row.CancelRequested).ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Status, JobStatus.Cancelled)
                    .SetProperty(row => row.StatusMessage, "cancelled")
                    .SetProperty(row => row.Cookies, (string?)null)
                    .SetProperty(row => row.ProgressLog, log)
                    .SetProperty(row => row.ProcessingTimeSeconds, seconds)
                    .SetProperty(row => row.CompletedAt, now)
                    .SetProperty(row => row.Revision, row => row.Revision + 1),
                ct),
            ct);
    }

    /// <summary>Frees the jobs whose workers have gone silent; returns how many.</summary>
    public async Task<int> ReleaseDeadAsync(CancellationToken ct)
    {
        var limit = -options.TakeOverAfter.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var dead = await context.Jobs.AsNoTracking()
            .Where(job => job.Status == JobStatus.Running && job.HeartbeatAt < DateTime.UtcNow.AddSeconds(limit))
            .ToListAsync(ct);
        var freed = 0;
        foreach (var job in dead)
        {
            if (job.CancelRequested)
                await CancelAsync(job, job.ProgressLog, ct);
            else if (job.Takeovers >= MostTakeovers)
                await FailAsync(
                    job, ErrorCodes.WorkerDied,
                    $"{MostTakeovers + 1} workers died while working on this song, so it was given up. " +
                    "The song may need more memory than they have; see the workers' logs, then retry the job.",
                    job.ProgressLog, ct);
            else if (await TakeOverAsync(job, ct))
                freed++;
        }
        return freed;
    }

    /// <summary>Forgets what is no longer of use when choosing whose turn it is.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (context.Database.IsNpgsql())
            await NextOnPostgres.ForgetEmptyKeysAsync(context, ct);
    }

    /// <summary>
    /// Those that wait and could begin: those for the same work as one at work wait for it. NextOnPostgres says the same in SQL.
    /// </summary>
    public static IQueryable<Job> Ready(LibrettoDb context, string lane) => Ready(context).Where(job => job.Lane == lane);

    private static IQueryable<Job> Ready(LibrettoDb context) => context.Jobs.AsNoTracking().Where(job =>
        job.Status == JobStatus.Queued && (job.NotBefore == null || job.NotBefore <= DateTime.UtcNow) &&
        !context.Jobs.Any(other => other.Status == JobStatus.Running && other.ResultKey == job.ResultKey));

    private Task<bool> TakeOverAsync(Job job, CancellationToken ct)
    {
        var limit = -options.TakeOverAfter.TotalSeconds;
        return UpdateAsync(
            job,
            rows => rows.Where(row => row.HeartbeatAt < DateTime.UtcNow.AddSeconds(limit)).ExecuteUpdateAsync(
                set => JobTransitions.Requeue(set, "its worker is gone; waiting for another", WaitingFor.Other)
                    .SetProperty(row => row.Takeovers, row => row.Takeovers + 1),
                ct),
            ct);
    }

    private Task<bool> WriteAsync(Job job, JobProgress progress, CancellationToken ct)
    {
        var (pct, stage, message, log, heard) = progress;
        return UpdateAsync(
            job,
            rows => rows.Where(row => !row.CancelRequested).ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Pct, row => row.Pct > pct ? row.Pct : pct)
                    .SetProperty(row => row.CurrentStage, stage)
                    .SetProperty(row => row.StatusMessage, message)
                    .SetProperty(row => row.ProgressLog, log)
                    .SetProperty(row => row.Heard, row => heard ?? row.Heard)
                    .SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow)
                    .SetProperty(row => row.Revision, row => row.Revision + 1),
                ct),
            ct);
    }

    /// <summary>
    /// The text added to the status is as in <c>claim.postgres.sql</c>: the row is found by its id, not among those at work.
    /// </summary>
    private static IQueryable<Job> Held(LibrettoDb context, Job job) =>
        context.Jobs.Where(row => row.Id == job.Id && row.Claim == job.Claim && row.Status + "" == JobStatus.Running);

    private async Task<bool> UpdateAsync(Job job, Func<IQueryable<Job>, Task<int>> change, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var changed = await change(Held(context, job));
        if (changed > 0)
            changes.Publish(job.Id);
        return changed > 0;
    }

    /// <summary>Whether a completion that found nothing to change had got through before the connection broke.</summary>
    private async Task<bool> IsCompletedByAsync(Job job, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Jobs.AnyAsync(row => row.Id == job.Id && row.Claim == job.Claim && row.Status == JobStatus.Completed, ct);
    }
}

/// <summary>Jobs that wait in a lane and need the same.</summary>
internal sealed record WaitingJobs(string Lane, JobRequirements Needs, int Count, DateTime Oldest);
