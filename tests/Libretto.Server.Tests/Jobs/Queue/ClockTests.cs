using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Pools;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Tests.Jobs.Queue;

/// <summary>A database whose clock is minutes away from the servers': what counts is one clock, the database's.</summary>
public sealed class ClockTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(7)]
    [InlineData(-7)]
    public async Task Clocks_that_differ_by_minutes_take_no_job_from_its_worker_and_leave_none_lying(int minutes)
    {
        var database = await ShiftedAsync(minutes);
        await using (var server = await StartAsync(database, "all", TimeSpan.FromMilliseconds(300)))
        {
            var job = await server.Client.FinishAsync(await server.Client.PostAsync(TestAudio.Tone(_folder, 1)));

            Assert.Equal(("completed", 0, 0), (job.Text("status"), job.Number("attempts"), job.Number("takeovers")));
            while (!(await server.Client.GetAsync("/api/workers")).Json.GetProperty("workers").EnumerateArray().Any())
                await Task.Delay(100, Ct);
            var health = (await server.Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("workers");
            Assert.Equal(("healthy", "1 at work or ready, 0 with a graphics card"), (health.Text("status"), health.Text("message")));
            var worker = Assert.Single((await server.Client.GetAsync("/api/workers")).Json.GetProperty("workers").EnumerateArray());
            Assert.InRange(worker.Number("seconds"), 0, 300);
        }

        await using var api = await StartAsync(database, "api", TimeSpan.FromHours(1));
        var claims = api.Services.GetRequiredService<JobClaims>();
        await using var context = await api.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        context.Jobs.Add(new Job { Id = Job.NewId(), Options = new JobOptions(), Status = JobStatus.Queued, Lane = Lane.Compute, ResultKey = "results/one", CreatedAt = DateTime.UtcNow });
        await context.SaveChangesAsync(Ct);
        var claimed = await claims.ClaimNextAsync(Lane.Compute, "worker", Ct);
        Assert.Equal([claimed!.Id], (await api.Services.GetRequiredService<WorkerRegistry>().BeatAsync("none", isBusy: true, [], [claimed], Ct)).Held);
        Assert.Equal(0, await claims.ReleaseDeadAsync(Ct));
        await context.Jobs.Where(job => job.Id == claimed.Id).ExecuteUpdateAsync(set => set.SetProperty(job => job.HeartbeatAt, job => DateTime.UtcNow.AddMinutes(-2)), Ct);
        Assert.Equal(1, await claims.ReleaseDeadAsync(Ct));

        var workers = api.Services.GetRequiredService<WorkerRegistry>();
        await workers.RequestAsync("soon", "local", null, Ct);
        await workers.RequestAsync("never", "local", null, Ct);
        await workers.FailAsync("never", "no", Ct);
        var contexts = api.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>();
        var view = await new PoolObserver(contexts, workers, claims, TimeProvider.System).ViewAsync("local", 1, TimeSpan.Zero, Ct);
        Assert.InRange(Assert.Single(view.Workers).Age, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.InRange(view.SinceFailure, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    private Task<RunningServer> StartAsync(string database, string role, TimeSpan scanEvery) => RunningServer.StartAsync(
        new ServerOptions { DataFolder = _folder["data"], Database = database, Role = role, ScanEvery = scanEvery, TakeOverAfter = TimeSpan.FromMinutes(1) });

    /// <summary>One in which <c>now()</c> is another function than PostgreSQL's.</summary>
    private async Task<string> ShiftedAsync(int minutes)
    {
        var database = await cluster.CreateDatabaseAsync();
        var name = new Uri(database).AbsolutePath[1..];
        await using var connection = new NpgsqlConnection(Databases.ConnectionStringOf(database) + ";Pooling=false");
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(
            $"""
             create schema shifted;
             create function shifted.now() returns timestamptz language sql stable as 'select pg_catalog.now() + interval ''{minutes} minutes''';
             alter database {name} set search_path = shifted, public, pg_catalog;
             """,
            connection);
        await command.ExecuteNonQueryAsync(Ct);
        return database;
    }
}
