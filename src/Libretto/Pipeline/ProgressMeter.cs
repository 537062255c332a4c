using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline.Memo;

namespace Libretto.Pipeline;

/// <summary>Turns the progress of single steps into that of the whole song, with the time left.</summary>
internal sealed class ProgressMeter(IProgress<SongProgress>? listener, ProgressPlan plan, TimeProvider time)
{
    // Sooner, the share says too little about the rest.
    private const double LeastShareForEstimate = 0.03;

    private Stage _stage;
    private string _message = "";
    private string? _method;
    private double _from, _to, _fraction;
    private long _entered;

    /// <summary>The steps that are expected; may change while none of the steps it changes has begun.</summary>
    public ProgressPlan Plan { get; set; } = plan;

    /// <summary>One for another work on the same song.</summary>
    public ProgressMeter For(IProgress<SongProgress>? other, ProgressPlan itsPlan) => new(other, itsPlan, time);

    /// <summary>Begins a step.</summary>
    /// <param name="step">The step. One that was not planned shows no progress.</param>
    /// <param name="message">What is done, in a few words.</param>
    /// <param name="method">How; null while unknown.</param>
    public void Enter(WorkStep step, string message, string? method = null)
    {
        (_stage, _message, _method) = (ProgressPlan.StageOf(step), message, method);
        (_from, _to) = Plan.Contains(step) ? Plan.ShareOf(step) : (_fraction, _fraction);
        _entered = time.GetTimestamp();
        Report(0);
    }

    /// <summary>Says how the step is done, once that is known.</summary>
    public void By(string method)
    {
        _method = method;
        listener?.Report(Now());
    }

    /// <summary>The step has nothing to do: its result was kept from an earlier time.</summary>
    public void Found(string message)
    {
        (_message, _method) = (message, StageMemo.Method);
        Report(1);
    }

    /// <summary>The share of the step that is done, 0 to 1.</summary>
    public void Report(double share)
    {
        _fraction = Math.Max(_fraction, _from + (_to - _from) * Math.Clamp(share, 0, 1));
        listener?.Report(Now() with { Remaining = share > LeastShareForEstimate ? Remaining(share) : null });
    }

    /// <summary>The step as a listener of its own.</summary>
    public IProgress<double> Step() => new SynchronousProgress<double>(Report);

    /// <summary>The step waits for something; null when it goes on.</summary>
    public void Waiting(string? what) => listener?.Report(Now() with { Message = what ?? _message });

    /// <summary>A download is no share of the song.</summary>
    public void Fetching(ModelProgress model) => listener?.Report(Now() with { Model = model });

    public void LineRecognized(LyricsLine line) => listener?.Report(Now() with { Line = line });

    public void Notice(string notice) => listener?.Report(Now() with { Notice = notice });

    private SongProgress Now() => new(_stage, _fraction, _message) { Method = _method };

    /// <summary>As long as the step's rest takes at its pace so far; steps after it are short.</summary>
    private TimeSpan Remaining(double share) => time.GetElapsedTime(_entered) * ((1 - share) / share);
}
