using System.Data.Common;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>
/// Statements that every process sends to PostgreSQL again and again (progress, heartbeats), without what a context would do for each,
/// which takes longer than PostgreSQL does. None is repeated by itself; whoever sends them says the same again soon.
/// </summary>
internal sealed class PlainSql(NpgsqlDataSource database, ReadOnlyConnections readOnly)
{
    /// <summary>Gives what a statement selects.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, Func<DbDataReader, T> read, CancellationToken ct, params NpgsqlParameter[] parameters)
    {
        try
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddRange(parameters);
            await using var rows = await command.ExecuteReaderAsync(ct);
            var all = new List<T>();
            while (await rows.ReadAsync(ct))
                all.Add(read(rows));
            return all;
        }
        catch (NpgsqlException e)
        {
            readOnly.Saw(e);
            throw;
        }
    }
}
