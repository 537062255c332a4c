using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Whose job is next, and taking it, on PostgreSQL: one statement, in <c>claim.postgres.sql</c>. It looks at each key's next job only, by
/// the index
/// <c>jobs_turns</c>, so it costs as much as there are keys, not jobs; and workers that ask at the same moment pass over what another
/// is just taking (<c>for update skip locked</c>) instead of all wanting the same row.
/// </summary>
internal static class NextOnPostgres
{
    // Of each key so many jobs are looked at: one, and more only when all those were just being taken.
    private static readonly int[] s_depths = [1, 16, 256];

    private static readonly string s_claim = Read("claim.postgres.sql");

    /// <summary>Takes the next job that this worker can do; null when there is none, or every one of them is just being taken.</summary>
    public static async Task<Job?> ClaimAsync(LibrettoDb context, string lane, string worker, Capabilities capabilities,
        CancellationToken ct)
    {
        var claim = Guid.NewGuid().ToString("N");
        for (var i = 0; i < s_depths.Length;)
        {
            try
            {
                var taken = (await context.Database.SqlQueryRaw<Taken>(s_claim, Parameters(lane, worker, claim, s_depths[i], capabilities))
                    .ToListAsync(ct))[0];
                // Repeated after a broken connection it may have taken two: the first is freed when it stays silent.
                if (taken.Id is not null)
                    return await context.Jobs.AsNoTracking().FirstOrDefaultAsync(job => job.Id == taken.Id && job.Claim == claim, ct);
                if (!taken.Any)
                    return null;
                i++;
            }
            catch (Exception e) when (DatabaseErrors.IsDuplicate(e))
            {
                // Another worker has just begun the same work for another job.
            }
        }
        return null;
    }

    private static object[] Parameters(string lane, string worker, string claim, int depth, Capabilities capabilities) =>
    [
        new NpgsqlParameter("lane", lane),
        new NpgsqlParameter("worker", worker),
        new NpgsqlParameter("claim", claim),
        new NpgsqlParameter("depth", depth),
        new NpgsqlParameter("models", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = (object?)capabilities.Models?.ToArray()
            ?? DBNull.Value },
        new NpgsqlParameter("gpu", capabilities.Gpu),
        new NpgsqlParameter("memory", capabilities.Memory),
        new NpgsqlParameter("cookies", capabilities.Cookies),
    ];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(NextOnPostgres).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private sealed record Taken(string? Id, bool Any);
}
