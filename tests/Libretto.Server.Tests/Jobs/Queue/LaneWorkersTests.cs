using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Server.Tests.Jobs.Queue;

public class LaneWorkersTests
{
    [Fact]
    public async Task What_a_worker_throws_is_in_the_log_and_it_goes_on()
    {
        var log = new Lines();
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(1) };
        using var workers = new LaneWorkers(
            (_, _) => throw new IOException("no space left on the device"), new LaneSignals(), new ServerOptions { DataFolder = "" }, time, log);

        var again = workers.TryWorkAsync(Lane.Compute, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(await again);
        Assert.Contains("no space left on the device", Assert.Single(log.Errors).Message, StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<LaneWorkers>
    {
        public List<Exception> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Error)
                Errors.Add(exception!);
        }
    }
}
