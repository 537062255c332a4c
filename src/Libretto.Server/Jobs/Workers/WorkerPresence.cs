using Libretto.Server.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Workers;

/// <summary>
/// A worker's own part in its row: it says that it has come, what it can do, that it lives, and ends when asked or long idle. One heartbeat
/// is for the process and all of its jobs; the answer says which of them it has lost, and in which lanes something may wait.
/// </summary>
internal sealed partial class WorkerPresence(
    WorkerRegistry workers, WorkerActivity activity, HeldJobs held, LaneSignals signals, ReportPace pace, Capabilities capabilities,
    Notices notices, ServerOptions options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkerPresence> log)
    : BackgroundService
{
    /// <summary>The row that whoever started this process has made for it.</summary>
    public const string IdVariable = "LIBRETTO_WORKER_ID";

    // It costs nothing to look whether it is time for a heartbeat.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ChangesApart = TimeSpan.FromSeconds(1);

    private string? _id;
    private long _beatAt;
    private bool _wasBusy;
    private volatile bool _isCalled;

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
        using var timer = new PeriodicTimer(Look, time);
        notices.Heard += Hear;
        var isAsked = false;
        do
        {
            try
            {
                if (_id is null)
                {
                    _id = await RegisterAsync(stoppingToken);
                    isAsked = await BeatAsync(_id, stoppingToken);
                }
                else if (IsTime())
                {
                    isAsked = await BeatAsync(_id, stoppingToken);
                }
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

    /// <summary>
    /// With jobs often enough that none is taken away, for which reports of their progress will do as well; else just often enough to count
    /// as there, and when the one becomes the other.
    /// </summary>
    private bool IsTime()
    {
        var since = time.GetElapsedTime(_beatAt);
        var isBusy = activity.IsBusy;
        return _isCalled || since >= options.TakeOverAfter || held.IsSilent(options.TakeOverAfter / 4) ||
            (isBusy != _wasBusy && since >= ChangesApart);
    }

    private async Task<bool> BeatAsync(string id, CancellationToken ct)
    {
        (_isCalled, _wasBusy) = (false, activity.IsBusy);
        var jobs = held.All;
        await held.Writing.WaitAsync(ct);
        try
        {
            var orders = await workers.BeatAsync(id, _wasBusy, options.EffectiveLanes, jobs, ct);
            held.KeepOnly(jobs, orders.Held);
            pace.Busy(orders.Busy);
            foreach (var lane in orders.Waiting)
                signals.Signal(lane);
            return orders.Drain;
        }
        finally
        {
            _beatAt = time.GetTimestamp();
            held.Writing.Release();
        }
    }

    private void Hear(string channel, string text) => _isCalled |= channel == Notices.Workers && text == WorkerRegistry.Drains + _id;

    private Task<string> RegisterAsync(CancellationToken ct) => workers.RegisterAsync(
        Variable(IdVariable), Variable("FLY_MACHINE_ID"), ProcessName.Value, options.EffectiveLanes, capabilities, ct);

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "This worker ends, because {Reason}")]
    private partial void LogEnding(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The table of workers cannot be written now: {Reason}")]
    private partial void LogTrouble(string reason);
}
