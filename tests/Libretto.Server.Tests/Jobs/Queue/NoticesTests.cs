using System.Globalization;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Tests.Jobs.Queue;

/// <summary>What processes tell each other on PostgreSQL, where nobody looks into the table for a long time.</summary>
public sealed class NoticesTests(PostgresCluster cluster) : IDisposable
{
    private static readonly Capabilities s_plain = new(Models: null, Gpu: false, Memory: 2000, Cookies: false);

    private static readonly TimeSpan s_atOnce = TimeSpan.FromMilliseconds(300);

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_with_special_requirements_begins_at_once_where_a_fitting_worker_is_idle()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api", s_plain);
        await using var plain = await StartAsync(database, "worker", s_plain);
        await using var gpu = await StartAsync(database, "worker", s_plain with { Gpu = true });

        // Nobody scans within the hour. The machine may be busy with other tests at one moment or another, not at each of these.
        var soonest = TimeSpan.MaxValue;
        for (var i = 1; i <= 5 && soonest > s_atOnce; i++)
        {
            var job = await api.Client.FinishAsync(await api.Client.PostAsync(TestAudio.Tone(_folder, 0.5 + (i * 0.01)), """{"gpu":true}"""));

            Assert.Equal(("completed", 0), (job.Text("status"), job.Number("attempts")));
            var waited = job.GetProperty("started_at").GetDateTime() - job.GetProperty("created_at").GetDateTime();
            soonest = waited < soonest ? waited : soonest;
        }

        Assert.InRange(soonest, TimeSpan.Zero, s_atOnce);
    }

    [Fact]
    public async Task A_song_at_work_elsewhere_is_cancelled_at_once()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api", s_plain);
        await using var worker = await StartAsync(database, "worker", s_plain);
        var id = await api.Client.PostAsync(Samples.TwoLines);
        await api.Client.BegunAsync(id);

        await api.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");

        Assert.Equal("cancelled", (await api.Client.FinishAsync(id)).Text("status"));
    }

    [Fact]
    public async Task Whoever_watches_a_song_hears_how_far_it_is_elsewhere()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api", s_plain);
        await using var elsewhere = await StartAsync(database, "api", s_plain);
        var id = await api.Client.PostAsync(TestAudio.Tone(_folder, 0.5));
        using var watch = api.Services.GetRequiredService<JobChanges>().Start(id);
        var claims = elsewhere.Services.GetRequiredService<JobClaims>();
        var job = (await claims.ClaimNextAsync(Lane.Compute, "elsewhere", Ct))!;

        for (var pct = 10; pct <= 30; pct += 10)
        {
            // What came before has been heard of.
            while (await watch.WaitAsync(TimeSpan.FromSeconds(1), Ct))
            {
            }
            Assert.True(await claims.ReportAsync(job, new JobProgress(pct, "transcribe", "listening", []), Ct));

            Assert.True(await watch.WaitAsync(TimeSpan.FromSeconds(20), Ct), $"nobody was told of {pct} %");
        }
    }

    [Fact]
    public async Task What_an_older_program_puts_into_the_queue_wakes_a_newer_worker()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api", s_plain);
        var id = await api.Client.PostAsync(TestAudio.Tone(_folder, 0.5));
        await ExecuteAsync(database, "update jobs set status = 'cancelled'");
        await using var worker = await StartAsync(database, "worker", s_plain);

        // As an older program does, which does not say that it sends its notices itself.
        await ExecuteAsync(database, "update jobs set status = 'queued', revision = revision + 1");

        Assert.Equal("completed", (await api.Client.FinishAsync(id)).Text("status"));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_idle_worker_and_an_idle_orchestrator_leave_the_database_alone()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var leader = await StartAsync(database, "api", s_plain, scanEvery: TimeSpan.FromSeconds(2));
        await using var worker = await StartAsync(database, "worker", s_plain, scanEvery: TimeSpan.FromSeconds(2));

        // PostgreSQL counts what went before some seconds late. One of each process, what counts them, and a little for PostgreSQL's own.
        long before, after;
        do
        {
            before = await TransactionsAsync(database);
            await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
            after = await TransactionsAsync(database);
        }
        while (after - before > 5);
    }

    private Task<RunningServer> StartAsync(string database, string role, Capabilities capabilities, TimeSpan? scanEvery = null) =>
        RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["data"], Database = database, Role = role, Capabilities = capabilities, ScanEvery = scanEvery ?? TimeSpan.FromHours(1),
            TakeOverAfter = scanEvery is null ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(15),
        });

    private static async Task<long> TransactionsAsync(string database) => Convert.ToInt64(await ExecuteAsync(
        database, "select xact_commit + xact_rollback from pg_stat_database where datname = current_database()"), CultureInfo.InvariantCulture);

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(Databases.ConnectionStringOf(database) + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }
}
