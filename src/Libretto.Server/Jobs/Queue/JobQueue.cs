using Hangfire;
using Hangfire.States;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Wakes workers, by Hangfire. A wake-up says only that a lane has one job more; which one is next, the table says. So a lost
/// wake-up costs a moment and a doubled one nothing.
/// </summary>
internal sealed partial class JobQueue(IBackgroundJobClient hangfire, JobStorage storage, ILogger<JobQueue> log)
{
    /// <summary>Tells the workers of a lane. Never throws: if the queue is away, the next scan of the table wakes them.</summary>
    public void Wake(string lane, int times = 1)
    {
        try
        {
            for (var i = 0; i < times; i++)
                hangfire.Create<WakeUp>(call => call.RunAsync(lane, CancellationToken.None), new EnqueuedState(lane));
        }
        catch (Exception e) when (e is BackgroundJobClientException || DatabaseErrors.IsTrouble(e))
        {
            LogDown(lane, e.Message);
        }
    }

    /// <summary>How many wake-ups wait in a lane.</summary>
    public long Waiting(string lane) => storage.GetMonitoringApi().EnqueuedCount(lane);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queue {Lane} cannot be reached ({Reason}); its jobs begin with the next scan")]
    private partial void LogDown(string lane, string reason);
}
