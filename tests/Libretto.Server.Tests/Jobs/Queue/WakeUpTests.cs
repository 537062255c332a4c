using Libretto.Server.Jobs.Queue;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Tests.Jobs.Queue;

public class WakeUpTests
{
    [Fact]
    public async Task What_a_worker_throws_is_in_the_log()
    {
        var log = new Lines();
        var call = new WakeUp((_, _) => throw new IOException("no space left on the device"), log);

        await Assert.ThrowsAsync<IOException>(() => call.RunAsync("compute", TestContext.Current.CancellationToken));

        Assert.Contains("no space left on the device", Assert.Single(log.Errors).Message, StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<WakeUp>
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
