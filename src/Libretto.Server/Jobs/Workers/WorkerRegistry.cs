using System.Reflection;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Libretto.Server.Jobs.Workers;

/// <summary>
/// The table <c>worker_lives</c>: who works, who worked and who is to come. All times are the database's, so that clocks of machines may
/// differ.
/// </summary>
internal sealed class WorkerRegistry(
    IDbContextFactory<LibrettoDb> contexts, Notices notices, ServerOptions options, PlainSql? sql = null)
{
    /// <summary>What a worker hears that is asked to end, before its id.</summary>
    public const string Drains = "drain ";

    private static readonly string s_beat = EmbeddedSql.Read("beat.postgres.sql");

    private static readonly string s_program =
        typeof(WorkerRegistry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    /// <summary>Notes that a worker is wanted, before anything is started: whoever counts sees it.</summary>
    public async Task RequestAsync(string id, string pool, double? usdPerHour, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await AddAsync(context, new WorkerRecord { Id = id, Pool = pool, Lanes = Lane.Compute, State = WorkerState.Starting,
            UsdPerHour = usdPerHour, RequestedAt = await context.NowAsync(ct) }, ct);
    }

    /// <summary>Notes what the provider calls it.</summary>
    public Task SetPoolIdAsync(string id, string poolId, CancellationToken ct) =>
        UpdateAsync(id, rows => rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.PoolId, poolId), ct), ct);

    /// <summary>Notes that it will not come, unless it has come meanwhile.</summary>
    public Task<bool> FailAsync(string id, string error, CancellationToken ct) => UpdateAsync(
        id,
        rows => rows.Where(row => row.State == WorkerState.Starting).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.State, WorkerState.Failed).SetProperty(row => row.Error, error)
                .SetProperty(row => row.StoppedAt, row => DateTime.UtcNow), ct),
        ct);

    /// <summary>A worker has come: by the id it was given, by its provider's name for it, or of its own accord. Gives its id.</summary>
    public async Task<string> RegisterAsync(string? id, string? poolId, string name, IReadOnlyList<string> lanes, Capabilities capabilities,
        CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var wished = await context.Workers.AsNoTracking()
            .Where(row => row.State == WorkerState.Starting && (row.Id == id || (id == null && poolId != null && row.PoolId == poolId)))
            .OrderByDescending(row => row.RequestedAt).FirstOrDefaultAsync(ct);
        var (joined, models) = (string.Join(',', lanes), capabilities.Models is null ? null : string.Join(',', capabilities.Models));
        if (wished is null)
        {
            wished = new WorkerRecord { Id = Guid.CreateVersion7().ToString("N"), PoolId = poolId, Lanes = joined,
                State = WorkerState.Starting, RequestedAt = await context.NowAsync(ct) };
            await AddAsync(context, wished, ct);
        }
        await UpdateAsync(
            wished.Id,
            rows => rows.ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.State, WorkerState.Running)
                    .SetProperty(row => row.Name, name)
                    .SetProperty(row => row.Lanes, joined)
                    .SetProperty(row => row.Program, s_program)
                    .SetProperty(row => row.Models, models)
                    .SetProperty(row => row.Gpu, capabilities.Gpu)
                    .SetProperty(row => row.Memory, capabilities.Memory)
                    .SetProperty(row => row.Cookies, capabilities.Cookies)
                    .SetProperty(row => row.StartedAt, row => DateTime.UtcNow)
                    .SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow)
                    .SetProperty(row => row.IdleSince, row => DateTime.UtcNow),
                ct),
            ct);
        return wished.Id;
    }

    /// <summary>Says that a worker lives, with the jobs that it works on.</summary>
    /// <param name="id">The worker.</param>
    /// <param name="isBusy">Whether it has a job.</param>
    /// <param name="lanes">Its lanes.</param>
    /// <param name="jobs">Its jobs.</param>
    /// <param name="ct">Stops.</param>
    public async Task<WorkerOrders> BeatAsync(
        string id, bool isBusy, IReadOnlyList<string> lanes, IReadOnlyList<Job> jobs, CancellationToken ct)
    {
        if (sql is null)
            return await BeatOnSqliteAsync(id, isBusy, jobs, ct);
        return (await sql.QueryAsync(
            s_beat,
            row => new WorkerOrders(row.GetBoolean(0), row.GetFieldValue<string[]>(1), row.GetFieldValue<string[]>(2), row.GetInt32(3)),
            ct,
            new NpgsqlParameter("id", id),
            new NpgsqlParameter("busy", isBusy),
            new NpgsqlParameter("lanes", lanes.ToArray()),
            new NpgsqlParameter("ids", jobs.Select(job => job.Id).ToArray()),
            new NpgsqlParameter("claims", jobs.Select(job => job.Claim!).ToArray()),
            new NpgsqlParameter("silence", options.WorkerSilence),
            new NpgsqlParameter("most", ReportPace.MostCounted)))[0];
    }

    /// <summary>The same statement by statement, beside SQLite, where workers look into their lanes by themselves.</summary>
    private async Task<WorkerOrders> BeatOnSqliteAsync(string id, bool isBusy, IReadOnlyList<Job> jobs, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Workers.Where(row => row.Id == id).ExecuteUpdateAsync(
            set => set
                .SetProperty(row => row.State, WorkerState.Running)
                .SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow)
                .SetProperty(row => row.IdleSince, row => isBusy ? null : row.IdleSince ?? DateTime.UtcNow),
            ct);
        var held = new List<string>();
        foreach (var job in jobs)
            if (await context.Jobs
                .Where(row => row.Id == job.Id && row.Claim == job.Claim && row.Status == JobStatus.Running && !row.CancelRequested)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow), ct) == 1)
                held.Add(job.Id);
        var drain = await context.Workers.Where(row => row.Id == id).Select(row => row.Drain).FirstOrDefaultAsync(ct);
        return new WorkerOrders(drain, [.. held], [], Busy: isBusy ? 1 : 0);
    }

    /// <summary>Asks a worker to end; it does so when it has no job.</summary>
    public async Task DrainAsync(string id, CancellationToken ct)
    {
        await UpdateAsync(id, rows => rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.Drain, true), ct), ct);
        notices.Send(Notices.Workers, Drains + id);
    }

    /// <summary>A worker has ended.</summary>
    public Task StopAsync(string id, CancellationToken ct) => UpdateAsync(
        id,
        rows => rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.State, WorkerState.Stopped)
            .SetProperty(row => row.StoppedAt, row => DateTime.UtcNow), ct),
        ct);

    /// <summary>Counts workers that have gone silent as ended; their jobs are others' to free.</summary>
    public async Task<int> ReapAsync(TimeSpan silence, CancellationToken ct)
    {
        var limit = -silence.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Workers.Where(row => row.State == WorkerState.Running && row.HeartbeatAt < DateTime.UtcNow.AddSeconds(limit))
            .ExecuteUpdateAsync(
            set => set
                .SetProperty(row => row.State, WorkerState.Stopped)
                .SetProperty(row => row.Error, "went silent")
                .SetProperty(row => row.StoppedAt, row => DateTime.UtcNow),
            ct);
    }

    /// <summary>What the pool's workers can do, by the last that came; null while none has.</summary>
    public async Task<Capabilities?> CapabilitiesAsync(string pool, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var last = await context.Workers.AsNoTracking().Where(row => row.Pool == pool && row.StartedAt != null)
            .OrderByDescending(row => row.RequestedAt).FirstOrDefaultAsync(ct);
        return last is null ? null : Capabilities.Of(last);
    }

    /// <summary>Those who were heard of within a time, by name.</summary>
    public async Task<IReadOnlyList<WorkerRecord>> AliveAsync(TimeSpan silence, CancellationToken ct)
    {
        var limit = -silence.TotalSeconds;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Workers.AsNoTracking()
            .Where(row => row.State == WorkerState.Running && row.HeartbeatAt > DateTime.UtcNow.AddSeconds(limit)).OrderBy(row => row.Name)
                .ToListAsync(ct);
    }

    /// <summary>Lives of workers, the newest first.</summary>
    public async Task<IReadOnlyList<WorkerRecord>> ListAsync(int limit, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var now = await context.NowAsync(ct);
        var rows = await context.Workers.AsNoTracking().OrderByDescending(row => row.RequestedAt).Take(limit).ToListAsync(ct);
        return [.. rows.Select(row => row with { ReadAt = now })];
    }

    private static async Task AddAsync(LibrettoDb context, WorkerRecord worker, CancellationToken ct)
    {
        context.Workers.Add(worker);
        await context.SaveChangesAsync(ct);
    }

    private async Task<bool> UpdateAsync(string id, Func<IQueryable<WorkerRecord>, Task<int>> change, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await change(context.Workers.Where(row => row.Id == id)) == 1;
    }
}

/// <summary>What a worker learns when it says that it lives.</summary>
/// <param name="Drain">It was asked to end.</param>
/// <param name="Held">The ids of those of its jobs that are still its own and not to be cancelled.</param>
/// <param name="Waiting">Those of its lanes in which something may wait.</param>
/// <param name="Busy">How many processes are at work, counted up to <see cref="ReportPace.MostCounted"/>.</param>
internal sealed record WorkerOrders(bool Drain, string[] Held, string[] Waiting, int Busy);
