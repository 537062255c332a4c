using Libretto.Server.Jobs;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Pools;

/// <summary>Lets one process of many do something: the one that holds the lease, which it renews while it lives.</summary>
internal sealed class Lease(IDbContextFactory<JobsContext> contexts)
{
    public const string Pools = "pools";
    public const string Webhooks = "webhooks";

    private const double Seconds = 15;

    // Drawn anew for each process: names of machines may be the same.
    private readonly string _holder = $"{JobWorker.Name}:{Guid.NewGuid():N}";

    /// <summary>Takes or renews the lease, by the database's clock; false while another process holds it.</summary>
    public async Task<bool> HoldAsync(string name, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await context.Leases
            .Where(lease => lease.Name == name && (lease.Holder == _holder || lease.Until < DateTime.UtcNow))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(lease => lease.Holder, _holder)
                    .SetProperty(lease => lease.Until, lease => DateTime.UtcNow.AddSeconds(Seconds)),
                ct) == 1;
    }

    /// <summary>Lets the next process have it at once.</summary>
    public async Task ReleaseAsync(string name, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Leases.Where(lease => lease.Name == name && lease.Holder == _holder)
            .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.Until, lease => DateTime.UtcNow.AddSeconds(-1)), ct);
    }
}
