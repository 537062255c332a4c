using Microsoft.Extensions.Logging;

namespace Libretto.Models;

internal static partial class ModelLog
{
    [LoggerMessage(LogLevel.Information, "Installed the model {Name} from {Origin} in {Folder}")]
    public static partial void Installed(ILogger logger, string name, string origin, string folder);

    [LoggerMessage(LogLevel.Information, "{Reason}; trying again in {Pause}")]
    public static partial void Retrying(ILogger logger, string reason, TimeSpan pause);

    [LoggerMessage(LogLevel.Information, "A source of {Name} failed: {Reason}")]
    public static partial void SourceFailed(ILogger logger, string name, string reason);

    [LoggerMessage(LogLevel.Warning, "The graphics card is not used, the processor computes instead: {Reason}")]
    public static partial void NoCard(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Warning, "{File} does not run on the graphics card, the processor computes it instead: {Reason}")]
    public static partial void NotOnCard(ILogger logger, string file, string reason);
}
