using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Data;

/// <summary>The two databases: a SQLite file or PostgreSQL.</summary>
internal static class Databases
{
    private const int StatementsPrepared = 50;

    // This program sends its notices itself; those of older ones, triggers send: Data/Schema/0015. And PostgreSQL compiles no statement to
    // machine code: what it might cost at most (a claim, walking all keys) is far from what it costs, and compiling takes a tenth of a
    // second.
    private const string Setup = "set libretto.notices = 'own'; set jit = off";

    public static void AddTo(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<Notices>().AddSingleton<Leadership>();
        if (options.UsesPostgres)
            AddPostgres(services, ConnectionStringOf(options.Database!), options.TakeOverAfter);
        else
            AddSqlite(services, Path.Combine(options.DataFolder, "libretto.db"));
    }

    /// <summary>postgres://user:password@host:port/name?option=value, or a connection string as it is.</summary>
    public static string ConnectionStringOf(string database)
    {
        if (!database.StartsWith("postgres://", StringComparison.Ordinal) &&
            !database.StartsWith("postgresql://", StringComparison.Ordinal))
            return database.Contains('=', StringComparison.Ordinal)
                ? database
                : throw ServerException.BadSetting("--database", "(hidden)", "give postgres://USER:PASSWORD@HOST:PORT/NAME");
        var address = new Uri(database);
        var login = address.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = address.Host,
            Port = address.IsDefaultPort || address.Port < 0 ? 5432 : address.Port,
            Database = Uri.UnescapeDataString(address.AbsolutePath.TrimStart('/')),
            Username = Uri.UnescapeDataString(login[0]),
        };
        if (login.Length > 1)
            builder.Password = Uri.UnescapeDataString(login[1]);
        foreach (var pair in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Split('=', 2)[^1]));
            if (name == "sslmode")
                builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
            else
                builder[name.Replace('_', ' ')] = value;
        }
        return builder.ConnectionString;
    }

    private static void AddSqlite(IServiceCollection services, string path)
    {
        services.AddPooledDbContextFactory<LibrettoDb>(context => context
            .UseSqlite($"Data Source={path}")
            .AddInterceptors(new SqlitePragmas()));
    }

    private static void AddPostgres(IServiceCollection services, string connectionString, TimeSpan takeOverAfter)
    {
        services.AddSingleton(_ => Source(connectionString, takeOverAfter)).AddSingleton<ReadOnlyConnections>().AddSingleton<PlainSql>();
        services.AddPooledDbContextFactory<LibrettoDb>((provider, context) => context
            .UseNpgsql(
                provider.GetRequiredService<NpgsqlDataSource>(),
                postgres => postgres.EnableRetryOnFailure(maxRetryCount: 5, maxRetryDelay: TimeSpan.FromSeconds(2), errorCodesToAdd: null))
            .AddInterceptors(provider.GetRequiredService<ReadOnlyConnections>()));
    }

    /// <summary>
    /// What is asked again and again is planned once in each connection: planning a claim takes longer than the claim. A connection string
    /// that says otherwise is left as it is.
    /// </summary>
    private static NpgsqlDataSource Source(string connectionString, TimeSpan takeOverAfter)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        var settings = builder.ConnectionStringBuilder;
        if (!settings.ContainsKey("Max Auto Prepare"))
            (settings.MaxAutoPrepare, settings.AutoPrepareMinUsages) = (StatementsPrepared, 2);
        // Who only listens finds out that the other end is gone, and connections stay as they were set up.
        (settings.TcpKeepAlive, settings.NoResetOnClose) = (true, true);
        // A process that was stopped in the midst of a change keeps its rows from others no longer than its jobs are its own.
        var setup = FormattableString.Invariant(
            $"{Setup}; set idle_in_transaction_session_timeout = {(long)takeOverAfter.TotalMilliseconds}");
        builder.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = new NpgsqlCommand(setup, connection);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = new NpgsqlCommand(setup, connection);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    /// <summary>Write-ahead logging loses nothing when the process dies; waiting for a writer is SQLite's own, which wakes early.</summary>
    private sealed class SqlitePragmas : DbConnectionInterceptor
    {
        // They hold as long as the connection below does, which is used again.
        private readonly ConditionalWeakTable<object, object> _set = [];

        private const string Pragmas = "pragma synchronous = normal; pragma busy_timeout = 10000; pragma foreign_keys = on";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            if (!_set.TryAdd(((SqliteConnection)connection).Handle!, Pragmas))
                return;
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default)
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }
    }
}
