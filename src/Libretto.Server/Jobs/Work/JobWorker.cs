using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Storage;
using Microsoft.Extensions.Logging;

namespace Libretto.Server.Jobs.Work;

/// <summary>
/// Works on one job at a time, from its claim to its last state. The comments at the checkpoints say what holds there, should the
/// process die; docs/server.md has them in a table.
/// </summary>
internal sealed partial class JobWorker(
    JobClaims claims,
    LinkWork links,
    SongResults results,
    JobOutcome outcome,
    TemporaryFolder workFolder,
    Checkpoints checkpoints,
    WorkerActivity activity,
    HeldJobs held,
    LaneSignals signals,
    ProgressWriter progress,
    JobChanges changes,
    TimeProvider time,
    ILogger<JobWorker> log)
{
    /// <summary>Takes the next job of a lane and brings it to an end; false when there is none.</summary>
    public async Task<bool> RunNextAsync(string lane, CancellationToken shutdown)
    {
        using var turn = activity.Begin();
        if (turn is null || shutdown.IsCancellationRequested ||
            await claims.ClaimNextAsync(lane, ProcessName.Value, shutdown) is not { } job)
            return false;
        turn.HasJob = true;
        // Where there was one there may be another, for the next of this process's workers.
        signals.Signal(lane);
        using var scope = log.BeginScope(new Dictionary<string, object> { ["JobId"] = job.Id });
        using var trace = JobTelemetry.StartJob(job);
        // Checkpoint 1, claimed: the row is running and names this claim; its silence gives it to another after the heartbeat's limit.
        checkpoints.Pass(Checkpoints.Claimed);
        LogClaimed(job.Id, lane, job.Attempts, job.Takeovers);
        await RunAsync(job, shutdown);
        await outcome.WakeSameWorkAsync(job, shutdown);
        return true;
    }

    private async Task RunAsync(Job job, CancellationToken shutdown)
    {
        var jobLog = new JobLog(job, time);
        var folder = workFolder.NewFile();
        using var reporter = new JobReporter(job, jobLog, progress, held, changes);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(shutdown, reporter.Lost);
        try
        {
            MakeFolder(folder);
            if (job.InputKey is null)
            {
                // The first part of a job for a link; the second is the same as any other's, by whichever worker.
                var song = await links.AcquireAsync(job, folder, reporter, stop.Token);
                reporter.Stop();
                await outcome.HandOnAsync(job, jobLog, song);
                return;
            }
            var result = await results.FindOrMakeAsync(job, jobLog, folder, reporter, stop.Token);
            // Checkpoint 7, result stored: the store answers for this song; the next worker completes the row from it.
            checkpoints.Pass(Checkpoints.ResultStored);
            reporter.Stop();
            if (await outcome.CompleteAsync(job, jobLog, result))
                // Checkpoint 8, completed: one statement, which no other worker can repeat; only the temporary copy is left to be swept.
                checkpoints.Pass(Checkpoints.Completed);
        }
        catch (OperationCanceledException) when (reporter.Lost.IsCancellationRequested)
        {
            reporter.Stop();
            await outcome.LetGoAsync(job, jobLog);
        }
        catch (OperationCanceledException) when (shutdown.IsCancellationRequested)
        {
            reporter.Stop();
            await outcome.HandBackAsync(job, jobLog);
        }
        catch (Exception e)
        {
            reporter.Stop();
            await outcome.FailAsync(job, jobLog, e, SongResults.InputIn(folder));
        }
        finally
        {
            DeleteFolder(folder);
        }
    }

    private static void MakeFolder(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ServerException.WorkFolder(e);
        }
    }

    /// <summary>What cannot be deleted now goes when this process ends, or with the next sweep: the job has its state.</summary>
    private void DeleteFolder(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogLeft(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Job {JobId}: begun in lane {Lane} (failed before: {Attempts}, taken over: {Takeovers})")]
    private partial void LogClaimed(string jobId, string lane, int attempts, int takeovers);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A job's temporary files cannot be deleted now: {Reason}")]
    private partial void LogLeft(string reason);
}
