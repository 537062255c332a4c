using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Jobs;

/// <summary>
/// What API keys have used: songs that were posted, their minutes, and what they cost; passages of an editor are no songs.
/// </summary>
internal sealed class KeyUsage(IDbContextFactory<LibrettoDb> contexts, TimeProvider time)
{
    /// <summary>What one key has used in the time before now; another's or everyone's is not looked at.</summary>
    public async Task<Usage> OfAsync(string keyId, TimeSpan before, CancellationToken ct) =>
        (await SumAsync(keyId, before, ct)).FirstOrDefault() ?? new Usage(keyId, 0, 0, 0);

    /// <summary>The same of every key that has used anything, those with the most songs first.</summary>
    public Task<List<Usage>> OfAllAsync(TimeSpan before, CancellationToken ct) => SumAsync(null, before, ct);

    private async Task<List<Usage>> SumAsync(string? keyId, TimeSpan before, CancellationToken ct)
    {
        // Ids sort by their time: the index of a key's jobs is read from there on.
        var first = Job.FirstIdAt(time.GetUtcNow() - before);
        await using var context = await contexts.CreateDbContextAsync(ct);
        var used = await context.Jobs.AsNoTracking()
            .Where(job => string.Compare(job.Id, first) >= 0 && job.PartOf == null && (keyId == null || job.KeyId == keyId))
            .GroupBy(job => job.KeyId)
            .Select(jobs => new Usage(jobs.Key, jobs.Count(), jobs.Sum(job => job.Duration ?? 0) / 60, jobs.Sum(job => job.CostUsd ?? 0)))
            .ToListAsync(ct);
        return [.. used.OrderByDescending(usage => usage.Songs)];
    }
}

/// <summary>What a key has used.</summary>
/// <param name="KeyId">The key; empty for those who came without one.</param>
/// <param name="Songs">Songs that were posted, answered from the store or not.</param>
/// <param name="Minutes">Their length, as far as it is known.</param>
/// <param name="Usd">What hosted engines cost for them, US dollars.</param>
internal sealed record Usage(string KeyId, int Songs, double Minutes, double Usd);
