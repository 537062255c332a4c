using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Security;

/// <summary>Without API keys nobody but this machine may come in.</summary>
internal static partial class ListenGuard
{
    /// <summary>Refuses an address that others can reach while there are no keys.</summary>
    public static async Task<bool> CheckAsync(IServiceProvider services, ServerOptions options, CancellationToken ct)
    {
        var hasKeys = await services.GetRequiredService<ApiKeys>().AreInUseAsync(ct);
        return !hasKeys && options.ServesApi && options.EffectiveUrls.FirstOrDefault(url => !IsLoopback(url)) is { } open
            ? throw ServerException.NotWithoutKeys(open)
            : hasKeys;
    }

    /// <summary>Says where the server is and who may come in.</summary>
    public static void Announce(IServiceProvider services, ServerOptions options, bool hasKeys)
    {
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Libretto.Server");
        foreach (var variable in ServerSettings.Unknown(Environment.GetEnvironmentVariables().Keys.Cast<string>()))
            LogUnknown(log, variable);
        var urls = string.Join(", ", options.EffectiveUrls);
        if (options.EffectiveUrls.Count == 0)
            LogWorker(log, options.EffectiveLanes);
        else if (hasKeys)
            LogWithKeys(log, urls);
        else
            LogWithoutKeys(log, urls);
    }

    private static bool IsLoopback(string url)
    {
        var host = url[(url.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/')[0];
        host = host.StartsWith('[') ? host[1..host.IndexOf(']', StringComparison.Ordinal)] : host.Split(':')[0];
        return Loopback.Is(host);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "{Variable} is set but is no setting of Libretto: docs/server.md and docs/settings.md list them")]
    private static partial void LogUnknown(ILogger log, string variable);

    [LoggerMessage(Level = LogLevel.Information, Message = "Working in lane {Lanes}")]
    private static partial void LogWorker(ILogger log, IReadOnlyList<string> lanes);

    [LoggerMessage(Level = LogLevel.Information, Message = "Listening on {Urls}; API keys are needed")]
    private static partial void LogWithKeys(ILogger log, string urls);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Listening on {Urls}, for this machine only, since there are no API keys (libretto keys create)")]
    private static partial void LogWithoutKeys(ILogger log, string urls);
}
