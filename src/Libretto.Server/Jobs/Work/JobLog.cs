using Libretto.Pipeline;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs.Work;

/// <summary>Keeps a job's <c>progress_log</c> and pct while it is worked on: acquire 0-30, the stages 30-95, publish 95-100.</summary>
internal sealed class JobLog
{
    // 100 is for the statement that completes the job.
    private const double Almost = 99;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly List<JobStep> _steps;
    private bool _isOpen;
    private long _openedAt;

    public JobLog(Job job, TimeProvider time)
    {
        _time = time;
        Pct = job.Pct;
        Message = job.StatusMessage ?? "";
        _steps = [.. job.ProgressLog.Select(step => step.Status == StepStatus.Running
            ? step with { Status = StepStatus.Failed, Message = "interrupted: its worker stopped" }
            : step)];
    }

    public double Pct { get; private set; }

    public string Stage { get; private set; } = "";

    public string Message { get; private set; }

    public IReadOnlyList<JobStep> Steps
    {
        get
        {
            lock (_lock)
                return [.. _steps];
        }
    }

    /// <summary>How all stands at one moment.</summary>
    public JobProgress Snapshot()
    {
        lock (_lock)
            return new JobProgress(Pct, Stage, Message, [.. _steps]);
    }

    /// <summary>Where in the whole a stage's share lies.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="fraction">For publish and acquire, of the stage; for the others, of all the work between: 0 to 1.</param>
    public static double PctOf(Stage stage, double fraction)
    {
        var step = stage switch
        {
            Libretto.Stage.Acquire => WorkStep.Download,
            Libretto.Stage.Publish => WorkStep.Publish,
            _ => WorkStep.Work,
        };
        return Math.Round(Math.Min(Almost, 100 * ProgressPlan.Job.At(step, fraction)), 1);
    }

    /// <summary>Notes progress; returns whether anything that watchers see has changed.</summary>
    /// <param name="stage">The step.</param>
    /// <param name="fraction">See <see cref="PctOf"/>.</param>
    /// <param name="message">What is done.</param>
    /// <param name="method">How, once it is known.</param>
    public bool Note(Stage stage, double fraction, string message, string? method = null)
    {
        lock (_lock)
        {
            var pct = Math.Max(Pct, PctOf(stage, fraction));
            var name = stage.ToString().ToLowerInvariant();
            if (_isOpen && name == Stage && pct == Pct && message == Message && (method ?? _steps[^1].Method) == _steps[^1].Method)
                return false;
            if (!_isOpen || name != Stage)
            {
                Close(StepStatus.Completed, null);
                _steps.Add(new JobStep(name, StepStatus.Running, pct, message, _time.GetUtcNow().UtcDateTime, 0));
                (_isOpen, _openedAt) = (true, _time.GetTimestamp());
            }
            (Pct, Stage, Message) = (pct, name, message);
            _steps[^1] = _steps[^1] with
            {
                Percentage = pct,
                Message = message,
                Method = method ?? _steps[^1].Method,
                Duration = Elapsed,
            };
            return true;
        }
    }

    /// <summary>Notes what the user should know, once, with the step at hand; returns whether it is new.</summary>
    public bool Notice(string notice)
    {
        lock (_lock)
        {
            if (!_isOpen || _steps.Any(step => step.Notices?.Contains(notice) == true))
                return false;
            _steps[^1] = _steps[^1] with { Notices = [.. _steps[^1].Notices ?? [], notice] };
            return true;
        }
    }

    /// <summary>Notes what the last run of a step cost.</summary>
    /// <param name="stage">The step.</param>
    /// <param name="dollars">US dollars; nothing is noted when null.</param>
    public void Cost(Stage stage, double? dollars)
    {
        if (dollars is null)
            return;
        var name = stage.ToString().ToLowerInvariant();
        lock (_lock)
        {
            if (_steps.FindLastIndex(step => step.Step == name) is >= 0 and var index)
                _steps[index] = _steps[index] with { Cost = Math.Round(dollars.Value, 6) };
        }
    }

    /// <summary>Ends the step at hand.</summary>
    public void End(string status, string? message)
    {
        lock (_lock)
            Close(status, message);
    }

    private void Close(string status, string? message)
    {
        if (!_isOpen)
            return;
        var last = _steps[^1];
        _steps[^1] = last with
        {
            Status = status,
            Message = message ?? last.Message,
            Duration = Elapsed,
            Percentage = status == StepStatus.Completed && last.Step == "publish" ? 100 : last.Percentage,
        };
        _isOpen = false;
    }

    // Not by the time of day, which may be put forward or back meanwhile.
    private double Elapsed => Math.Round(_time.GetElapsedTime(_openedAt).TotalSeconds, 3);
}
