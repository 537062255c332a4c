using Libretto.Server.Data;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>Machines that halt in the midst of a song, or whose clock jumps: the song is done once, and what it took is true.</summary>
public sealed class MachineTroubleTests(PostgresCluster cluster) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_that_halts_and_goes_on_too_late_finds_its_job_done_by_another_and_changes_nothing()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api");
        await using var halted = await LibrettoProcess.ServeAsync(_folder["data"], 0, database, "--role worker");
        var id = await api.Client.PostAsync(TestAudio.Ffmpeg(_folder["song.wav"], "-stream_loop", "-1", "-i", Samples.TwoLines, "-t", "30"));
        await api.Client.BegunAsync(id);
        halted.Signal("STOP");

        await using var other = await LibrettoProcess.ServeAsync(_folder["data"], 0, database, "--role worker");
        var done = await api.Client.FinishAsync(id);
        halted.Signal("CONT");
        await halted.SaysAsync("another worker has taken it over");
        var after = await api.Client.JobAsync(id);

        Assert.Equal(("completed", 1), (done.Text("status"), done.Number("takeovers")));
        Assert.Equal(done.GetRawText(), after.GetRawText());
        Assert.DoesNotContain(halted.Log, line => line.Contains(": completed by", StringComparison.Ordinal));
        // It is none the worse for it.
        await other.StopAsync();
        Assert.Equal("completed", (await api.Client.FinishAsync(await api.Client.PostAsync(Samples.TwoLines))).Text("status"));
    }

    [Fact]
    public async Task A_change_that_a_halted_worker_has_begun_keeps_its_job_from_nobody()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await StartAsync(database, "api");
        await using var halted = await StartAsync(database, "api");
        var id = await api.Client.PostAsync(Samples.TwoLines);
        // As a process that is stopped between a statement and its commit.
        await using var context = await halted.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Database.OpenConnectionAsync(Ct);
        await using var begin = context.Database.GetDbConnection().CreateCommand();
        begin.CommandText = $"begin; update jobs set heartbeat_at = now() where id = '{id}'";
        await begin.ExecuteNonQueryAsync(Ct);

        var cancelled = await api.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");

        Assert.Equal(202, (int)cancelled.Status);
        Assert.Equal("cancelled", (await api.Client.JobAsync(id)).Text("status"));
        // Nothing comes of its own.
        begin.CommandText = "commit";
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => begin.ExecuteNonQueryAsync(Ct));
    }

    [Fact]
    public async Task A_machine_whose_clock_jumps_an_hour_and_back_keeps_its_jobs_and_tells_what_they_took()
    {
        var time = new JumpingTime();
        await using var server = await StartAsync(await cluster.CreateDatabaseAsync(), "all", time);
        foreach (var (hours, name) in ((int, string)[])[(1, "on"), (-1, "back")])
        {
            var id = await server.Client.PostAsync(TestAudio.Ffmpeg(_folder[$"{name}.wav"], "-i", Samples.TwoLines, "-af", $"volume=0.{5 + hours}"));
            await server.Client.BegunAsync(id);
            time.Jump(TimeSpan.FromHours(hours));
            var job = await server.Client.FinishAsync(id);

            Assert.Equal(("completed", 0, 0), (job.Text("status"), job.Number("takeovers"), job.Number("attempts")));
            Assert.InRange(job.Number("processing_time_seconds"), 0, 600);
            Assert.All(
                (await server.Client.GetAsync($"/api/jobs/{id}/steps")).Json.GetProperty("steps").EnumerateArray(),
                step => Assert.InRange(step.Number("duration"), 0, 600));
        }
    }

    private Task<RunningServer> StartAsync(string database, string role, TimeProvider? time = null) => RunningServer.StartAsync(
        new ServerOptions
        {
            DataFolder = _folder["data"], Database = database, Role = role, TakeOverAfter = TimeSpan.FromSeconds(2),
            ScanEvery = TimeSpan.FromMilliseconds(300),
        },
        time: time);
}
