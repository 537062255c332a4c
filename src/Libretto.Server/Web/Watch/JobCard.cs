using System.Globalization;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Web.Watch;

/// <summary>A job in a few words, as lists and headings show it.</summary>
public sealed record JobCard(string Id, string Title, string? Artist, string Status, double Pct, string Message, DateTime CreatedAt,
    double? Duration)
{
    /// <summary>Whether it waits or is worked on.</summary>
    public bool IsOpen => Status is JobStatus.Queued or JobStatus.Running;

    public bool IsFailed => Status == JobStatus.Failed;

    public bool CanRetry => Status is JobStatus.Failed or JobStatus.Cancelled;

    internal static JobCard Of(JobMoment moment) => moment.WaitsInVain
        ? Of(moment.Job!) with { Message = "waiting for a worker; none is running" }
        : Of(moment.Job!);

    /// <summary>Whether there are words to sing to.</summary>
    public bool CanPlay { get; init; }

    /// <summary>Whether there is a picture of its cover.</summary>
    public bool HasCover { get; init; }

    internal static JobCard Of(Job job) => new(
        job.Id,
        job.Title ?? job.FileName ?? job.Url ?? "Untitled",
        job.Artist,
        job.Status,
        job.Pct,
        job.Status switch
        {
            JobStatus.Failed => job.ErrorMessage ?? "It failed.",
            JobStatus.Completed => "",
            _ => job.StatusMessage ?? "",
        },
        job.CreatedAt,
        job.Duration) {
            CanPlay = job.DocumentKey is not null && job.ExpiredAt is null, HasCover = job.HasCover && job.ExpiredAt is null,
        };

    public string StatusText => TextOf(Status);

    /// <summary>A state for people.</summary>
    public static string TextOf(string status) => status switch
    {
        JobStatus.Queued => "Waiting",
        JobStatus.Running => "Working",
        JobStatus.Completed => "Ready",
        JobStatus.Failed => "Failed",
        _ => "Cancelled",
    };

    /// <summary>The song's length, such as 3:07.</summary>
    public string? Length => Duration is { } seconds ? Clock(seconds) : null;

    /// <summary>Minutes and seconds.</summary>
    public static string Clock(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / 60}:{(int)seconds % 60:00}");

    /// <summary>How long ago, in words.</summary>
    public static string Ago(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => "just now",
        { TotalMinutes: < 2 } => "a minute ago",
        { TotalHours: < 1 } => $"{(int)age.TotalMinutes} minutes ago",
        { TotalHours: < 2 } => "an hour ago",
        { TotalDays: < 1 } => $"{(int)age.TotalHours} hours ago",
        { TotalDays: < 2 } => "yesterday",
        _ => $"{(int)age.TotalDays} days ago",
    };
}
