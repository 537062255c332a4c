using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Tests.Jobs.Queue;

/// <summary>One key with a hundred thousand songs waiting: by the rows that PostgreSQL counts as read, nothing goes through them all.</summary>
public sealed class LongQueueTests(PostgresCluster cluster) : IAsyncLifetime
{
    private const int Jobs = 100_000;

    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["data"], Database = await cluster.CreateDatabaseAsync(), Role = "api", ScanEvery = TimeSpan.FromHours(1),
            QueueLimit = 2 * Jobs,
        });
        await using var context = await ContextAsync();
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(2));
        await context.Database.ExecuteSqlAsync(
            $"""
             insert into jobs (id, options, status, created_at, result_key, input_key, lane, key_id, status_message, list_id)
             select lpad(n::text, 32, '0'), jsonb_build_object(), 'queued', now() + n * interval '1 millisecond', 'result/' || n, 'audio/' || n, 'compute', 'many', 'waiting',
                 case when n <= 1000 then 'list' end
             from generate_series(1, {Jobs}) n
             """, Ct);
        await context.Database.ExecuteSqlRawAsync("vacuum analyze jobs, waiting_keys", Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_a_key_with_a_hundred_thousand_jobs_each_request_reads_a_few_rows()
    {
        var claims = _server.Services.GetRequiredService<JobClaims>();
        var store = _server.Services.GetRequiredService<JobStore>();

        Assert.InRange(await RowsAsync(async () => Assert.NotNull(await claims.ClaimNextAsync(Lane.Compute, "worker", Ct))), 1, 100);
        Assert.InRange(await RowsAsync(async () => Assert.Equal(50, (await store.ListAsync(new JobQuery { KeyId = "many" }, Ct)).Count)), 50, 100);
        Assert.InRange(await RowsAsync(async () => Assert.Equal(50, (await _server.Client.GetAsync("/api/jobs")).Json.GetProperty("jobs").GetArrayLength())), 50, 300);
        Assert.InRange(await RowsAsync(async () => Assert.Equal(202, (int)(await _server.Client.TryPostAsync(TestAudio.Tone(_folder, 1))).Status)), 0, 300);
        Assert.InRange(await RowsAsync(() => _server.Services.GetRequiredService<ListStore>().CancelAsync("list", Ct)), 1000, 5000);
        // Said to those whose turn is near, and once.
        Assert.InRange(await RowsAsync(() => store.TellWaitingAsync(Lane.Compute, "waiting for a worker to start", Ct), nameof(Updates)), 900, 1000);
        Assert.Equal(0, await RowsAsync(() => store.TellWaitingAsync(Lane.Compute, "waiting for a worker to start", Ct), nameof(Updates)));
        // All are counted, the song just posted as well, and no row is read twice.
        Assert.InRange(await RowsAsync(async () => Assert.Equal(Jobs - 1000 + 1, (await claims.CountReadyAsync(Lane.Compute, Ct)).Count)), 0, 2 * Jobs);
    }

    private const string Reads = "seq_tup_read + coalesce(idx_tup_fetch, 0)";
    private const string Updates = "n_tup_upd";

    /// <summary>How many rows of the table of jobs something reads, or changes.</summary>
    private async Task<long> RowsAsync(Func<Task> work, string what = Reads)
    {
        what = what == nameof(Updates) ? Updates : Reads;
        var before = await CountedAsync(what);
        await work();
        return await CountedAsync(what) - before;
    }

    /// <summary>What PostgreSQL has counted by now: each connection tells when it ends.</summary>
    private async Task<long> CountedAsync(string what)
    {
        _server.Services.GetRequiredService<NpgsqlDataSource>().Clear();
        await using var context = await ContextAsync();
        while ((await context.Database.SqlQueryRaw<int>(
            "select count(*)::integer as \"Value\" from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'idle' and query not ilike 'listen%' and query not like '%pg_try_advisory_lock%'").ToListAsync(Ct))[0] > 0)
            await Task.Delay(20, Ct);
#pragma warning disable EF1002 // The expression stands in this file.
        return (await context.Database.SqlQueryRaw<long>($"select {what} as \"Value\" from pg_stat_user_tables where relname = 'jobs'").ToListAsync(Ct))[0];
#pragma warning restore EF1002
    }

    private Task<LibrettoDb> ContextAsync() => _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
}
