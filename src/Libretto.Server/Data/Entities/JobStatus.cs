namespace Libretto.Server.Data.Entities;

/// <summary>The values of <c>jobs.status</c>.</summary>
internal static class JobStatus
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";

    public static IReadOnlyList<string> All { get; } = [Queued, Running, Completed, Failed, Cancelled];

    /// <summary>Whether nothing more will happen by itself.</summary>
    public static bool IsFinal(string status) => status is Completed or Failed or Cancelled;
}

/// <summary>The values of <c>jobs.lane</c>: what kind of machine a job waits for.</summary>
internal static class Lane
{
    /// <summary>Work that waits for the network: downloads, hosted engines.</summary>
    public const string Io = "io";

    /// <summary>Work that computes: separation, local engines.</summary>
    public const string Compute = "compute";

    public static IReadOnlyList<string> All { get; } = [Io, Compute];
}

/// <summary>The states of a step in <c>progress_log</c>.</summary>
internal static class StepStatus
{
    public const string Pending = "pending";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Skipped = "skipped";
    public const string Failed = "failed";
}
