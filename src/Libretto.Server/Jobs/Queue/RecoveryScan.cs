using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Looks into the table for what was forgotten: jobs of dead workers, jobs that wait although nobody was woken. One process of all does,
/// every few seconds while there is work and seldom while there is none. Each process clears up its own disk.
/// </summary>
internal sealed partial class RecoveryScan(
    JobClaims claims, JobQueue queue, JobChanges changes, QueueState state, Leadership leadership, TemporaryFolder workFolder,
    ServerOptions options, TimeProvider time, ILogger<RecoveryScan> log)
    : BackgroundService
{
    // While nothing waits or runs; whoever posts wakes the workers, and this too.
    private static readonly TimeSpan WithoutWork = TimeSpan.FromSeconds(30);
    // How soon another process leads when the one that did is gone.
    private static readonly TimeSpan WhileAnotherLeads = TimeSpan.FromSeconds(10);
    // A scan of a long queue takes a while: it takes at most a twentieth of the time.
    private const int ScansApart = 20;

    private long? _troubleAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var watch = changes.Start(JobChanges.Any);
        while (true)
        {
            var pause = options.ScanEvery;
            try
            {
                pause = await LookAsync(stoppingToken);
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
                _troubleAt = time.GetTimestamp();
            }
            workFolder.SweepDead();
            await Task.Delay(pause < options.ScanEvery ? pause : options.ScanEvery, stoppingToken);
            if (pause > options.ScanEvery)
                await (leadership.Leads && !leadership.HasWork ? watch.WaitAsync(pause - options.ScanEvery, stoppingToken)
                    : Task.Delay(pause - options.ScanEvery, stoppingToken));
        }
    }

    /// <summary>Looks, if it is this process's turn to; gives when to look again.</summary>
    private async Task<TimeSpan> LookAsync(CancellationToken ct)
    {
        if (!options.UsesPostgres)
        {
            if (options.ServesApi)
                await leadership.HoldAsync(ct);
            await ScanAsync(ct);
            // Processes that share a SQLite file have no other way to hear of each other.
            changes.PublishAll();
            return options.ScanEvery;
        }
        // Workers leave it to orchestrators.
        if (!options.ServesApi)
            return options.ScanEvery;
        if (!await leadership.HoldAsync(ct))
        {
            state.Looked(isElsewhere: true);
            return WhileAnotherLeads;
        }
        var since = Environment.TickCount64;
        if (leadership.HasWork)
            await ScanAsync(ct);
        else
            SetEmpty();
        var took = TimeSpan.FromMilliseconds(Environment.TickCount64 - since);
        return Longer(options.ScanEvery, leadership.HasWork ? took * ScansApart : WithoutWork);
    }

    public async Task ScanAsync(CancellationToken ct)
    {
        // After trouble with the database nobody could say that it lives: everybody has the usual time to do so.
        if (_troubleAt is { } at && time.GetElapsedTime(at) < options.TakeOverAfter)
            LogWaiting();
        else if (await claims.ReleaseDeadAsync(ct) is > 0 and var freed)
            LogFreed(freed);
        var waiting = await claims.WaitingAsync(ct);
        foreach (var lane in Lane.All)
        {
            var here = waiting.Where(some => some.Lane == lane).ToList();
            state.Set(lane, here.Sum(some => some.Count), here.Min(some => (DateTime?)some.Oldest));
        }
        state.Looked(isElsewhere: false);
        foreach (var some in waiting)
            queue.Wake(some.Lane, some.Needs);
    }

    private void SetEmpty()
    {
        foreach (var lane in Lane.All)
            state.Set(lane, 0, null);
        state.Looked(isElsewhere: false);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} job(s) of workers that are gone wait for another worker")]
    private partial void LogFreed(int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "The database is back; no job is given to another worker for a while")]
    private partial void LogWaiting();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The table of jobs cannot be searched now: {Reason}")]
    private partial void LogTrouble(string reason);
}
