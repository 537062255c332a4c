using Libretto.Lyrics;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Jobs;

/// <summary>A job as clients see it: the table's columns under their own names, and where the rest is.</summary>
internal sealed record JobView
{
    public required string Id { get; init; }
    public string? Url { get; init; }
    public string? VideoId { get; init; }
    public string? Title { get; init; }
    public string? Artist { get; init; }
    public string? FileName { get; init; }

    /// <summary>The list that it came with.</summary>
    public string? ListId { get; init; }
    public required JobOptions Options { get; init; }
    public required string Status { get; init; }
    public required double Pct { get; init; }
    public string? StatusMessage { get; init; }
    public string? CurrentStage { get; init; }
    public string? ProcessingMethod { get; init; }
    public double? ProcessingTimeSeconds { get; init; }

    /// <summary>
    /// What its engines cost by their published prices, US dollars, all runs together; null where nothing is known to have cost.
    /// </summary>
    public double? Cost { get; init; }
    public required IReadOnlyList<JobStep> ProgressLog { get; init; }
    public string? ResultsUrl { get; init; }
    public string? ErrorMessage { get; init; }
    public string? ErrorCode { get; init; }
    public int Attempts { get; init; }
    public int Takeovers { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? CompletedAt { get; init; }
    public DateTime? ExpiredAt { get; init; }
    public string? Language { get; init; }
    public double? Duration { get; init; }
    public bool CancelRequested { get; init; }
    public required JobLinks Links { get; init; }

    /// <summary>The job in a client's terms.</summary>
    /// <param name="job">The job.</param>
    /// <param name="basePath">The path below which this server is reached; empty for none.</param>
    public static JobView Of(Job job, string basePath) => new()
    {
        Id = job.Id,
        Url = job.Url,
        VideoId = job.VideoId,
        Title = job.Title,
        Artist = job.Artist,
        FileName = job.FileName,
        ListId = job.ListId,
        Options = job.Options,
        Status = job.Status,
        Pct = job.Pct,
        StatusMessage = job.StatusMessage,
        CurrentStage = job.CurrentStage,
        ProcessingMethod = job.ProcessingMethod,
        ProcessingTimeSeconds = job.ProcessingTimeSeconds,
        Cost = job.ProgressLog.Any(step => step.Cost is not null) ? Math.Round(job.ProgressLog.Sum(step => step.Cost ?? 0), 6) : null,
        ProgressLog = job.ProgressLog,
        ResultsUrl = job.ResultsUrl is { } path ? basePath + path : null,
        ErrorMessage = job.ErrorMessage,
        ErrorCode = job.ErrorCode,
        Attempts = job.Attempts,
        Takeovers = job.Takeovers,
        CreatedAt = job.CreatedAt,
        StartedAt = job.StartedAt,
        CompletedAt = job.CompletedAt,
        ExpiredAt = job.ExpiredAt,
        Language = job.Language,
        Duration = job.Duration,
        CancelRequested = job.CancelRequested,
        Links = JobLinks.Of(job, basePath),
    };
}

/// <summary>Where a job's parts are, as paths on this server.</summary>
internal sealed record JobLinks(string Self, string Steps, string Events)
{
    /// <summary>Lyrics by format, once they are there.</summary>
    public IReadOnlyDictionary<string, string>? Lyrics { get; init; }

    /// <summary>Recordings by name: mix, vocals, instrumental.</summary>
    public IReadOnlyDictionary<string, string>? Audio { get; init; }

    public static JobLinks Of(Job job, string basePath)
    {
        var self = $"{basePath}/api/jobs/{job.Id}";
        var audio = new Dictionary<string, string>();
        foreach (var (name, key) in new[] { ("mix", job.InputKey), ("vocals", job.VocalsKey), ("instrumental", job.InstrumentalKey) })
            if (key is not null && job.ExpiredAt is null)
                audio[name] = $"{self}/audio/{name}";
        return new JobLinks(self, $"{self}/steps", $"{self}/events")
        {
            Lyrics = job.DocumentKey is null || job.ExpiredAt is not null
                ? null
                : LyricsFormats.All.ToDictionary(format => format.Name, format => $"{self}/lyrics{format.Extension}"),
            Audio = audio.Count == 0 ? null : audio,
        };
    }
}

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Jobs">The jobs.</param>
/// <param name="Next">The address of the next page; null on the last.</param>
internal sealed record JobPage(IReadOnlyList<JobView> Jobs, string? Next);
