using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Takes the next job of a lane and brings it to an end; false when there is none.</summary>
internal delegate Task<bool> WorkOnNext(string lane, CancellationToken shutdown);

/// <summary>
/// This process's workers: in each lane as many as its options say. Each takes jobs as long as there are any, then waits to be woken.
/// When the process stops, their jobs are handed back.
/// </summary>
internal sealed partial class LaneWorkers(
    WorkOnNext work, LaneSignals signals, ServerOptions options, TimeProvider time, ILogger<LaneWorkers> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        from lane in options.EffectiveLanes
        from _ in Enumerable.Range(0, lane == Lane.Compute ? options.ComputeWorkers : options.IoWorkers)
        select Task.Run(() => WorkAsync(lane, stoppingToken), CancellationToken.None));

    private async Task WorkAsync(string lane, CancellationToken shutdown)
    {
        try
        {
            while (true)
                if (!await TryWorkAsync(lane, shutdown))
                    await signals.WaitAsync(lane, shutdown);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            // This process stops; whoever runs next looks into the table.
        }
    }

    /// <summary>What a worker throws outside of any job is in the log, and the worker goes on after a pause.</summary>
    internal async Task<bool> TryWorkAsync(string lane, CancellationToken shutdown)
    {
        try
        {
            return await work(lane, shutdown);
        }
        catch (Exception e) when (!shutdown.IsCancellationRequested)
        {
            if (DatabaseErrors.IsTrouble(e))
                LogTrouble(lane, e.GetBaseException().Message);
            else
                LogFailed(e, lane);
            await Task.Delay(Pause, time, shutdown);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lane {Lane} cannot be looked into now: {Reason}")]
    private partial void LogTrouble(string lane, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A worker of the lane {Lane} failed outside of any job; it goes on")]
    private partial void LogFailed(Exception e, string lane);
}
