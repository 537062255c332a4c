using Hangfire;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Takes the next job of a lane, if there is one, and brings it to an end.</summary>
internal delegate Task WorkOnNext(string lane, CancellationToken shutdown);

/// <summary>What Hangfire calls: a lane has one job more. Which one is next, the table says.</summary>
internal sealed partial class WakeUp(WorkOnNext work, ILogger<WakeUp> log)
{
    [AutomaticRetry(Attempts = 0)]
    public async Task RunAsync(string lane, CancellationToken shutdown)
    {
        try
        {
            await work(lane, shutdown);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            // This process stops; whoever runs next looks into the table.
        }
        catch (Exception e)
        {
            LogFailed(e, lane);
            throw;
        }
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "A worker of the lane {Lane} failed outside of any job; the next scan of the table wakes another")]
    private partial void LogFailed(Exception e, string lane);
}
