using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Webhooks;

/// <summary>The table <c>webhook_deliveries</c>; a row is made with its job, in one transaction.</summary>
internal sealed class WebhookStore(IDbContextFactory<LibrettoDb> contexts)
{
    private const int Remembered = 10;

    /// <summary>Deliveries whose time has come, with their jobs, which have ended.</summary>
    public async Task<List<(WebhookDelivery Delivery, Job Job)>> DueAsync(int limit, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var due = await context.WebhookDeliveries.AsNoTracking()
            .Where(delivery => delivery.State == WebhookState.Waiting && (delivery.NextAt == null || delivery.NextAt <= DateTime.UtcNow))
            .Join(
                context.Jobs.AsNoTracking().Where(job => job.Status == JobStatus.Completed || job.Status == JobStatus.Failed ||
                    job.Status == JobStatus.Cancelled),
                delivery => delivery.JobId, job => job.Id, (delivery, job) => new { delivery, job })
            .OrderBy(row => row.delivery.NextAt).Take(limit).ToListAsync(ct);
        return [.. due.Select(row => (row.delivery, row.job))];
    }

    /// <summary>How long it is until the next attempt is due of those that failed before; for ever when there is none.</summary>
    public async Task<TimeSpan> UntilNextAsync(CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var next = await context.WebhookDeliveries.Where(delivery => delivery.State == WebhookState.Waiting && delivery.NextAt != null)
            .MinAsync(delivery => delivery.NextAt, ct);
        return next is { } at ? at - await context.NowAsync(ct) : TimeSpan.MaxValue;
    }

    /// <summary>Notes an attempt; a state other than waiting ends it. False when another sender was faster.</summary>
    public async Task<bool> NoteAsync(WebhookDelivery seen, WebhookAttempt attempt, string state, TimeSpan pause, CancellationToken ct)
    {
        IReadOnlyList<WebhookAttempt> log = [.. seen.Log.TakeLast(Remembered - 1), attempt];
        var seconds = pause.TotalSeconds;
        DateTime? deliveredAt = state == WebhookState.Delivered ? attempt.At : null;
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.WebhookDeliveries
            .Where(row => row.JobId == seen.JobId && row.Attempts == seen.Attempts && row.State == WebhookState.Waiting)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Attempts, row => row.Attempts + 1)
                    .SetProperty(row => row.State, state)
                    .SetProperty(row => row.Log, log)
                    .SetProperty(row => row.NextAt, row => DateTime.UtcNow.AddSeconds(seconds))
                    .SetProperty(row => row.DeliveredAt, deliveredAt),
                ct) == 1;
    }

    public async Task<WebhookDelivery?> FindAsync(string jobId, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.WebhookDeliveries.AsNoTracking().FirstOrDefaultAsync(row => row.JobId == jobId, ct);
    }
}
