using Hangfire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Storage;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// Works on one job at a time, from its claim to its last state. What holds at each checkpoint, should the process die there:
/// <list type="number">
/// <item>Claimed: the row is running and names this claim; its silence gives it to another after the heartbeat's limit.</item>
/// <item>Input at hand: a copy of the song in this process's folder, swept by any other process.</item>
/// <item>Working: what each finished stage made is kept; the next worker goes on from the last of them.</item>
/// <item>Lyrics made: every stage's result is kept; the next worker only puts them together.</item>
/// <item>Lyrics readable: the document lies in the store by its hash and the row names it; doing both again changes nothing.</item>
/// <item>Contents stored: so do the stems, where they were asked for.</item>
/// <item>Result stored: the store answers for this song; the next worker completes the row from it.</item>
/// <item>Completed: one statement, which no other worker can repeat; only the temporary copy is left to be swept.</item>
/// </list>
/// </summary>
internal sealed partial class JobWorker(
    JobClaims claims,
    JobChanges changes,
    JobQueue queue,
    IContentStore store,
    LinkWork links,
    SameLinkJobs twins,
    LaneChoice lanes,
    SongWork songs,
    StageTimes times,
    TemporaryFolder workFolder,
    Checkpoints checkpoints,
    Telemetry telemetry,
    WorkerActivity turns,
    ServerOptions options,
    TimeProvider time,
    ILogger<JobWorker> log)
{
    // The song's copy in the job's folder.
    private const string InputName = "song";

    /// <summary>This process among others, for people; containers often have one name and process id, hence the ending.</summary>
    public static string Name { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid().ToString("N")[..4]}";

    /// <summary>Takes the next job of a lane, if there is one, and brings it to an end.</summary>
    [AutomaticRetry(Attempts = 0)]
    public async Task RunNextAsync(string lane, CancellationToken shutdown)
    {
        using var turn = turns.Begin();
        if (turn is null || shutdown.IsCancellationRequested || await claims.ClaimNextAsync(lane, Name, shutdown) is not { } job)
            return;
        using var scope = log.BeginScope(new Dictionary<string, object> { ["JobId"] = job.Id });
        using var activity = Telemetry.StartJob(job);
        checkpoints.Pass(Checkpoints.Claimed);
        LogClaimed(job.Id, lane, job.Attempts, job.Takeovers);
        await RunAsync(job, shutdown);
        await WakeTwinsAsync(job, shutdown);
    }

    private async Task RunAsync(Job job, CancellationToken shutdown)
    {
        var jobLog = new JobLog(job, time);
        await using var reporter = new JobReporter(job, jobLog, claims, changes, log);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(shutdown, reporter.Lost);
        var folder = Directory.CreateDirectory(workFolder.NewFile()).FullName;
        try
        {
            if (job.InputKey is null)
            {
                await AcquireLinkAsync(job, jobLog, reporter, folder, stop.Token);
                return;
            }
            var result = await FindOrMakeAsync(job, jobLog, reporter, folder, stop.Token);
            checkpoints.Pass(Checkpoints.ResultStored);
            await reporter.StopAsync();
            jobLog.End(StepStatus.Completed, null);
            var seconds = JobStep.SecondsOf(jobLog.Steps);
            if (await InsistAsync(() => claims.CompleteAsync(job, result, seconds, jobLog.Steps, CancellationToken.None)))
            {
                checkpoints.Pass(Checkpoints.Completed);
                LogCompleted(job.Id, result.Method ?? "", seconds);
                telemetry.Finished(JobStatus.Completed, seconds);
                telemetry.Stages(jobLog.Steps);
                if (job.Options.Passage is null)
                    await times.LearnAsync(jobLog.Steps, result.Duration, CancellationToken.None);
            }
            else
            {
                await LetGoAsync(job, jobLog);
            }
        }
        catch (OperationCanceledException) when (reporter.Lost.IsCancellationRequested)
        {
            await reporter.StopAsync();
            await LetGoAsync(job, jobLog);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            await reporter.StopAsync();
            await HandBackAsync(job, jobLog);
        }
        catch (Exception e)
        {
            await reporter.StopAsync();
            await FailAsync(job, jobLog, e, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The first part of a job for a link; the second is the same as any other's, by whichever worker.</summary>
    private async Task AcquireLinkAsync(Job job, JobLog jobLog, JobReporter reporter, string folder, CancellationToken ct)
    {
        var song = await links.AcquireAsync(job, folder, reporter, ct);
        await reporter.StopAsync();
        jobLog.End(StepStatus.Completed, null);
        var resultKey = StoredResult.KeyOf(song.AudioKey, job.LyricsKey, job.Options);
        var lane = lanes.Of(job.Options, job.LyricsKey is not null);
        if (await InsistAsync(() => claims.HandOnAsync(job, song, resultKey, lane, jobLog.Steps, CancellationToken.None)))
        {
            LogAcquired(job.Id, song.Facts.Key);
            queue.Wake(lane);
        }
        else
        {
            await LetGoAsync(job, jobLog);
        }
    }

    private async Task<StoredResult> FindOrMakeAsync(Job job, JobLog jobLog, JobReporter reporter, string folder, CancellationToken ct)
    {
        // Another job, or this one's earlier worker, may have made it.
        if (job.Options.Fresh != true && await StoredResult.FindAsync(store, job.ResultKey!, ct) is { } known)
        {
            reporter.Report(Stage.Publish, 0, "found in the cache", JobStep.Cache);
            return known;
        }
        reporter.Report(Stage.Acquire, 0, "fetching the song", job.Url is null ? "upload" : LinkWork.Method);
        var input = Path.Combine(folder, InputName);
        if (!await store.CopyToFileAsync(job.InputKey!, input, ct))
            throw ServerException.InputGone();
        checkpoints.Pass(Checkpoints.InputAtHand);

        using var made = await songs.RunAsync(job, input, reporter, () => checkpoints.Pass(Checkpoints.Working), ct);
        jobLog.Cost(Stage.Transcribe, made.Document.Method?.Cost);
        checkpoints.Pass(Checkpoints.LyricsMade);
        var result = await StoredResult.OfLyricsAsync(store, made.Document, ct);
        await InsistAsync(() => claims.ShowLyricsAsync(job, result, ct));
        checkpoints.Pass(Checkpoints.LyricsReadable);
        if (made.Stems is not null)
        {
            var (vocals, instrumental) = await songs.StoreStemsAsync(made.Stems, folder, reporter, ct);
            result = result with { VocalsKey = vocals, InstrumentalKey = instrumental };
        }
        checkpoints.Pass(Checkpoints.ContentsStored);
        reporter.Report(Stage.Publish, 0, "storing the results");
        await store.PutJsonAsync(job.ResultKey!, result, JobJson.Default.StoredResult, ct);
        return result;
    }

    /// <summary>The job was cancelled, or another worker has it; in both cases nothing more is ours to do.</summary>
    private async Task LetGoAsync(Job job, JobLog jobLog)
    {
        jobLog.End(StepStatus.Failed, "cancelled");
        if (await InsistAsync(() => claims.CancelAsync(job, jobLog.Steps, CancellationToken.None)))
        {
            LogCancelled(job.Id);
            telemetry.Finished(JobStatus.Cancelled, 0);
        }
        else
        {
            LogLost(job.Id);
        }
    }

    private async Task HandBackAsync(Job job, JobLog jobLog)
    {
        jobLog.End(StepStatus.Failed, "interrupted: its worker was stopped");
        if (await claims.HandBackAsync(job, jobLog.Steps, CancellationToken.None))
            LogHandedBack(job.Id);
        else
            await claims.CancelAsync(job, jobLog.Steps, CancellationToken.None);
        queue.Wake(job.Lane);
    }

    private async Task FailAsync(Job job, JobLog jobLog, Exception e, string folder)
    {
        var (code, message, isTransient) = Describe(e, job, folder);
        if (await links.HandOverNeedsAsync(job, e, CancellationToken.None) is { } needs)
        {
            jobLog.End(StepStatus.Failed, $"{message} Another machine tries.");
            LogHandedOver(job.Id, code);
            await InsistAsync(() => claims.HandOverAsync(job, Lane.Compute, needs, code, message, jobLog.Steps, CancellationToken.None));
            queue.Wake(Lane.Compute);
            return;
        }
        jobLog.End(StepStatus.Failed, message);
        if (isTransient && job.Attempts < options.RetryDelays.Count)
        {
            var delay = options.RetryDelays[job.Attempts];
            LogRetry(job.Id, code, PublicMessages.OneLine(e.Message), delay.TotalSeconds);
            await InsistAsync(async () => await twins.RetryLaterAsync(job, delay, code, message, jobLog.Steps, CancellationToken.None) >= 0);
            await InsistAsync(() => claims.RetryLaterAsync(job, delay, code, message, jobLog.Steps, CancellationToken.None));
        }
        else
        {
            // What we say ourselves needs no stack trace.
            LogFailed(e is LibrettoException ? null : e, job.Id, code, PublicMessages.OneLine(e.Message));
            telemetry.Finished(JobStatus.Failed, 0);
            telemetry.EngineError(code);
            await InsistAsync(async () => await twins.FailAsync(job, code, message, jobLog.Steps, CancellationToken.None) >= 0);
            await InsistAsync(() => claims.FailAsync(job, code, message, jobLog.Steps, CancellationToken.None));
        }
    }

    /// <summary>What users may know of an error: never a path of this machine, nor what we did not mean to say.</summary>
    private static (string Code, string Message, bool IsTransient) Describe(Exception e, Job job, string folder) => e is LibrettoException known
        ? (known.Code, PublicMessages.Of(known.Message, Path.Combine(folder, InputName), job.FileName ?? job.Title), known.IsTransient)
        : ("internal_error", $"Something went wrong inside Libretto. The server's log has the details under job {job.Id}.", DatabaseErrors.IsTrouble(e));

    /// <summary>
    /// A job's last state must get into the table even if the database is away for a while. Meanwhile the job may be given to
    /// another worker: then our claim is void, and this says false.
    /// </summary>
    private async Task<bool> InsistAsync(Func<Task<bool>> write)
    {
        while (true)
        {
            try
            {
                return await write();
            }
            catch (Exception e) when (DatabaseErrors.IsTrouble(e))
            {
                LogTrouble(e.Message);
                await Task.Delay(TimeSpan.FromSeconds(1), time);
            }
        }
    }

    /// <summary>Jobs for the same work waited for this one.</summary>
    private async Task WakeTwinsAsync(Job job, CancellationToken ct)
    {
        if (await claims.CountTwinsAsync(job, ct) is > 0 and var twins)
            queue.Wake(job.Lane, twins);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: begun in lane {Lane} (failed before: {Attempts}, taken over: {Takeovers})")]
    private partial void LogClaimed(string jobId, string lane, int attempts, int takeovers);

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database cannot be written now: {Reason}")]
    private partial void LogTrouble(string reason);
}
