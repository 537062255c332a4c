using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Pools;

/// <summary>
/// Jobs that wait for what no worker has. They are told so, <c>/health/ready</c> says it, and after
/// <see cref="ServerOptions.UnmetPatience"/> they fail and say what to do. Times are the database's.
/// </summary>
internal sealed partial class UnmetRequirements(
    IDbContextFactory<LibrettoDb> contexts, WorkerRegistry workers, IEnumerable<IWorkerPool> pools, JobChanges changes,
    Leadership leadership, ServerOptions options, ILogger<UnmetRequirements> log)
    : BackgroundService
{
    // So many different needs at once are seen.
    private const int Most = 100;

    /// <summary>What waits in a lane and no worker can do that lives or that the pool would start.</summary>
    public async Task<IReadOnlyList<WaitingRequirements>> FindAsync(CancellationToken ct) =>
        [.. (await LookAsync(ct)).Where(item => item.IsUnmet).Select(item => item.Needs)];

    /// <summary>Tells those who wait in vain, gives up those who have for too long, and tells those who no longer do.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var (needs, isUnmet, wasUnmet) in await LookAsync(ct))
        {
            if (isUnmet && needs.Needs.Describe().Length > 0)
            {
                await GiveUpAsync(needs, ct);
                await TellAsync(needs, ct);
            }
            else if (wasUnmet)
            {
                await ReleaseAsync(needs, ct);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                // While nothing waits there is nobody to tell.
                if (leadership is { Leads: true, HasWork: true })
                {
                    await workers.ReapAsync(options.WorkerSilence, stoppingToken);
                    await RunAsync(stoppingToken);
                }
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
            await Task.Delay(options.ScanEvery, stoppingToken);
        }
    }

    private async Task<IReadOnlyList<(WaitingRequirements Needs, bool IsUnmet, bool WasUnmet)>> LookAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var waiting = await context.Jobs.AsNoTracking().Where(job => job.Status == JobStatus.Queued)
            .GroupBy(job => new { job.Lane, job.NeedsModel, job.NeedsGpu, job.NeedsMemory, job.NeedsCookies })
            .Select(group => new { group.Key, UnmetSince = group.Max(job => job.UnmetSince) })
            .Take(Most).ToListAsync(ct);
        if (waiting.Count == 0)
            return [];
        var alive = await workers.AliveAsync(options.WorkerSilence, ct);
        var pool = pools.FirstOrDefault();
        var started = pool is null ? null : await workers.CapabilitiesAsync(pool.Name, ct);
        return [.. waiting.Select(row =>
        {
            var needs = new WaitingRequirements(row.Key.Lane, new JobRequirements(row.Key.NeedsModel, row.Key.NeedsGpu, row.Key.NeedsMemory,
                row.Key.NeedsCookies));
            // Until one of the pool's workers has come nobody knows what they can do.
            var isStarted = pool is not null && needs.Lane == Lane.Compute && started?.Meets(needs.Needs) != false;
            return (needs, !isStarted && !alive.Any(worker => worker.WorksIn(needs.Lane) && Capabilities.Of(worker).Meets(needs.Needs)),
                row.UnmetSince is not null);
        })];
    }

    private async Task TellAsync(WaitingRequirements needs, CancellationToken ct)
    {
        var message = $"waiting for a worker with {needs.Needs.Describe()}; none is running";
        await ChangeAsync(
            needs,
            jobs => jobs.Where(job => job.UnmetSince == null || job.StatusMessage != message),
            jobs => jobs.ExecuteUpdateAsync(
                set => set
                    .SetProperty(job => job.UnmetSince, job => job.UnmetSince ?? DateTime.UtcNow)
                    .SetProperty(job => job.StatusMessage, message)
                    .SetProperty(job => job.WaitingFor, WaitingFor.Requirements)
                    .SetProperty(job => job.Revision, job => job.Revision + 1),
                ct),
            ct);
    }

    private Task<int> ReleaseAsync(WaitingRequirements needs, CancellationToken ct) => ChangeAsync(
        needs,
        jobs => jobs.Where(job => job.UnmetSince != null),
        jobs => jobs.ExecuteUpdateAsync(
            set => set
                .SetProperty(job => job.UnmetSince, (DateTime?)null)
                .SetProperty(job => job.StatusMessage, JobStore.Waiting)
                .SetProperty(job => job.WaitingFor, WaitingFor.Turn)
                .SetProperty(job => job.Revision, job => job.Revision + 1),
            ct),
        ct);

    private async Task GiveUpAsync(WaitingRequirements needs, CancellationToken ct)
    {
        var seconds = -options.UnmetPatience.TotalSeconds;
        var message = $"No worker with {needs.Needs.Describe()} has come for {Minutes(options.UnmetPatience)}, so this job was given up. " +
            $"{needs.Needs.Advice()}";
        var now = DateTime.UtcNow;
        var given = await ChangeAsync(
            needs,
            jobs => jobs.Where(job => job.UnmetSince < DateTime.UtcNow.AddSeconds(seconds)),
            jobs => jobs.ExecuteUpdateAsync(
                set => set
                    .SetProperty(job => job.Status, JobStatus.Failed)
                    .SetProperty(job => job.StatusMessage, "failed")
                    .SetProperty(job => job.Cookies, (string?)null)
                    .SetProperty(job => job.ErrorCode, ErrorCodes.WorkerMissing)
                    .SetProperty(job => job.ErrorMessage, message)
                    .SetProperty(job => job.UnmetSince, (DateTime?)null)
                    .SetProperty(job => job.ProcessingTimeSeconds, job => job.ProcessingTimeSeconds ?? 0)
                    .SetProperty(job => job.CompletedAt, now)
                    .SetProperty(job => job.Revision, job => job.Revision + 1),
                ct),
            ct);
        if (given > 0)
            LogGivenUp(given, needs.Needs.Describe());
    }

    private async Task<int> ChangeAsync(
        WaitingRequirements needs, Func<IQueryable<Job>, IQueryable<Job>> which, Func<IQueryable<Job>, Task<int>> change,
        CancellationToken ct)
    {
        var (lane, (model, gpu, memory, cookies)) = needs;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var jobs = which(context.Jobs.Where(job =>
            job.Status == JobStatus.Queued && job.Lane == lane && job.NeedsModel == model && job.NeedsGpu == gpu &&
            job.NeedsMemory == memory && job.NeedsCookies == cookies));
        var ids = await jobs.Select(job => job.Id).ToListAsync(ct);
        if (ids.Count == 0)
            return 0;
        var changed = await change(jobs);
        foreach (var id in ids)
            changes.Publish(id);
        return changed;
    }

    private static string Minutes(TimeSpan time) => time < TimeSpan.FromMinutes(2) ? $"{time.TotalSeconds:0} s"
        : $"{time.TotalMinutes:0} minutes";

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} job(s) given up: no worker with {Needs} has come")]
    private partial void LogGivenUp(int count, string needs);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What jobs wait for cannot be seen now: {Reason}")]
    private partial void LogTrouble(string reason);
}

/// <summary>What some jobs that wait in a lane need.</summary>
internal sealed record WaitingRequirements(string Lane, JobRequirements Needs);
