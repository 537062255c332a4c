namespace Libretto.Server.Data.Entities;

/// <summary>
/// An entry of <c>progress_log</c>: how a step of the job stands. There is one entry a step and run; a job that was retried or
/// taken over has those of the earlier runs before it.
/// </summary>
/// <param name="Step">acquire, separate, transcribe, align or publish.</param>
/// <param name="Status">See <see cref="StepStatus"/>.</param>
/// <param name="Percentage">The job's pct when the entry last changed.</param>
/// <param name="Message">What happens or happened, for people.</param>
/// <param name="Timestamp">When the step began.</param>
/// <param name="Duration">Seconds it has taken.</param>
internal sealed record JobStep(string Step, string Status, double Percentage, string Message, DateTime Timestamp, double Duration)
{
    /// <summary>The steps in their order.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<Stage>().Select(name => name.ToLowerInvariant())];

    /// <summary>The method of what was not done because its result was there already.</summary>
    public const string Cache = "cache";

    /// <summary>How it was done: an engine or model, or <see cref="Cache"/>; null while unknown.</summary>
    public string? Method { get; init; }

    /// <summary>What it cost by the engine's published price, US dollars; null where it cost nothing or no price is known.</summary>
    public double? Cost { get; init; }

    /// <summary>What its user should know of the song and the given lyrics, in sentences; null where there is nothing to say.</summary>
    public IReadOnlyList<string>? Notices { get; init; }

    /// <summary>What steps have cost in all, US dollars, those of tries that failed among them; null where nothing is known.</summary>
    public static double? CostOf(IEnumerable<JobStep> steps) =>
        steps.Where(step => step.Cost is not null).ToList() is { Count: > 0 } paid ? paid.Sum(step => step.Cost) : null;

    /// <summary>Seconds that workers have spent on a job by its steps: the download's and those of tries that failed among them.</summary>
    public static double SecondsOf(IEnumerable<JobStep> steps) => Math.Round(steps.Sum(step => step.Duration), 3);
}
