using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Libretto.Server.Jobs;

/// <summary>
/// Brings the database to this version's tables: plain SQL files, in the order of their numbers, each applied once and in a
/// transaction. Processes that start together take turns. Migrations only add, so an older worker beside a newer server goes on.
/// </summary>
internal static class Schema
{
    private const string CreateVersions = "create table if not exists schema_versions (version integer primary key, applied_at text not null)";

    // Any number, as long as nobody else takes it for something else.
    private const long AdvisoryLock = 0x4C69627265;

    public static async Task MigrateAsync(IDbContextFactory<JobsContext> contexts, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        await context.Database.OpenConnectionAsync(ct);
        var connection = context.Database.GetDbConnection();
        var isPostgres = connection is NpgsqlConnection;
        if (!isPostgres)
            await ExecuteAsync(connection, null, "pragma journal_mode = wal", ct);

        await using var transaction = await BeginLockedAsync(connection, isPostgres, ct);
        await ExecuteAsync(connection, transaction, CreateVersions, ct);
        var applied = Convert.ToInt32(
            await ScalarAsync(connection, transaction, "select coalesce(max(version), 0) from schema_versions", ct), CultureInfo.InvariantCulture);
        foreach (var (version, sql) in Files(isPostgres ? "postgres" : "sqlite").Where(file => file.Version > applied))
        {
            await ExecuteAsync(connection, transaction, sql, ct);
            await ExecuteAsync(connection, transaction, $"insert into schema_versions values ({version}, '{DateTime.UtcNow:O}')", ct);
        }
        await transaction.CommitAsync(ct);
    }

    private static async Task<DbTransaction> BeginLockedAsync(DbConnection connection, bool isPostgres, CancellationToken ct)
    {
        // SQLite's transactions begin by taking the write lock.
        var transaction = await connection.BeginTransactionAsync(ct);
        if (isPostgres)
            await ExecuteAsync(connection, transaction, $"select pg_advisory_xact_lock({AdvisoryLock})", ct);
        return transaction;
    }

    private static IEnumerable<(int Version, string Sql)> Files(string database)
    {
        var assembly = typeof(Schema).Assembly;
        return assembly.GetManifestResourceNames()
            .Select(name => (Name: name, Parts: name.Split('.')))
            .Where(file => file.Parts[^1] == "sql" && file.Parts[^2] == database)
            .Select(file => (int.Parse(file.Parts[^4].TrimStart('_'), CultureInfo.InvariantCulture), Read(assembly, file.Name)))
            .OrderBy(file => file.Item1);
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static async Task ExecuteAsync(DbConnection connection, DbTransaction? transaction, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<object?> ScalarAsync(DbConnection connection, DbTransaction transaction, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        (command.CommandText, command.Transaction) = (sql, transaction);
        return await command.ExecuteScalarAsync(ct);
    }
}
