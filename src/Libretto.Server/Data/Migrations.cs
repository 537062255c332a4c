using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>
/// Brings the database to this version's tables: plain SQL files, in the order of their numbers, each applied once and in a
/// transaction. Processes that start together take turns. Migrations only add, so an older program beside a newer one goes on: what it does
/// not
/// know stays as it is. A migration that takes something away begins with the line <c>-- oldest-known: N</c>; programs that know
/// fewer than N tables are then refused at their start, so it may only come after all of them are gone.
/// </summary>
internal static class Migrations
{
    private const string CreateVersions =
        "create table if not exists schema_versions (version integer primary key, applied_at text not null)";

    private const string OldestKnownMark = "-- oldest-known: ";

    // Any number, as long as nobody else takes it for something else.
    private const long AdvisoryLock = 0x4C69627265;

    /// <summary>The newest version that this program knows.</summary>
    public static int Known { get; } = Files("sqlite").Max(file => file.Version);

    public static async Task MigrateAsync(IDbContextFactory<LibrettoDb> contexts, CancellationToken ct)
    {
        await using var context = await contexts.CreateDbContextAsync(ct);
        var connection = context.Database.GetDbConnection();
        var isPostgres = connection is NpgsqlConnection;
        if (isPostgres)
        {
            // Not through the context, which would try again for as long as it likes.
            await connection.OpenAsync(ct);
        }
        else
        {
            await context.Database.OpenConnectionAsync(ct);
            await ExecuteAsync(connection, null, "pragma journal_mode = wal", ct);
        }

        await using var transaction = await BeginLockedAsync(connection, isPostgres, ct);
        await ExecuteAsync(connection, transaction, CreateVersions, ct);
        var applied = Convert.ToInt32(
            await ScalarAsync(connection, transaction, "select coalesce(max(version), 0) from schema_versions", ct),
            CultureInfo.InvariantCulture);
        foreach (var (version, sql) in Files(isPostgres ? "postgres" : "sqlite").Where(file => file.Version > applied))
        {
            await ExecuteAsync(connection, transaction, sql, ct);
            await ExecuteAsync(connection, transaction,
                $"insert into schema_versions (version, applied_at) values ({version}, '{DateTime.UtcNow:O}')", ct);
            if (OldestKnown(sql) is { } oldest)
                await ExecuteAsync(connection, transaction,
                    $"update schema_versions set oldest_known = {oldest} where version = {version}", ct);
        }
        var needed = Convert.ToInt32(await ScalarAsync(connection, transaction, "select max(oldest_known) from schema_versions", ct),
            CultureInfo.InvariantCulture);
        if (needed > Known)
            throw ServerException.DatabaseNewer(needed, Known);
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
        var assembly = typeof(Migrations).Assembly;
        return assembly.GetManifestResourceNames()
            .Select(name => (Name: name, Parts: name.Split('.')))
            .Where(file => file.Name.Contains(".Data.Schema.", StringComparison.Ordinal) && file.Parts[^1] == "sql" &&
                file.Parts[^2] == database)
            .Select(file => (int.Parse(file.Parts[^4].TrimStart('_'), CultureInfo.InvariantCulture), Read(assembly, file.Name)))
            .OrderBy(file => file.Item1);
    }

    private static int? OldestKnown(string sql) =>
        sql.StartsWith(OldestKnownMark, StringComparison.Ordinal)
        ? int.Parse(sql[OldestKnownMark.Length..].Split('\n')[0], CultureInfo.InvariantCulture) : null;

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
