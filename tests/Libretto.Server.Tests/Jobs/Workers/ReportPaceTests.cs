using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Work;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Server.Tests.Jobs.Workers;

/// <summary>How often a process says how far its jobs are, by how many are at work.</summary>
public sealed class ReportPaceTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, 0.5)]
    [InlineData(200, 0.5)]
    [InlineData(1_000, 2.5)]
    [InlineData(1_400, 3.5)]
    [InlineData(50_000, 3.5)]
    public void A_large_fleet_reports_less_often_and_nobody_waits_longer_than_a_few_seconds(int processes, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), ReportPace.Of(processes));

    [Fact]
    public async Task A_heartbeat_tells_how_many_processes_are_at_work_without_those_that_rest_or_are_silent()
    {
        await using var server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"], Database = await cluster.CreateDatabaseAsync(), Role = "api" });
        var workers = server.Services.GetRequiredService<WorkerRegistry>();
        var ids = new List<string>();
        for (var number = 0; number < 4; number++)
            ids.Add(await workers.RegisterAsync(null, null, $"worker:{number}", ["compute"], new Capabilities(null, Gpu: false, 1000, Cookies: false), Ct));
        foreach (var id in ids.Take(3))
            await workers.BeatAsync(id, isBusy: true, ["compute"], [], Ct);
        await using (var context = await server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct))
            await context.Workers.Where(row => row.Id == ids[2]).ExecuteUpdateAsync(set => set.SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow.AddHours(-1)), Ct);

        var orders = await workers.BeatAsync(ids[0], isBusy: true, ["compute"], [], Ct);

        Assert.Equal(2, orders.Busy);
    }

    [Fact]
    public void A_report_of_a_job_is_a_heartbeat_of_it_and_of_no_other()
    {
        var time = new FakeTimeProvider();
        var held = new HeldJobs(time);
        var (one, other) = (Held("one"), Held("other"));
        held.Add(one, () => { });
        held.Add(other, () => { });
        time.Advance(TimeSpan.FromSeconds(3));
        held.KeepOnly([one], ["one"]);
        time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(held.IsSilent(TimeSpan.FromSeconds(4)));
        held.Remove(other);
        Assert.False(held.IsSilent(TimeSpan.FromSeconds(4)));
    }

    [Fact]
    public async Task In_a_large_fleet_the_first_change_is_written_at_once_and_what_follows_together()
    {
        await using var server = await RunningServer.StartAsync(
            new ServerOptions { DataFolder = _folder["data"], Database = await cluster.CreateDatabaseAsync(), Role = "api" });
        var claims = server.Services.GetRequiredService<JobClaims>();
        var store = server.Services.GetRequiredService<JobStore>();
        await store.AddAsync(new Job { Id = Job.NewId(), Options = new JobOptions(), Status = JobStatus.Queued, Lane = Lane.Compute, ResultKey = "results/one", CreatedAt = DateTime.UtcNow }, Ct);
        var job = (await claims.ClaimNextAsync(Lane.Compute, "worker", Ct))!;
        var time = new FakeTimeProvider();
        var (held, pace) = (new HeldJobs(time), new ReportPace());
        pace.Busy(ReportPace.MostCounted);
        using var writer = new ProgressWriter(claims, held, pace, time, NullLogger<ProgressWriter>.Instance);
        await writer.StartAsync(Ct);
        using var reporter = new JobReporter(job, new JobLog(job, time), writer, held, server.Services.GetRequiredService<JobChanges>());

        // The clock stands still: nothing but a first change is written.
        reporter.Report(Stage.Transcribe, 0.1, "listening");
        var first = await RowAsync(row => row.StatusMessage == "listening");
        for (var n = 2; n <= 6; n++)
        {
            reporter.Report(Stage.Transcribe, n * 0.1, $"line {n}");
            time.Advance(TimeSpan.FromMilliseconds(600));
            await store.FindAsync(job.Id, Ct);
        }
        var last = await RowAsync(row => row.StatusMessage == "line 6", () => time.Advance(TimeSpan.FromSeconds(1)));
        await writer.StopAsync(Ct);

        Assert.Equal(first.Revision + 1, last.Revision);

        async Task<Job> RowAsync(Func<Job, bool> isSo, Action? meanwhile = null)
        {
            while (true)
            {
                if (await store.FindAsync(job.Id, Ct) is { } row && isSo(row))
                    return row;
                meanwhile?.Invoke();
                await Task.Delay(20, Ct);
            }
        }
    }

    private static Job Held(string id) =>
        new() { Id = id, Claim = id, Options = new JobOptions(), Status = JobStatus.Running, Lane = Lane.Compute };
}
