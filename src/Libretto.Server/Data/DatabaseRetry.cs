using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace Libretto.Server.Data;

/// <summary>For what must get into the database even if it is away for a while: tried every second until it is back.</summary>
internal sealed partial class DatabaseRetry
{
    private readonly ResiliencePipeline _pipeline;
    private readonly ILogger<DatabaseRetry> _log;

    public DatabaseRetry(TimeProvider time, ILogger<DatabaseRetry> log)
    {
        _log = log;
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = int.MaxValue,
                Delay = TimeSpan.FromSeconds(1),
                ShouldHandle = new PredicateBuilder().Handle<Exception>(DatabaseErrors.IsTrouble),
                OnRetry = attempt =>
                {
                    LogTrouble(attempt.Outcome.Exception!.Message);
                    return default;
                },
            })
            .Build();
    }

    /// <summary>Runs a statement until the database has taken it; errors that are not the database's come out at once.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> statement) =>
        await _pipeline.ExecuteAsync(async _ => await statement(), CancellationToken.None);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be used now: {Reason}")]
    private partial void LogTrouble(string reason);
}
