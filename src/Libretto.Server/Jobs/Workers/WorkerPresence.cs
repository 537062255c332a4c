using Libretto.Server.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Workers;

/// <summary>
/// A worker's own part in its row: it says that it has come, what it can do, that it lives, and ends when asked or long idle.
/// </summary>
internal sealed partial class WorkerPresence(
    WorkerRegistry workers, WorkerActivity activity, Capabilities capabilities, ServerOptions options, IHostApplicationLifetime lifetime,
    TimeProvider time, ILogger<WorkerPresence> log)
    : BackgroundService
{
    /// <summary>The row that whoever started this process has made for it.</summary>
    public const string IdVariable = "LIBRETTO_WORKER_ID";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private string? _id;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (_id is not null)
                await workers.StopAsync(_id, cancellationToken);
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e))
        {
            // Its silence says the same a little later.
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                _id ??= await RegisterAsync(stoppingToken);
                var isAsked = await workers.BeatAsync(_id, activity.IsBusy, stoppingToken);
                if ((isAsked || activity.Idle > options.IdleExit) && activity.TryClose())
                {
                    LogEnding(isAsked ? "it was asked to" : "it has been idle");
                    lifetime.StopApplication();
                    return;
                }
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private Task<string> RegisterAsync(CancellationToken ct) => workers.RegisterAsync(
        Variable(IdVariable), Variable("FLY_MACHINE_ID"), ProcessName.Value, options.EffectiveLanes, capabilities, ct);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "This worker ends, because {Reason}")]
    private partial void LogEnding(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The table of workers cannot be written now: {Reason}")]
    private partial void LogTrouble(string reason);
}
