using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Whose job is next, and taking it, on PostgreSQL: one statement and one round trip, in <c>claim.postgres.sql</c>. It walks along the
/// keys in the order of their turns, so it costs the same however many keys and jobs wait; and workers that ask at the same moment pass
/// over what another is just taking (<c>for update skip locked</c>) instead of all wanting the same row.
/// </summary>
internal static class NextOnPostgres
{
    private static readonly string s_claim = EmbeddedSql.Read("claim.postgres.sql");
    private static readonly string s_forgetEmpty = EmbeddedSql.Read("empty_keys.postgres.sql");

    /// <summary>Takes the next job that this worker can do; null when there is none, or every one of them is just being taken.</summary>
    public static async Task<Job?> ClaimAsync(LibrettoDb context, string lane, string worker, Capabilities capabilities,
        CancellationToken ct)
    {
        // Named one by one: a newer program may add columns to the table while this one runs.
        var properties = context.Model.FindEntityType(typeof(Job))!.GetProperties();
        var columns = string.Join(", ", properties.Select(column => column.GetColumnName()));
        var sql = s_claim.Replace("COLUMNS", columns, StringComparison.Ordinal);
        while (true)
        {
            try
            {
                // Repeated after a broken connection it may have taken two: the first is freed when it stays silent.
                var taken = await context.Jobs.FromSqlRaw(sql, Parameters(lane, worker, capabilities)).AsNoTracking().ToListAsync(ct);
                return taken.FirstOrDefault();
            }
            catch (Exception e) when (DatabaseErrors.IsDuplicate(e))
            {
                // Another worker has just begun the same work for another job.
            }
        }
    }

    /// <summary>Forgets the keys that nothing waits for any more, so that nobody walks along them in vain.</summary>
    public static Task ForgetEmptyKeysAsync(LibrettoDb context, CancellationToken ct) =>
        context.Database.ExecuteSqlRawAsync(s_forgetEmpty, ct);

    private static object[] Parameters(string lane, string worker, Capabilities capabilities) =>
    [
        new NpgsqlParameter("lane", lane),
        new NpgsqlParameter("worker", worker),
        new NpgsqlParameter("claim", Guid.NewGuid().ToString("N")),
        new NpgsqlParameter("models", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = (object?)capabilities.Models?.ToArray()
            ?? DBNull.Value },
        new NpgsqlParameter("gpu", capabilities.Gpu),
        new NpgsqlParameter("memory", capabilities.Memory),
        new NpgsqlParameter("cookies", capabilities.Cookies),
    ];
}
