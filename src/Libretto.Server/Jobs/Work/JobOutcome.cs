using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// The ways a worker's part of a job ends: handed on, completed, let go, handed back, handed over, tried again or failed. Each is
/// written until the database has it. Meanwhile the job may be given to another worker: then the claim is void, and nothing changes.
/// </summary>
internal sealed partial class JobOutcome(
    JobClaims claims,
    SameLinkJobs sameLinks,
    LinkWork links,
    JobQueue queue,
    JobTelemetry telemetry,
    StageTimes times,
    DatabaseRetry retry,
    ServerOptions options,
    ILogger<JobOutcome> log)
{
    // The store is asked again half a minute after trouble.
    private static readonly TimeSpan StorePause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StorePatience = TimeSpan.FromHours(1);

    /// <summary>The link's song is in the store: the job goes on in the lane of its work.</summary>
    public async Task HandOnAsync(Job job, JobLog jobLog, KnownLink song)
    {
        jobLog.End(StepStatus.Completed, null);
        var resultKey = StoredResult.KeyOf(song.AudioKey, job.LyricsKey, job.Options);
        var lane = links.LaneAfter(job);
        if (await retry.RunAsync(() => claims.HandOnAsync(job, song, resultKey, lane, jobLog.Steps, CancellationToken.None)))
        {
            LogAcquired(job.Id, song.Facts.Key);
            queue.Wake(lane);
        }
        else
        {
            await LetGoAsync(job, jobLog);
        }
    }

    /// <summary>Completes the job, and learns from it how long stages take; false when it was no longer this worker's.</summary>
    public async Task<bool> CompleteAsync(Job job, JobLog jobLog, StoredResult result)
    {
        jobLog.End(StepStatus.Completed, null);
        var seconds = JobStep.SecondsOf(jobLog.Steps);
        if (!await retry.RunAsync(() => claims.CompleteAsync(job, result, seconds, jobLog.Steps, CancellationToken.None)))
        {
            await LetGoAsync(job, jobLog);
            return false;
        }
        LogCompleted(job.Id, result.Method ?? "", seconds);
        telemetry.Finished(JobStatus.Completed, seconds);
        telemetry.Stages(jobLog.Steps);
        if (job.Options is { Passage: null, Export: null })
            await times.LearnAsync(jobLog.Steps, result.Duration, CancellationToken.None);
        return true;
    }

    /// <summary>The job was cancelled, or another worker has it; in both cases nothing more is ours to do.</summary>
    public async Task LetGoAsync(Job job, JobLog jobLog)
    {
        jobLog.End(StepStatus.Failed, "cancelled");
        if (await retry.RunAsync(() => claims.CancelAsync(job, jobLog.Steps, CancellationToken.None)))
        {
            LogCancelled(job.Id);
            telemetry.Finished(JobStatus.Cancelled, 0);
        }
        else
        {
            LogLost(job.Id);
        }
    }

    /// <summary>This worker stops: the job waits for another, unless it was to be cancelled anyway.</summary>
    public async Task HandBackAsync(Job job, JobLog jobLog)
    {
        jobLog.End(StepStatus.Failed, "interrupted: its worker was stopped");
        if (await retry.RunAsync(() => claims.HandBackAsync(job, jobLog.Steps, CancellationToken.None)))
            LogHandedBack(job.Id);
        else
            await retry.RunAsync(() => claims.CancelAsync(job, jobLog.Steps, CancellationToken.None));
        queue.Wake(job);
    }

    /// <summary>The work failed: another machine tries, or this one later, or the job has failed.</summary>
    /// <param name="job">The job.</param>
    /// <param name="jobLog">Its steps.</param>
    /// <param name="e">What went wrong.</param>
    /// <param name="input">The path of the song's copy, which no message may name.</param>
    public async Task FailAsync(Job job, JobLog jobLog, Exception e, string input)
    {
        var (code, message, isTransient) = Describe(e, job, input);
        if (await retry.RunAsync(() => links.HandOverNeedsAsync(job, e, CancellationToken.None)) is { } needs)
        {
            jobLog.End(StepStatus.Failed, $"{message} Another machine tries.");
            LogHandedOver(job.Id, code);
            await retry.RunAsync(() => claims.HandOverAsync(job, Lane.Compute, needs, code, message, jobLog.Steps, CancellationToken.None));
            queue.Wake(Lane.Compute);
            return;
        }
        jobLog.End(StepStatus.Failed, message);
        if (MissingInput.IsStoreAway(e) && DateTime.UtcNow - job.StartedAt < StorePatience)
        {
            // No song is to blame for that: its own tries are kept for what may be.
            LogRetry(job.Id, code, OneLine.Of(e.Message), StorePause.TotalSeconds);
            await retry.RunAsync(
                () => claims.RetryLaterAsync(job, StorePause, code, message, jobLog.Steps, CancellationToken.None, counts: false));
        }
        else if (isTransient && job.Attempts < options.RetryDelays.Count)
        {
            var delay = options.RetryDelays[job.Attempts];
            LogRetry(job.Id, code, OneLine.Of(e.Message), delay.TotalSeconds);
            await retry.RunAsync(() => sameLinks.RetryLaterAsync(job, delay, code, message, jobLog.Steps, CancellationToken.None));
            await retry.RunAsync(() => claims.RetryLaterAsync(job, delay, code, message, jobLog.Steps, CancellationToken.None));
        }
        else
        {
            // What we say ourselves needs no stack trace.
            LogFailed(e is LibrettoException ? null : e, job.Id, code, OneLine.Of(e.Message));
            telemetry.Finished(JobStatus.Failed, 0);
            telemetry.EngineError(code);
            await retry.RunAsync(() => sameLinks.FailAsync(job, code, message, jobLog.Steps, CancellationToken.None));
            await retry.RunAsync(() => claims.FailAsync(job, code, message, jobLog.Steps, CancellationToken.None));
        }
    }

    /// <summary>Jobs for the same work waited for this one.</summary>
    public async Task WakeSameWorkAsync(Job job, CancellationToken ct)
    {
        if (await claims.CountSameWorkAsync(job, ct) > 0)
            queue.Wake(job.Lane);
    }

    /// <summary>What users may know of an error: never a path of this machine, nor what we did not mean to say.</summary>
    private static (string Code, string Message, bool IsTransient) Describe(Exception e, Job job, string input) => e switch
    {
        LibrettoException known => (known.Code, PublicMessages.Of(known.Message, input, job.FileName ?? job.Title), known.IsTransient),
        _ when DiskErrors.IsFull(e) =>
            (ErrorCodes.DiskFull, "The disk of the machine that worked on it is full. Free some space there, then retry the job.", false),
        _ => (ErrorCodes.InternalError, $"Something went wrong inside Libretto. The server's log has the details under job {job.Id}.",
            DatabaseErrors.IsTrouble(e)),
    };

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: completed by {Method} in {Seconds} s")]
    private partial void LogCompleted(string jobId, string method, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: {Key} is in the store")]
    private partial void LogAcquired(string jobId, string key);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: could not be downloaded here ({Code}); another machine tries")]
    private partial void LogHandedOver(string jobId, string code);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: cancelled")]
    private partial void LogCancelled(string jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: another worker has taken it over; what was done here is dropped")]
    private partial void LogLost(string jobId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: handed back, because this worker stops")]
    private partial void LogHandedBack(string jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: failed with {Code} ({Reason}); tried again in {Seconds} s")]
    private partial void LogRetry(string jobId, string code, string reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {JobId}: failed with {Code}: {Reason}")]
    private partial void LogFailed(Exception? e, string jobId, string code, string reason);
}
