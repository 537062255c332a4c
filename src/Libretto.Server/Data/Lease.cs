using Libretto.Server.Data.Entities;
using Microsoft.EntityFrameworkCore;

namespace Libretto.Server.Data;

/// <summary>Lets one process of many do something: the one that holds the lease, which it renews while it lives.</summary>
internal sealed class Lease(IDbContextFactory<LibrettoDb> contexts)
{
    public const string Pools = "pools";
    public const string Webhooks = "webhooks";
    public const string Retention = "retention";

    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(15);

    // Drawn anew for each process: names of machines may be the same.
    private readonly string _holder = $"{ProcessName.Value}:{Guid.NewGuid():N}";

    /// <summary>Takes or renews the lease for 15 s, by the database's clock; false while another process holds it.</summary>
    public Task<bool> HoldAsync(string name, CancellationToken ct) => HoldAsync(name, Usual, ct);

    /// <summary>Takes or renews the lease for a time.</summary>
    public async Task<bool> HoldAsync(string name, TimeSpan time, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        return await TakeAsync(context, name, time, ct) || (await AddAsync(context, name, ct) && await TakeAsync(context, name, time, ct));
    }

    /// <summary>Lets the next process have it at once.</summary>
    public async Task ReleaseAsync(string name, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Leases.Where(lease => lease.Name == name && lease.Holder == _holder)
            .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.Until, lease => DateTime.UtcNow.AddSeconds(-1)), ct);
    }

    private async Task<bool> TakeAsync(LibrettoDb context, string name, TimeSpan time, CancellationToken ct)
    {
        var seconds = time.TotalSeconds;
        return await context.Leases
            .Where(lease => lease.Name == name && (lease.Holder == _holder || lease.Until < DateTime.UtcNow))
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(lease => lease.Holder, _holder)
                    .SetProperty(lease => lease.Until, lease => DateTime.UtcNow.AddSeconds(seconds)),
                ct) == 1;
    }

    /// <summary>A lease that nobody has held yet; false when somebody has.</summary>
    private static async Task<bool> AddAsync(LibrettoDb context, string name, CancellationToken ct)
    {
        if (await context.Leases.AnyAsync(lease => lease.Name == name, ct))
            return false;
        try
        {
            context.Leases.Add(new LeaseRow(name, "", DateTime.UnixEpoch));
            await context.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException e) when (DatabaseErrors.IsDuplicate(e))
        {
            return false;
        }
    }
}
