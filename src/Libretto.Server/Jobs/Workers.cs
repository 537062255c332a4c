using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs;

/// <summary>
/// The workers that live: each process that works in a lane says so in the table <c>workers</c>, with what it can do, and takes its
/// row away when it stops. Times are the database's, so clocks may differ.
/// </summary>
internal sealed partial class Workers(IDbContextFactory<JobsContext> contexts, Capabilities capabilities, ServerOptions options, ILogger<Workers> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private readonly string _id = Guid.NewGuid().ToString("N");

    /// <summary>Those seen in the last half minute.</summary>
    public async Task<IReadOnlyList<Worker>> AliveAsync(CancellationToken ct)
    {
        var limit = -Silence.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Workers.AsNoTracking().Where(worker => worker.SeenAt > DateTime.UtcNow.AddSeconds(limit)).OrderBy(worker => worker.Name).ToListAsync(ct);
    }

    /// <summary>What waits in a lane and none of these workers can do.</summary>
    public async Task<IReadOnlyList<JobNeeds>> UnmetAsync(IReadOnlyList<Worker> alive, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var wanted = await context.Jobs.AsNoTracking().Where(job => job.Status == JobStatus.Queued)
            .Select(job => new { job.Lane, job.NeedsModel, job.NeedsGpu, job.NeedsMemory, job.NeedsCookies })
            .Distinct().Take(100).ToListAsync(ct);
        return [.. wanted
            .Select(row => (row.Lane, Needs: new JobNeeds(row.NeedsModel, row.NeedsGpu, row.NeedsMemory, row.NeedsCookies)))
            .Where(job => job.Needs.Words().Length > 0 && !alive.Any(worker => worker.WorksIn(job.Lane) && worker.Capabilities.Meets(job.Needs)))
            .Select(job => job.Needs)];
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await using var context = await contexts.CreateDbContextAsync(cancellationToken);
            await context.Workers.Where(worker => worker.Id == _id).ExecuteDeleteAsync(cancellationToken);
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e))
        {
            LogTrouble(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.EffectiveLanes.Count == 0)
            return;
        while (true)
        {
            try
            {
                await SayAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
            await Task.Delay(Every, stoppingToken);
        }
    }

    private async Task SayAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        if (await SeenAsync(context, ct))
            return;
        // The first time, or another process took us for dead.
        context.Workers.Add(new Worker(
            _id, JobWorker.Name, string.Join(',', options.EffectiveLanes), capabilities.Models is { } models ? string.Join(',', models) : null,
            capabilities.Gpu, capabilities.Memory, capabilities.Cookies, Program, DateTime.UtcNow, DateTime.UtcNow));
        await context.SaveChangesAsync(ct);
        await SeenAsync(context, ct);
        await SweepAsync(context, ct);
    }

    private async Task<bool> SeenAsync(JobsContext context, CancellationToken ct) =>
        await context.Workers.Where(worker => worker.Id == _id).ExecuteUpdateAsync(set => set.SetProperty(worker => worker.SeenAt, worker => DateTime.UtcNow), ct) == 1;

    private static async Task SweepAsync(JobsContext context, CancellationToken ct)
    {
        var limit = -10 * Silence.TotalSeconds;
        await context.Workers.Where(worker => worker.SeenAt < DateTime.UtcNow.AddSeconds(limit)).ExecuteDeleteAsync(ct);
    }

    /// <summary>This program's version.</summary>
    public static string Program { get; } = typeof(Workers).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    [LoggerMessage(Level = LogLevel.Warning, Message = "This worker cannot say that it lives now: {Reason}")]
    private partial void LogTrouble(string reason);
}

/// <summary>A row of the table <c>workers</c>; lists are separated by commas.</summary>
internal sealed record Worker(
    string Id, string Name, string Lanes, string? Models, bool Gpu, int Memory, bool Cookies, string Program, DateTime StartedAt, DateTime SeenAt)
{
    public Capabilities Capabilities => new(Models?.Split(',', StringSplitOptions.RemoveEmptyEntries), Gpu, Memory, Cookies);

    public bool WorksIn(string lane) => Lanes.Split(',').Contains(lane);
}
