using System.Globalization;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Libretto.Server.Api;

/// <summary><c>/api/jobs/{id}/steps</c>: how each step stands, in words a person understands.</summary>
internal static class StepsApi
{
    public static void Map(RouteGroupBuilder jobs) => jobs.MapGet("/{id}/steps", GetAsync).WithName("GetSteps")
        .WithSummary("A job, step by step");

    private static async Task<Ok<StepsView>> GetAsync(
        string id, Caller caller, JobStore store, StageTimes times, TimeProvider time, CancellationToken ct)
    {
        var job = await JobsApi.FindAsync(id, caller, store, ct);
        return TypedResults.Ok(StepsView.Of(job, await times.AllAsync(ct), time.GetUtcNow().UtcDateTime));
    }
}

/// <summary>A job's steps in their order, whether begun or not.</summary>
internal sealed record StepsView(string Id, string Status, double Pct, string? StatusMessage, IReadOnlyList<StepView> Steps)
{
    public static StepsView Of(Job job, IReadOnlyList<StageTime> times, DateTime now)
    {
        // The last entry of a step tells how it stands; an earlier run may have left others.
        var latest = job.ProgressLog.GroupBy(step => step.Step).ToDictionary(group => group.Key, group => AsOne([.. group]));
        var lastBegun = JobStep.Names.Select((name, index) => latest.ContainsKey(name) ? index : -1).Max();
        var steps = JobStep.Names.Select((name, index) => latest.TryGetValue(name, out var step)
            ? Begun(job, step, times, now)
            : NotBegun(job, name, isExpected: IsExpected(job, name, index < lastBegun), times)).ToList();
        return new StepsView(job.Id, job.Status, job.Pct, job.StatusMessage, steps);
    }

    // Seconds between two reports of a step at work.
    private const double LongestSilence = 60;

    /// <summary>
    /// A step that was done in parts, such as a download and the reading of what came: the first part speaks for it, with the time of all.
    /// </summary>
    private static JobStep AsOne(IReadOnlyList<JobStep> entries)
    {
        var parts = entries.Where(entry => entry.Status == StepStatus.Completed).ToList();
        return entries[^1].Status != StepStatus.Completed
            ? entries[^1]
            : parts[0] with
            {
                Percentage = entries[^1].Percentage,
                Duration = Math.Round(parts.Sum(part => part.Duration), 3),
                Notices = parts.SelectMany(part => part.Notices ?? []).ToList() is { Count: > 0 } notices ? notices : null,
            };
    }

    /// <summary>How a step was done and, where that is known, what it cost.</summary>
    private static string? Done(Job job, JobStep step) => step.Cost is { } dollars
        ? string.Create(CultureInfo.InvariantCulture, $"{Wording.Method(step.Method, job.Worker)}, ${dollars:0.0000##}")
        : Wording.Method(step.Method, job.Worker);

    private static StepView Begun(Job job, JobStep step, IReadOnlyList<StageTime> times, DateTime now)
    {
        if (step.Status != StepStatus.Running || job.Status != JobStatus.Running)
            return View(step.Duration, Done(job, step), null);
        // Its worker's clock may be far from this one's.
        var elapsed = Math.Round(Math.Clamp((now - step.Timestamp).TotalSeconds, step.Duration, step.Duration + LongestSilence), 3);
        var estimate = job.Duration is { } length ? StageTimes.Estimate(step.Step, step.Method, job.Worker, length, elapsed, times) : null;
        return View(elapsed, Wording.Method(step.Method, job.Worker), estimate);

        StepView View(double seconds, string? how, TimeEstimate? left) =>
            new(step.Step, step.Status, step.Percentage, step.Message, step.Timestamp, seconds, step.Method, how, left,
                Wording.Left(left)) { Notices = step.Notices };
    }

    /// <summary>
    /// Whether a step that has not begun will. Stems may come after everything else; times are made where lyrics are given.
    /// </summary>
    private static bool IsExpected(Job job, string name, bool isPassed) => !JobStatus.IsFinal(job.Status) && name switch
    {
        "separate" => job.Options.Stems == true || (!isPassed && job.Options.Separate is "auto" or "always"),
        "align" => !isPassed && job.LyricsKey is not null,
        _ => !isPassed,
    };

    private static StepView NotBegun(Job job, string name, bool isExpected, IReadOnlyList<StageTime> times)
    {
        var estimate = isExpected && job.Duration is { } length ? StageTimes.Estimate(name, null, null, length, 0, times) : null;
        var (status, message) = !isExpected ? (StepStatus.Skipped, job.Status is JobStatus.Failed or JobStatus.Cancelled ? "not reached"
            : "not needed") : (StepStatus.Pending, "waits for the steps before");
        return new StepView(name, status, null, message, null, 0, null, null, estimate, Wording.Left(estimate));
    }
}

/// <summary>One step.</summary>
/// <param name="Step">acquire, separate, transcribe, align or publish.</param>
/// <param name="Status">pending, running, completed, skipped or failed.</param>
/// <param name="Percentage">The job's pct when it last moved; null before it began.</param>
/// <param name="Message">What happens or happened.</param>
/// <param name="Timestamp">When it began.</param>
/// <param name="Duration">Seconds it has taken so far.</param>
/// <param name="Method">How it was done, for programs.</param>
/// <param name="MethodText">How it was done, for people.</param>
/// <param name="Estimate">Seconds left, as a range; null while nothing is known.</param>
/// <param name="EstimateText">The same for people.</param>
public sealed record StepView(
    string Step,
    string Status,
    double? Percentage,
    string Message,
    DateTime? Timestamp,
    double Duration,
    string? Method,
    string? MethodText,
    TimeEstimate? Estimate,
    string? EstimateText)
{
    /// <summary>What its user should know of the song and the given lyrics, in sentences; null where there is nothing to say.</summary>
    public IReadOnlyList<string>? Notices { get; init; }
}

/// <summary>Words for people.</summary>
internal static class Wording
{
    /// <param name="method">As the step has it.</param>
    /// <param name="worker">The worker's name, as the job has it.</param>
    public static string? Method(string? method, string? worker) => method switch
    {
        null => null,
        JobStep.Cache => "found in the cache",
        "download" => "downloaded",
        "upload" => "uploaded",
        "attention" => $"{Place(worker)}: by attention",
        "ctc" => $"{Place(worker)}: letter by letter",
        _ => method.Split('/', 2) switch
        {
            ["whisper", var model] => $"{Place(worker)}: {model}",
            ["moonshine", var size] => $"{Place(worker)}: moonshine-{size}",
            [var host, var model] => $"{host}: {model}",
            _ => $"{Place(worker)}: {method}",
        },
    };

    /// <summary>Where a worker works: on the machine that is asked, or on another, by its name.</summary>
    private static string Place(string? worker) => worker?.Split(':')[0] is { } machine && machine != Environment.MachineName
        ? $"worker {machine}" : "this machine";

    /// <summary>A range while uncertain, one number once it hardly matters.</summary>
    public static string? Left(TimeEstimate? estimate) => estimate switch
    {
        null => null,
        { High: < 1 } => "a moment",
        { Low: var low, High: var high } when high - low < Math.Max(2, high / 4) => $"about {Seconds(estimate.Likely)}",
        { Low: < 1 } => $"up to {Seconds(estimate.High)}",
        _ => $"{Seconds(estimate.Low)} to {Seconds(estimate.High)}",
    };

    private static string Seconds(double value) => value < 90
        ? value.ToString("0", CultureInfo.InvariantCulture) + " s"
        : (value / 60).ToString("0.#", CultureInfo.InvariantCulture) + " min";
}
