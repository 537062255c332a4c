using System.Data.Common;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs;

public sealed class JobStoreTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_that_is_handed_back_while_it_is_cancelled_is_cancelled_all_the_same()
    {
        var options = new ServerOptions { DataFolder = _folder["data"] };
        await using var services = new ServiceCollection().AddLogging().AddData(options).BuildServiceProvider();
        await LibrettoServer.MigrateAsync(services, options, Ct);
        var database = $"Data Source={_folder["data"]}/libretto.db";
        var contexts = new Handing(new DbContextOptionsBuilder<LibrettoDb>().UseSqlite(database).AddInterceptors(new HandBackAfterStatement(database)).Options);
        await using (var context = contexts.CreateDbContext())
        {
            context.Jobs.Add(new Job { Id = "one", Options = new JobOptions(), Status = JobStatus.Running, Lane = Lane.Compute, Claim = "claim", CreatedAt = DateTime.UtcNow });
            await context.SaveChangesAsync(Ct);
        }

        Assert.True(await new JobStore(contexts, new JobChanges(), options).CancelAsync("one", Ct));
    }

    [Fact]
    public async Task A_song_in_the_bin_gives_its_idempotency_key_back_and_an_export_keeps_its_own()
    {
        var options = new ServerOptions { DataFolder = _folder["data"] };
        await using var services = new ServiceCollection().AddLogging().AddData(options).BuildServiceProvider();
        await LibrettoServer.MigrateAsync(services, options, Ct);
        var store = new JobStore(services.GetRequiredService<IDbContextFactory<LibrettoDb>>(), new JobChanges(), options);
        var song = new Job
        {
            Id = "song", IdempotencyKey = "asked once", Options = new JobOptions(), Status = JobStatus.Completed, Lane = Lane.Compute, CreatedAt = DateTime.UtcNow,
        };
        await store.AddAsync(song, Ct);
        await store.AddAsync(song with { Id = "export", IdempotencyKey = "export:song:video", PartOf = "song" }, Ct);

        Assert.True(await store.BinAsync("song", Ct));
        Assert.True(await store.BinAsync("export", Ct));

        Assert.Null(await store.FindRepeatedAsync("", "asked once", Ct));
        Assert.NotNull(await store.FindRepeatedAsync("", "export:song:video", Ct));
        Assert.True(await store.UnbinAsync("song", Ct));
        Assert.Equal("again", (await store.AddAsync(song with { Id = "again" }, Ct)).Id);
    }

    private sealed class Handing(DbContextOptions<LibrettoDb> options) : IDbContextFactory<LibrettoDb>
    {
        public LibrettoDb CreateDbContext() => new(options);
    }

    /// <summary>Does between two statements what a worker that stops may do.</summary>
    private sealed class HandBackAfterStatement(string database) : DbCommandInterceptor
    {
        public override async ValueTask<int> NonQueryExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
        {
            if (!command.CommandText.StartsWith("UPDATE", StringComparison.OrdinalIgnoreCase))
                return result;
            await using var connection = new SqliteConnection(database);
            await connection.OpenAsync(cancellationToken);
            await using var handBack = connection.CreateCommand();
            handBack.CommandText = "update jobs set status = 'queued', claim = null where status = 'running' and not cancel_requested";
            await handBack.ExecuteNonQueryAsync(cancellationToken);
            return result;
        }
    }
}
