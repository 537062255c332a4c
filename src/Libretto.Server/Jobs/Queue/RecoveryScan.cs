using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Looks into the table, at the start and then every few seconds, for what was forgotten: jobs of dead workers, jobs that wait
/// although nobody was woken, temporary files of dead processes. Every process does; each finding is claimed by one statement.
/// </summary>
internal sealed partial class RecoveryScan(
    JobClaims claims, JobQueue queue, JobChanges changes, QueueState state, TemporaryFolder workFolder, ServerOptions options,
    ILogger<RecoveryScan> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                await ScanAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
            await Task.Delay(options.ScanEvery, stoppingToken);
        }
    }

    public async Task ScanAsync(CancellationToken ct)
    {
        if (await claims.ReleaseDeadAsync(ct) is > 0 and var freed)
            LogFreed(freed);
        foreach (var lane in Lane.All)
        {
            var (ready, oldest) = await claims.CountReadyAsync(lane, ct);
            state.Set(lane, ready, oldest);
            var missing = ready - queue.Waiting(lane);
            if (missing > 0)
                queue.Wake(lane, (int)missing);
        }
        await claims.TidyAsync(ct);
        workFolder.SweepDead();
        // Processes that share a SQLite file have no other way to hear of each other.
        if (!options.UsesPostgres)
            changes.PublishAll();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} job(s) of workers that are gone wait for another worker")]
    private partial void LogFreed(int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The table of jobs cannot be searched now: {Reason}")]
    private partial void LogTrouble(string reason);
}
