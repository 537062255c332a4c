namespace Libretto.Server.Data.Entities;

/// <summary>A row of the table <c>jobs</c>. The table is the truth: whatever is known of a job stands here.</summary>
internal sealed record Job
{
    /// <summary>Sorts by time of creation.</summary>
    public required string Id { get; init; }
    public string? Url { get; init; }
    public string? VideoId { get; init; }
    public string? Title { get; init; }
    public string? Artist { get; init; }
    public required JobOptions Options { get; init; }
    public required string Status { get; init; }
    public double Pct { get; init; }
    public string? StatusMessage { get; init; }
    public string? CurrentStage { get; init; }
    public string? ProcessingMethod { get; init; }
    public double? ProcessingTimeSeconds { get; init; }
    public IReadOnlyList<JobStep> ProgressLog { get; init; } = [];
    public string? ResultsUrl { get; init; }
    public string? ErrorMessage { get; init; }
    public string? ErrorCode { get; init; }

    /// <summary>Runs that failed; those whose worker died are counted in <see cref="Takeovers"/>.</summary>
    public int Attempts { get; init; }
    public DateTime CreatedAt { get; init; }
    public DateTime? StartedAt { get; init; }
    public DateTime? CompletedAt { get; init; }

    /// <summary>The job whose song this works on a passage of, for its editor; such a job is in no list and goes with that one.</summary>
    public string? PartOf { get; init; }

    /// <summary>The list that it came with; null for a song that came alone.</summary>
    public string? ListId { get; init; }

    /// <summary>The API key that asked; empty where no keys are in use.</summary>
    public string KeyId { get; init; } = "";
    public string? IdempotencyKey { get; init; }

    /// <summary>Hash of what was asked, to tell a repeated request from another under the same <see cref="IdempotencyKey"/>.</summary>
    public string? RequestHash { get; init; }

    /// <summary>The upload's name, for people; never used as a path.</summary>
    public string? FileName { get; init; }

    // Keys of the content store.
    public string? InputKey { get; init; }
    public string? LyricsKey { get; init; }

    /// <summary>Cookies for the link, encrypted; see Jobs/JobCookies.</summary>
    public string? Cookies { get; init; }

    /// <summary>Where the result of this input with these options lies, or will lie, whichever job makes it.</summary>
    public string? ResultKey { get; init; }
    public string? DocumentKey { get; init; }
    public int DocumentVersion { get; init; }

    /// <summary>The version of the words that the latest run works for: its words take the place of those only.</summary>
    public int BaseVersion { get; init; }

    /// <summary>The lines heard so far, as JSON, while it is worked on: see Jobs/HeardLines.</summary>
    public string? Heard { get; init; }

    /// <summary>When its user said what it is called: then what its file or link says no longer counts.</summary>
    public DateTime? NamedAt { get; init; }

    /// <summary>When it was put into the bin, from which it can be taken again for a while.</summary>
    public DateTime? DeletedAt { get; init; }
    public string? VocalsKey { get; init; }
    public string? InstrumentalKey { get; init; }

    public string? Language { get; init; }

    /// <summary>Length of the song in seconds.</summary>
    public double? Duration { get; init; }

    /// <summary>Whether its recording holds a picture of its cover.</summary>
    public bool HasCover { get; init; }

    /// <summary>What it has cost so far, US dollars; null while nothing is known.</summary>
    public double? CostUsd { get; init; }

    /// <summary>When retention removed the result.</summary>
    public DateTime? ExpiredAt { get; init; }

    public required string Lane { get; init; }
    public int Priority { get; init; }

    // What it needs of its worker: see JobRequirements.
    public string? NeedsModel { get; init; }
    public bool NeedsGpu { get; init; }
    public int NeedsMemory { get; init; }
    public bool NeedsCookies { get; init; }

    /// <summary>What it waits for while it is queued: see <see cref="Entities.WaitingFor"/>.</summary>
    public string WaitingFor { get; init; } = Entities.WaitingFor.Turn;

    /// <summary>Since when it has waited for what no worker has: see UnmetRequirements.</summary>
    public DateTime? UnmetSince { get; init; }

    /// <summary>A job that waits after a failure is not tried again before.</summary>
    public DateTime? NotBefore { get; init; }

    /// <summary>Drawn anew by each claim: a worker that lost the job finds another's here and can change nothing.</summary>
    public string? Claim { get; init; }
    public string? Worker { get; init; }
    public DateTime? HeartbeatAt { get; init; }
    public int Takeovers { get; init; }
    public bool CancelRequested { get; init; }

    /// <summary>Counts the changes that watchers want to see.</summary>
    public long Revision { get; init; } = 1;

    public static string NewId() => Guid.CreateVersion7().ToString("N");

    /// <summary>Before the ids of all jobs that were made at a time or later.</summary>
    public static string FirstIdAt(DateTimeOffset time) =>
        time.ToUnixTimeMilliseconds().ToString("x12", System.Globalization.CultureInfo.InvariantCulture);
}
