using Libretto.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>Looks after a store beyond the network: is it there at the start, and does it get what could not be sent before.</summary>
internal sealed partial class StoreUploads(IContentStore store, TimeProvider time, ILogger<StoreUploads> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    /// <summary>Refuses to start where the store never can work, such as with wrong keys; one that is merely down may come.</summary>
    /// <exception cref="StorageException">Keys, bucket or address are wrong, or the disk cannot be written.</exception>
    public async Task CheckAsync(CancellationToken ct)
    {
        try
        {
            await store.CheckAsync(ct);
        }
        catch (StorageException e) when (e is { IsRemote: true, IsTransient: true })
        {
            LogAway(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (store is not TieredContentStore tiers)
            return;
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (await tiers.SendUnsentAsync(stoppingToken) is { Sent: > 0 } done)
                    LogSent(done.Sent, store.Name, done.Waiting);
            }
            catch (StorageException e)
            {
                LogTrouble(e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason} Results stay on this machine's disk until then")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sent} content(s) were sent late to {Store}; {Waiting} wait")]
    private partial void LogSent(int sent, string store, int waiting);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits for the store cannot be read: {Reason}")]
    private partial void LogTrouble(string reason);
}
