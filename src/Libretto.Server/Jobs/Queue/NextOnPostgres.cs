using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Workers;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace Libretto.Server.Jobs.Queue;

/// <summary>
/// Whose job is next, and taking it, on PostgreSQL: one statement. It looks at each key's next job only, by the index
/// <c>jobs_turns</c>, so it costs as much as there are keys, not jobs; and workers that ask at the same moment pass over what another
/// is just taking (<c>for update skip locked</c>) instead of all wanting the same row.
/// </summary>
internal static class NextOnPostgres
{
    // "takeovers > 2" is JobClaims.Suspicious, written out as the index has it. Of each key so many jobs are looked at: one, and more only when all those were just being taken.
    private static readonly int[] s_depths = [1, 16, 256];

    private const string Claim =
        $"""
         with recursive keys as (
             (select key_id from jobs where status = 'queued' and lane = @lane order by key_id limit 1)
             union all
             select (select jobs.key_id from jobs where status = 'queued' and lane = @lane and jobs.key_id > keys.key_id order by jobs.key_id limit 1)
             from keys where key_id is not null
         ),
         candidates as (
             select job.*, coalesce(turns.served_at, '-infinity') as served_at
             from keys
             cross join lateral (
                 select id, created_at, priority, takeovers > 2 as suspicious, row_number() over (order by takeovers > 2, priority desc, created_at, id) as place
                 from jobs
                 where status = 'queued' and lane = @lane and jobs.key_id = keys.key_id
                     and (not_before is null or not_before <= now())
                     and not exists (select from jobs other where other.status = 'running' and other.result_key = jobs.result_key)
                     and (@models is null or needs_model is null or needs_model = any (@models))
                     and (@gpu or not needs_gpu) and needs_memory <= @memory and (@cookies or not needs_cookies)
                 order by takeovers > 2, priority desc, created_at, id
                 limit @depth
             ) job
             left join turns on turns.key_id = keys.key_id and turns.lane = @lane
         ),
         next as (
             select jobs.id from jobs join candidates using (id)
             where jobs.status = 'queued'
                 and (@depth > 1 or (suspicious, candidates.priority) in (select suspicious, priority from candidates order by suspicious, priority desc limit 1))
             order by suspicious, candidates.priority desc, place, served_at, candidates.created_at, id
             limit 1
             for update of jobs skip locked
         ),
         claimed as (
             update jobs
             set status = 'running', claim = @claim, worker = @worker, heartbeat_at = now(), started_at = coalesce(started_at, now()),
                 unmet_since = null, status_message = 'starting', revision = revision + 1
             from next where jobs.id = next.id
             returning jobs.id, key_id, lane
         ),
         noted as (
             insert into turns (key_id, lane, served_at) select key_id, lane, clock_timestamp() from claimed where key_id <> ''
             on conflict (key_id, lane) do update set served_at = excluded.served_at
         )
         select (select id from claimed) as "Id", exists (select from candidates) as "Any"
         """;

    /// <summary>Takes the next job that this worker can do; null when there is none, or every one of them is just being taken.</summary>
    public static async Task<Job?> ClaimAsync(LibrettoDb context, string lane, string worker, Capabilities capabilities, CancellationToken ct)
    {
        var claim = Guid.NewGuid().ToString("N");
        for (var i = 0; i < s_depths.Length;)
        {
            try
            {
                var taken = (await context.Database.SqlQueryRaw<Taken>(Claim, Parameters(lane, worker, claim, s_depths[i], capabilities)).ToListAsync(ct))[0];
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
        new NpgsqlParameter("models", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = (object?)capabilities.Models?.ToArray() ?? DBNull.Value },
        new NpgsqlParameter("gpu", capabilities.Gpu),
        new NpgsqlParameter("memory", capabilities.Memory),
        new NpgsqlParameter("cookies", capabilities.Cookies),
    ];

    private sealed record Taken(string? Id, bool Any);
}
