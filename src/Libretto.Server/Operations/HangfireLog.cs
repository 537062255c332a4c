using Hangfire.AspNetCore;
using Hangfire.Logging;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Operations;

/// <summary>
/// Hangfire's log goes into the server's. Hangfire keeps it for the whole process, beyond the host that gave it; a host that has ended
/// has no log any more, and what is said then is dropped.
/// </summary>
internal sealed class HangfireLog(ILoggerFactory loggers) : ILogProvider
{
    private readonly AspNetCoreLogProvider _provider = new(loggers);

    public ILog GetLogger(string name) => new EachTime(_provider, name);

    private sealed class EachTime(AspNetCoreLogProvider provider, string name) : ILog
    {
        public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception)
        {
            try
            {
                return provider.GetLogger(name).Log(logLevel, messageFunc, exception);
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }
    }
}
