using System.Globalization;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Pools;

/// <summary>
/// Sees that there are as many workers as the policy wants. Of several orchestrators the one that leads does; all it knows is
/// in the tables, so another can go on where it stopped.
/// </summary>
internal sealed partial class PoolManager(
    IWorkerPool pool,
    PoolOptions options,
    PoolObserver observer,
    WorkerRegistry workers,
    JobStore jobs,
    Leadership leadership,
    ServerOptions server,
    TimeProvider time,
    ILogger<PoolManager> log)
    : BackgroundService
{
    private const int UsualStartSeconds = 20;

    // While no song waits, none is at work and there is no worker.
    private static readonly TimeSpan WithoutWork = TimeSpan.FromSeconds(30);

    private long? _lookedAt;

    /// <summary>What was seen last, for health reports; null while another process leads.</summary>
    public (PoolView View, PoolDecision Decision)? Last { get; private set; }

    public string Name => pool.Name;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(server.ScanEvery, time);
        do
        {
            try
            {
                if (!leadership.Leads)
                    Last = null;
                else if (IsTime())
                    await RunAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One look and what follows from it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (!await leadership.HoldAsync(ct))
        {
            Last = null;
            return;
        }
        _lookedAt = time.GetTimestamp();
        await workers.ReapAsync(server.WorkerSilence, ct);
        var view = await observer.LookAsync(pool.Name, ct);
        var decision = PoolPolicy.Decide(view, options.Limits);
        Last = (view, decision);

        foreach (var worker in decision.GiveUp)
            await GiveUpAsync(worker, ct);
        foreach (var id in decision.Drain)
            await workers.DrainAsync(id, ct);
        for (var i = 0; i < decision.Start && await AddWorkerAsync(ct); i++)
        {
        }
        if (view.Waiting > 0)
            await TellAsync(view, decision, ct);
    }

    private bool IsTime() => leadership.HasWork || Last is not { View.Workers.Count: 0 } || _lookedAt is not { } at ||
        time.GetElapsedTime(at) >= WithoutWork;

    private async Task<bool> AddWorkerAsync(CancellationToken ct)
    {
        var id = Guid.CreateVersion7().ToString("N");
        await workers.RequestAsync(id, pool.Name, options.UsdPerHour, ct);
        try
        {
            var poolId = await pool.StartAsync(id, ct);
            await workers.SetPoolIdAsync(id, poolId, ct);
            LogStarted(pool.Name, poolId);
            return true;
        }
        catch (PoolException e)
        {
            await workers.FailAsync(id, e.Message, ct);
            LogFailed(e.Message);
            return false;
        }
    }

    private async Task GiveUpAsync(PoolWorker worker, CancellationToken ct)
    {
        var message = string.Create(CultureInfo.InvariantCulture,
            $"a worker was started and did not come within {options.Limits.StartPatience.TotalSeconds:0} s; see its log");
        if (!await workers.FailAsync(worker.Id, message, ct) || worker.PoolId is null)
            return;
        LogFailed(message);
        try
        {
            await pool.StopAsync(worker.PoolId, ct);
        }
        catch (PoolException e)
        {
            LogFailed(e.Message);
        }
    }

    /// <summary>Says to those who wait what they wait for.</summary>
    private Task TellAsync(PoolView view, PoolDecision decision, CancellationToken ct)
    {
        var isComing = decision.Start > 0 || view.Workers.Any(worker => !worker.HasCome);
        var seconds = view.StartTime?.TotalSeconds ?? UsualStartSeconds;
        var message = decision.NextStart is { } pause && !view.Workers.Any(worker => worker.HasCome)
            ? string.Create(CultureInfo.InvariantCulture,
                $"waiting for a worker: the last start failed, the next is in {pause.TotalSeconds:0} s")
            : isComing ? string.Create(CultureInfo.InvariantCulture, $"waiting for a worker to start, usually {seconds:0} s")
            : null;
        return jobs.TellWaitingAsync(Lane.Compute, message, ct);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "A worker is started: {Pool} {PoolId}")]
    private partial void LogStarted(string pool, string poolId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No worker: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workers cannot be looked after now: {Reason}")]
    private partial void LogTrouble(string reason);
}
