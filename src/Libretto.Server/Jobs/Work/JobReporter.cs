using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// What a running job has to say of itself while the work goes on: <see cref="ProgressWriter"/> writes it. Stops the work when the job is
/// cancelled or has been given to another worker.
/// </summary>
internal sealed class JobReporter : IDisposable
{
    private readonly JobLog _jobLog;
    private readonly ProgressWriter _writer;
    private readonly HeldJobs _held;
    private readonly JobChanges.Watch _watch;
    private readonly CancellationTokenSource _lost = new();
    private readonly HeardLines _heard = new();
    private bool _isStopped;
    private bool _hasSpoken;

    public JobReporter(Job job, JobLog jobLog, ProgressWriter writer, HeldJobs held, JobChanges changes)
    {
        (Job, _jobLog, _writer, _held) = (job, jobLog, writer, held);
        _watch = changes.Start(job.Id);
        _watch.CancelRequested += Lose;
        held.Add(job, Lose);
    }

    public Job Job { get; }

    /// <summary>Cancelled when the job is cancelled, or no longer this worker's.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>How all stands at this moment.</summary>
    public JobProgress Snapshot() => _jobLog.Snapshot() with { Heard = _heard.ToJson() };

    /// <summary>Notes progress; returns at once.</summary>
    public void Report(Stage stage, double fraction, string message, string? method = null)
    {
        if (_jobLog.Note(stage, fraction, message, method))
            Tell();
    }

    /// <summary>Notes what the user should know; returns at once.</summary>
    public void Notice(string notice)
    {
        if (_jobLog.Notice(notice))
            Tell();
    }

    /// <summary>Notes a line as it was heard; returns at once.</summary>
    public void Heard(LyricsLine line)
    {
        _heard.Add(line);
        Tell();
    }

    /// <summary>
    /// Says no more. What is on its way to the table changes nothing after the job's last state, for which the claim is void.
    /// </summary>
    public void Stop()
    {
        lock (_lost)
            _isStopped = true;
        _held.Remove(Job);
        _writer.Forget(this);
    }

    public void Dispose()
    {
        // First of all: a call that is on its way would find what follows disposed of.
        _watch.CancelRequested -= Lose;
        _watch.Dispose();
        Stop();
        _lost.Dispose();
    }

    private void Tell()
    {
        lock (_lost)
        {
            if (_isStopped)
                return;
            _writer.Changed(this, isFirst: !_hasSpoken);
            _hasSpoken = true;
        }
    }

    private void Lose()
    {
        lock (_lost)
            if (!_isStopped)
                _lost.Cancel();
    }
}
