using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Npgsql;
using NpgsqlTypes;

namespace Libretto.Server.Jobs.Queue;

/// <summary>Writing how far jobs are on PostgreSQL: one statement for all of a process, in <c>progress.postgres.sql</c>.</summary>
internal static class ProgressOnPostgres
{
    private static readonly string s_write = EmbeddedSql.Read("progress.postgres.sql");

    /// <summary>Gives the ids of those that are still held.</summary>
    public static Task<IReadOnlyList<string>> WriteAsync(
        PlainSql sql, IReadOnlyList<(Job Job, JobProgress Progress)> jobs, CancellationToken ct) =>
        sql.QueryAsync(
            s_write,
            row => row.GetString(0),
            ct,
            new NpgsqlParameter("ids", jobs.Select(item => item.Job.Id).ToArray()),
            new NpgsqlParameter("claims", jobs.Select(item => item.Job.Claim!).ToArray()),
            new NpgsqlParameter("pcts", jobs.Select(item => item.Progress.Pct).ToArray()),
            new NpgsqlParameter("stages", jobs.Select(item => item.Progress.Stage).ToArray()),
            new NpgsqlParameter("messages", jobs.Select(item => item.Progress.Message).ToArray()),
            new NpgsqlParameter("logs", jobs.Select(item => JobJson.Write(item.Progress.Steps)).ToArray()),
            new NpgsqlParameter("heards", NpgsqlDbType.Array | NpgsqlDbType.Text)
            {
                // They may all be null, which tells no type.
                Value = jobs.Select(item => item.Progress.Heard).ToArray(),
            });
}
