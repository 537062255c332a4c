using Libretto.Server.Data;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Tests.Data;

public sealed class LeadershipOnSqliteTests() : LeadershipTests(null);

public sealed class LeadershipOnPostgresTests(PostgresCluster cluster) : LeadershipTests(cluster)
{
    [Fact]
    public async Task Who_has_lost_its_connection_leads_no_longer_and_another_does()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        Assert.True(await first.GetRequiredService<Leadership>().HoldAsync(Ct));

        await using (var end = first.GetRequiredService<NpgsqlDataSource>().CreateCommand(
            // In this database only: other tests lead in theirs.
            """
            select pg_terminate_backend(pid) from pg_locks
            where locktype = 'advisory' and pid <> pg_backend_pid()
                and database = (select oid from pg_database where datname = current_database())
            """))
            await end.ExecuteNonQueryAsync(Ct);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => first.GetRequiredService<Leadership>().HoldAsync(Ct));
        Assert.False(first.GetRequiredService<Leadership>().Leads);
        Assert.True(await second.GetRequiredService<Leadership>().HoldAsync(Ct));
        Assert.False(await first.GetRequiredService<Leadership>().HoldAsync(Ct));
    }

    [Fact]
    public async Task While_one_leads_the_leases_of_older_programs_are_its_own()
    {
        await using var first = await StartAsync();
        Assert.True(await first.GetRequiredService<Leadership>().HoldAsync(Ct));

        await using var count = first.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*) from leases where until > now() + interval '1 minute'");
        Assert.Equal(3L, await count.ExecuteScalarAsync(Ct));
    }
}

/// <summary>Of several processes one leads, and another when that one is gone.</summary>
public abstract class LeadershipTests(PostgresCluster? cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private string? _database;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task One_leads_at_a_time_as_long_as_it_is_there()
    {
        await using var second = await StartAsync();
        await using (var first = await StartAsync())
        {
            Assert.True(await first.GetRequiredService<Leadership>().HoldAsync(Ct));
            Assert.False(await second.GetRequiredService<Leadership>().HoldAsync(Ct));
            Assert.True(await first.GetRequiredService<Leadership>().HoldAsync(Ct));
        }

        Assert.True(await second.GetRequiredService<Leadership>().HoldAsync(Ct));
    }

    private protected async Task<ServiceProvider> StartAsync()
    {
        _database ??= cluster is null ? null : await cluster.CreateDatabaseAsync();
        var options = new ServerOptions { DataFolder = _folder["data"], Database = _database };
        var services = new ServiceCollection().AddLogging().AddSingleton(options);
        Databases.AddTo(services, options);
        var provider = services.BuildServiceProvider();
        await LibrettoServer.MigrateAsync(provider, options, Ct);
        return provider;
    }
}
