using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Jobs that wait while another downloads the same link. What came of its try is theirs too: no site is asked fifty times for what it
/// has just refused. Jobs with cookies of their own are not among them, since the site may tell them something else.
/// </summary>
internal sealed class SameLinkJobs(IDbContextFactory<LibrettoDb> contexts, JobChanges changes)
{
    /// <summary>Fails those that wait for a job whose download has failed for good; to be called while the job is still held.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> FailAsync(Job job, string code, string message, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var (now, seconds) = (DateTime.UtcNow, JobStep.SecondsOf(log));
        return UpdateAsync(
            job,
            set => Tried(set, code, message, log)
                .SetProperty(row => row.Status, JobStatus.Failed)
                .SetProperty(row => row.StatusMessage, "failed")
                .SetProperty(row => row.StartedAt, row => row.StartedAt ?? now)
                .SetProperty(row => row.ProcessingTimeSeconds, seconds)
                .SetProperty(row => row.CompletedAt, now),
            ct);
    }

    /// <summary>Lets them wait for the job's next try; to be called while the job is still held.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> RetryLaterAsync(Job job, TimeSpan delay, string code, string message, IReadOnlyList<JobStep> log, CancellationToken ct)
    {
        var seconds = delay.TotalSeconds;
        return UpdateAsync(
            job,
            set => Tried(set, code, message, log)
                .SetProperty(row => row.WaitingFor, WaitingFor.Other)
                .SetProperty(row => row.StatusMessage, $"trying again in {seconds:0} s: {message}")
                .SetProperty(row => row.NotBefore, row => DateTime.UtcNow.AddSeconds(seconds)),
            ct);
    }

    /// <summary>The steps of a try are those of everyone for whom it was made.</summary>
    private static UpdateSettersBuilder<Job> Tried(UpdateSettersBuilder<Job> set, string code, string message,
        IReadOnlyList<JobStep> log) => set
        .SetProperty(row => row.ErrorCode, code)
        .SetProperty(row => row.ErrorMessage, message)
        .SetProperty(row => row.ProgressLog, log)
        .SetProperty(row => row.Attempts, row => row.Attempts + 1)
        .SetProperty(row => row.Revision, row => row.Revision + 1);

    private async Task<int> UpdateAsync(Job job, Action<UpdateSettersBuilder<Job>> change, CancellationToken ct)
    {
        if (job.InputKey is not null || job.Cookies is not null)
            return 0;
        await using var context = await contexts.CreateDbContextAsync(ct);
        var waiting = context.Jobs.Where(row =>
            row.Status == JobStatus.Queued && row.ResultKey == job.ResultKey && row.InputKey == null && row.Cookies == null &&
            context.Jobs.Any(held => held.Id == job.Id && held.Claim == job.Claim && held.Status == JobStatus.Running));
        var ids = await waiting.Select(row => row.Id).ToListAsync(ct);
        if (ids.Count == 0)
            return 0;
        var changed = await waiting.Where(row => ids.Contains(row.Id)).ExecuteUpdateAsync(change, ct);
        foreach (var id in ids)
            changes.Publish(id);
        return changed;
    }
}
