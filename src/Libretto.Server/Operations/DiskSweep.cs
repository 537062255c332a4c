using Libretto.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>
/// Each process looks after its own disk: what was left half written, and of what also lies beyond the network the oldest.
/// </summary>
internal sealed partial class DiskSweep(IContentStore store, TimeProvider time, ILogger<DiskSweep> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    // Of what also lies in a store beyond the network.
    private const long MostOnDisk = 5_000_000_000;

    public async Task RunAsync(CancellationToken ct)
    {
        var disk = store as DiskContentStore;
        if (store is TieredContentStore tiers)
        {
            disk = tiers.Local;
            await StoreMaintenance.PruneAsync(disk, null, MostOnDisk, ct);
        }
        if (disk is not null)
            await disk.SweepAsync(ct);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (StorageException e)
            {
                LogTrouble(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The disk cannot be cleared up now: {Reason}")]
    private partial void LogTrouble(string reason);
}
