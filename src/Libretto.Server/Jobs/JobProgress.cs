using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs;

/// <summary>How far a job is, at one moment.</summary>
/// <param name="Pct">0 to 100.</param>
/// <param name="Stage">The step at hand.</param>
/// <param name="Message">What is done, for people.</param>
/// <param name="Steps">The steps so far.</param>
/// <param name="Heard">The lines heard so far, as JSON; null where nothing new was.</param>
internal sealed record JobProgress(double Pct, string Stage, string Message, IReadOnlyList<JobStep> Steps, string? Heard = null);
