using System.Collections.Concurrent;
using System.Threading.Channels;
using Libretto.Server.Data;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// Writes how far this process's jobs are, all in one statement: a job's first change at once, then whatever has changed at most twice a
/// second, and less often where many processes are at work (<see cref="ReportPace"/>).
/// </summary>
internal sealed partial class ProgressWriter(
    JobClaims claims, HeldJobs held, ReportPace pace, TimeProvider time, ILogger<ProgressWriter> log)
    : BackgroundService
{
    private readonly ConcurrentDictionary<JobReporter, bool> _changed = new();
    private readonly Channel<bool> _any = OneSignal();
    private readonly Channel<bool> _first = OneSignal();

    /// <summary>What a job's reporter has to say has changed; returns at once.</summary>
    public void Changed(JobReporter reporter, bool isFirst)
    {
        _changed[reporter] = true;
        _any.Writer.TryWrite(true);
        if (isFirst)
            _first.Writer.TryWrite(true);
    }

    /// <summary>It has nothing more to say.</summary>
    public void Forget(JobReporter reporter) => _changed.TryRemove(reporter, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _any.Reader.ReadAsync(stoppingToken);
            _first.Reader.TryRead(out _);
            await WriteAsync();
            using var apart = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(Task.Delay(pace.Apart, time, apart.Token), _first.Reader.ReadAsync(apart.Token).AsTask());
            await apart.CancelAsync();
        }
    }

    private async Task WriteAsync()
    {
        var reporters = _changed.Keys.Where(reporter => _changed.TryRemove(reporter, out _)).ToList();
        if (reporters.Count == 0)
            return;
        await held.Writing.WaitAsync();
        try
        {
            var ids = await claims.ReportAsync(
                [.. reporters.Select(reporter => (reporter.Job, reporter.Snapshot()))], CancellationToken.None);
            held.KeepOnly(reporters.Select(reporter => reporter.Job), ids);
        }
        catch (Exception e) when (DatabaseErrors.IsTrouble(e))
        {
            // The work goes on: if the database stays away for long, another worker may take a job, and our claim is void.
            LogTrouble(reporters.Count, e.Message);
            foreach (var reporter in reporters)
                Changed(reporter, isFirst: false);
        }
        finally
        {
            held.Writing.Release();
        }
    }

    private static Channel<bool> OneSignal() =>
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    [LoggerMessage(Level = LogLevel.Warning, Message = "Progress of {Count} job(s) cannot be written ({Reason}); the work goes on")]
    private partial void LogTrouble(int count, string reason);
}
