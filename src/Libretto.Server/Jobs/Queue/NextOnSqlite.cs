using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Whose job is next, and taking it, on SQLite: in one transaction, which begins by taking the write lock, so that those who ask take
/// turns.
/// </summary>
internal static class NextOnSqlite
{
    /// <summary>Takes the next job that this worker can do; null when there is none.</summary>
    public static async Task<Job?> ClaimAsync(LibrettoDb context, string lane, string worker, Capabilities capabilities,
        CancellationToken ct)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(ct);
        var next = await (
            from ready in capabilities.Fit(JobClaims.Ready(context, lane))
            join served in context.Turns.Where(turn => turn.Lane == lane) on ready.KeyId equals served.KeyId into turns
            from turn in turns.DefaultIfEmpty()
            orderby ready.Takeovers > JobClaims.Suspicious, ready.Priority descending, turn == null ? DateTime.UnixEpoch : turn.ServedAt,
            ready.CreatedAt, ready.Id
            select ready).FirstOrDefaultAsync(ct);
        if (next is null)
            return null;
        var (claim, now) = (Guid.NewGuid().ToString("N"), DateTime.UtcNow);
        await context.Jobs.Where(job => job.Id == next.Id).ExecuteUpdateAsync(
            set => set
                .SetProperty(job => job.Status, JobStatus.Running)
                .SetProperty(job => job.Claim, claim)
                .SetProperty(job => job.Worker, worker)
                .SetProperty(job => job.HeartbeatAt, job => DateTime.UtcNow)
                .SetProperty(job => job.StartedAt, job => job.StartedAt ?? now)
                .SetProperty(job => job.UnmetSince, (DateTime?)null)
                .SetProperty(job => job.StatusMessage, "starting")
                .SetProperty(job => job.Revision, job => job.Revision + 1),
            ct);
        if (next.KeyId.Length > 0)
            await NoteTurnAsync(context, next, ct);
        var taken = await context.Jobs.AsNoTracking().FirstAsync(job => job.Id == next.Id, ct);
        await transaction.CommitAsync(ct);
        return taken;
    }

    private static async Task NoteTurnAsync(LibrettoDb context, Job job, CancellationToken ct)
    {
        var noted = await context.Turns.Where(turn => turn.KeyId == job.KeyId && turn.Lane == job.Lane)
            .ExecuteUpdateAsync(set => set.SetProperty(turn => turn.ServedAt, turn => DateTime.UtcNow), ct);
        if (noted > 0)
            return;
        context.Turns.Add(new Turn(job.KeyId, job.Lane, DateTime.UtcNow));
        await context.SaveChangesAsync(ct);
    }
}
