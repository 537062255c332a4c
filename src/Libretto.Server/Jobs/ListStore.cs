using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs;

/// <summary>Lists of songs and how far their jobs are.</summary>
internal sealed class ListStore(IDbContextFactory<LibrettoDb> contexts, JobChanges changes)
{
    /// <summary>Adds a list; the one that is already there when a request is repeated under its idempotency key.</summary>
    public async Task<SongList> AddAsync(SongList list, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        context.Lists.Add(list);
        try
        {
            await context.SaveChangesAsync(ct);
            return list;
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsDuplicate(e))
        {
            return await FindAsync(list.Id, ct) ?? await FindRepeatedAsync(list.KeyId, list.IdempotencyKey!, ct)
                ?? throw new InvalidOperationException("A list could neither be added nor found.", e);
        }
    }

    /// <summary>Removes a list of which no song became a job.</summary>
    public async Task RemoveAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Lists.Where(list => list.Id == id).ExecuteDeleteAsync(ct);
    }

    public async Task<SongList?> FindAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Lists.AsNoTracking().FirstOrDefaultAsync(list => list.Id == id, ct);
    }

    public async Task<SongList?> FindRepeatedAsync(string keyId, string idempotencyKey, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Lists.AsNoTracking()
            .FirstOrDefaultAsync(list => list.KeyId == keyId && list.IdempotencyKey == idempotencyKey, ct);
    }

    /// <summary>Lists, the newest first.</summary>
    /// <param name="keyId">Whose; everyone's when null.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="ct">Stops.</param>
    public async Task<IReadOnlyList<SongList>> AllAsync(string? keyId, int most, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Lists.AsNoTracking().Where(list => keyId == null || list.KeyId == keyId)
            .OrderByDescending(list => list.Id).Take(most).ToListAsync(ct);
    }

    /// <summary>How far the jobs of lists are; those of lists without jobs are left out.</summary>
    public async Task<IReadOnlyDictionary<string, ListProgress>> ProgressAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var rows = await context.Jobs.AsNoTracking()
            .Where(job => job.ListId != null && ids.Contains(job.ListId) && job.PartOf == null && job.DeletedAt == null)
            .GroupBy(job => new { job.ListId, job.Status })
            .Select(group => new { group.Key.ListId, group.Key.Status, Count = group.Count(), Pct = group.Sum(job => job.Pct) })
            .ToListAsync(ct);
        return rows.GroupBy(row => row.ListId!).ToDictionary(
            list => list.Key,
            list => new ListProgress(
                list.ToDictionary(row => row.Status, row => row.Count),
                // A song that failed is as done as one that did not.
                list.Sum(row => JobStatus.IsFinal(row.Status) ? 100.0 * row.Count : row.Pct)));
    }

    /// <summary>Cancels what waits or is in work of a list; gives how many songs that were.</summary>
    public async Task<int> CancelAsync(string id, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var ofList = context.Jobs.Where(job => job.ListId == id);
        var open = await ofList.Where(job => job.Status == JobStatus.Queued || job.Status == JobStatus.Running)
            .Select(job => job.Id).ToListAsync(ct);
        var cancelled = await JobStore.CancelAsync(context, ofList, ct);
        foreach (var job in open)
            changes.Publish(job, cancel: true);
        return cancelled;
    }
}

/// <summary>How far a list is.</summary>
/// <param name="Counts">Its jobs by their status.</param>
/// <param name="PctSum">The percentages of all its jobs together.</param>
internal sealed record ListProgress(IReadOnlyDictionary<string, int> Counts, double PctSum)
{
    public static ListProgress None { get; } = new(new Dictionary<string, int>(), 0);

    /// <summary>How many jobs it has.</summary>
    public int Count => Counts.Values.Sum();

    /// <summary>How far the whole is, 0 to 100.</summary>
    public double Pct => Count == 0 ? 0 : Math.Round(PctSum / Count, 1);

    /// <summary>
    /// The state of the whole in a job's terms: at work while any song is, then as the songs ended that did not fail; failed when all did.
    /// </summary>
    public string Status =>
        Of(JobStatus.Running) > 0 || (Of(JobStatus.Queued) > 0 && Of(JobStatus.Queued) < Count) ? JobStatus.Running
        : Of(JobStatus.Queued) > 0 ? JobStatus.Queued
        : Of(JobStatus.Completed) > 0 ? JobStatus.Completed
        : Of(JobStatus.Failed) > 0 ? JobStatus.Failed : JobStatus.Cancelled;

    private int Of(string status) => Counts.GetValueOrDefault(status);
}
