using Libretto.Lyrics;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// Writes a running job's progress into its row while the work goes on, at most every 100 ms, with a heartbeat when nothing
/// moves; stops the work when the job is cancelled or has been given to another worker.
/// </summary>
internal sealed partial class JobReporter : IAsyncDisposable
{
    private static readonly TimeSpan Throttle = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(700);

    private readonly Job _job;
    private readonly JobLog _jobLog;
    private readonly JobClaims _claims;
    private readonly ILogger _log;
    private readonly JobChanges.Watch _watch;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly Task _loop;
    private readonly HeardLines _heard = new();
    private bool _isOver;

    public JobReporter(Job job, JobLog jobLog, JobClaims claims, ILogger log)
    {
        (_job, _jobLog, _claims, _log) = (job, jobLog, claims, log);
        _watch = claims.Watch(job);
        _watch.CancelRequested += Lose;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Cancelled when the job is cancelled, or no longer this worker's.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Notes progress; returns at once.</summary>
    public void Report(Stage stage, double fraction, string message, string? method = null)
    {
        if (_jobLog.Note(stage, fraction, message, method))
            Wake();
    }

    /// <summary>Notes what the user should know; returns at once.</summary>
    public void Notice(string notice)
    {
        if (_jobLog.Notice(notice))
            Wake();
    }

    /// <summary>Notes a line as it was heard; returns at once.</summary>
    public void Heard(LyricsLine line)
    {
        _heard.Add(line);
        Wake();
    }

    /// <summary>Stops writing, so that nothing comes after the job's last state.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        // First of all: a call that is on its way would find what follows disposed of.
        _watch.CancelRequested -= Lose;
        _watch.Dispose();
        await StopAsync();
        lock (_lost)
            _isOver = true;
        _changed.Dispose();
        _stop.Dispose();
        _lost.Dispose();
    }

    private async Task LoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var isChanged = await _changed.WaitAsync(Heartbeat, _stop.Token);
                var (pct, stage, message, steps) = _jobLog.Snapshot();
                var isHeld = isChanged
                    ? await _claims.ReportAsync(_job, pct, stage, message, steps, _heard.ToJson(), CancellationToken.None)
                    : await _claims.BeatAsync(_job, CancellationToken.None);
                if (!isHeld)
                    Lose();
                await Task.Delay(Throttle, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                // The work goes on: if the database stays away for long, another worker may take the job, and our claim is void.
                LogTrouble(_job.Id, e.Message);
            }
        }
    }

    private void Wake()
    {
        lock (_changed)
            if (_changed.CurrentCount == 0)
                _changed.Release();
    }

    private void Lose()
    {
        lock (_lost)
            if (!_isOver && !_stop.IsCancellationRequested)
                _lost.Cancel();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: its progress cannot be written ({Reason}); the work goes on")]
    private partial void LogTrouble(string jobId, string reason);
}
