using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs.Queue;

public sealed class JobClaimsOnSqlite() : JobClaimsTests(null);

public sealed class JobClaimsOnPostgres(PostgresCluster cluster) : JobClaimsTests(cluster);

/// <summary>What becomes of rows whose worker died or failed, statement by statement, in a server that works on none itself.</summary>
public abstract class JobClaimsTests(PostgresCluster? cluster) : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private RunningServer _server = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobClaims Claims => _server.Services.GetRequiredService<JobClaims>();

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync(new ServerOptions
    {
        DataFolder = _folder["data"],
        Database = cluster is null ? null : await cluster.CreateDatabaseAsync(),
        Role = "api",
        ScanEvery = TimeSpan.FromHours(1),
        TakeOverAfter = TimeSpan.FromMinutes(5),
    });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_job_whose_worker_went_silent_is_given_to_another_twenty_times()
    {
        var id = await AddAsync(Running(silentFor: 600) with { Takeovers = JobClaims.MostTakeovers - 1 });

        Assert.Equal(1, await Claims.ReleaseDeadAsync(Ct));

        var job = await FindAsync(id);
        Assert.Equal((JobStatus.Queued, JobClaims.MostTakeovers, 0), (job.Status, job.Takeovers, job.Attempts));
    }

    [Fact]
    public async Task A_job_that_killed_its_workers_too_often_is_given_up_and_says_so()
    {
        var id = await AddAsync(Running(silentFor: 600) with { Takeovers = JobClaims.MostTakeovers });

        Assert.Equal(0, await Claims.ReleaseDeadAsync(Ct));

        var job = await FindAsync(id);
        Assert.Equal((JobStatus.Failed, "worker_died"), (job.Status, job.ErrorCode));
        Assert.Contains("21 workers died", job.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_whose_worker_lives_is_left_to_it()
    {
        var id = await AddAsync(Running(silentFor: 0));
        Assert.Equal(0, await Claims.ReleaseDeadAsync(Ct));
        Assert.Equal(JobStatus.Running, (await FindAsync(id)).Status);
    }

    [Fact]
    public async Task A_job_that_failed_for_a_passing_reason_waits_and_is_then_tried_again()
    {
        var running = Running(silentFor: 0);
        var id = await AddAsync(running);

        Assert.True(await Claims.RetryLaterAsync(running, TimeSpan.FromHours(1), "model_unreachable", "no network", [], Ct));

        var waiting = await FindAsync(id);
        Assert.Equal((JobStatus.Queued, 1, "model_unreachable"), (waiting.Status, waiting.Attempts, waiting.ErrorCode));
        Assert.Null(await Claims.ClaimNextAsync(Lane.Compute, "worker:1", Ct));
        // By the database's own clock, which no test can turn.
        await using (var context = await Context().CreateDbContextAsync(Ct))
            await context.Jobs.ExecuteUpdateAsync(set => set.SetProperty(job => job.NotBefore, job => DateTime.UtcNow.AddSeconds(-1)), Ct);
        Assert.Equal(id, (await Claims.ClaimNextAsync(Lane.Compute, "worker:1", Ct))?.Id);
    }

    [Fact]
    public async Task Who_lost_a_job_changes_nothing_of_it()
    {
        var running = Running(silentFor: 600);
        var id = await AddAsync(running);
        await Claims.ReleaseDeadAsync(Ct);

        Assert.False(await Claims.ReportAsync(running, new JobProgress(90, "transcribe", "listening", []), Ct));
        Assert.False(await Claims.ShowLyricsAsync(running, Result, Ct));
        Assert.False(await Claims.CompleteAsync(running, Result, 1, [], Ct));

        var job = await FindAsync(id);
        Assert.Equal((JobStatus.Queued, 0, null), (job.Status, job.Pct, job.DocumentKey));
    }

    [Fact]
    public async Task Words_that_were_edited_while_they_were_made_again_stay_and_what_was_made_is_a_version_beside_them()
    {
        var running = Running(silentFor: 0) with { DocumentKey = "lyrics/first", DocumentVersion = 4, BaseVersion = 4 };
        await AddAsync(running);
        Assert.True(await Jobs.ReplaceDocumentAsync(running, "lyrics/edited", Ct));

        Assert.True(await Claims.ShowLyricsAsync(running, Result with { DocumentKey = "lyrics/made" }, Ct));
        Assert.Equal(("lyrics/edited", "lyrics/made"), await WordsAsync(running.Id));
        // With a second edit while the stems are made.
        Assert.True(await Jobs.ReplaceDocumentAsync(await FindAsync(running.Id), "lyrics/edited-again", Ct));
        Assert.True(await Claims.CompleteAsync(running, Result with { DocumentKey = "lyrics/made" }, 1, [], Ct));

        Assert.Equal(("lyrics/edited-again", "lyrics/made"), await WordsAsync(running.Id));
        var versions = await Jobs.VersionsAsync(running.Id, Ct);
        Assert.Equal([(5, "lyrics/edited"), (4, "lyrics/made")], versions.Select(version => (version.Version, version.DocumentKey)));
        Assert.Equal("lyrics/made", (await Jobs.SetAsideAsync(await FindAsync(running.Id), Ct))?.DocumentKey);
        // Who edits from there on has seen it.
        Assert.True(await Jobs.ReplaceDocumentAsync(await FindAsync(running.Id), "lyrics/later", Ct));
        Assert.Null(await Jobs.SetAsideAsync(await FindAsync(running.Id), Ct));
    }

    [Fact]
    public async Task Words_that_nobody_edited_give_way_to_those_that_were_made_and_nothing_stands_aside()
    {
        var running = Running(silentFor: 0) with { DocumentKey = "lyrics/first", DocumentVersion = 4, BaseVersion = 4 };
        await AddAsync(running);

        Assert.True(await Claims.CompleteAsync(running, Result with { DocumentKey = "lyrics/made" }, 1, [], Ct));

        Assert.Equal("lyrics/made", (await FindAsync(running.Id)).DocumentKey);
        Assert.Empty(await Jobs.VersionsAsync(running.Id, Ct));
        Assert.Null(await Jobs.SetAsideAsync(await FindAsync(running.Id), Ct));
    }

    [Fact]
    public async Task Progress_of_several_jobs_is_written_together_and_those_that_were_lost_are_told_apart()
    {
        var (mine, lost, ahead) = (Running(silentFor: 0), Running(silentFor: 0), Running(silentFor: 0) with { Pct = 50 });
        foreach (var job in (Job[])[mine, lost, ahead])
            await AddAsync(job);

        var held = await Claims.ReportAsync(
            [(mine, At(20)), (lost with { Claim = "another" }, At(30)), (ahead, At(40))], Ct);

        Assert.Equal(new[] { mine.Id, ahead.Id }.Order(), held.Order());
        Assert.Equal((20, 0, 50), ((await FindAsync(mine.Id)).Pct, (await FindAsync(lost.Id)).Pct, (await FindAsync(ahead.Id)).Pct));
        Assert.Equal(("transcribe", "listening", 2), ((await FindAsync(mine.Id)).CurrentStage, (await FindAsync(mine.Id)).StatusMessage, (await FindAsync(mine.Id)).Revision));
    }

    [Fact]
    public async Task One_heartbeat_is_for_a_worker_and_all_of_its_jobs_and_tells_which_it_has_lost()
    {
        var workers = _server.Services.GetRequiredService<WorkerRegistry>();
        var id = await workers.RegisterAsync(null, null, "worker:0", [Lane.Compute], new Capabilities(null, Gpu: false, 1000, Cookies: false), Ct);
        var (mine, lost, cancelled) = (Running(silentFor: 600), Running(silentFor: 600), Running(silentFor: 600) with { CancelRequested = true });
        foreach (var job in (Job[])[mine, lost, cancelled])
            await AddAsync(job);

        var orders = await workers.BeatAsync(id, isBusy: true, [Lane.Compute], [mine, lost with { Claim = "another" }, cancelled], Ct);
        await workers.DrainAsync(id, Ct);

        Assert.Equal([mine.Id], orders.Held);
        Assert.False(orders.Drain);
        Assert.True((await workers.BeatAsync(id, isBusy: true, [Lane.Compute], [], Ct)).Drain);
        Assert.Equal(1, await Claims.ReleaseDeadAsync(Ct));
        Assert.Equal(JobStatus.Running, (await FindAsync(mine.Id)).Status);
    }

    private static JobProgress At(double pct) => new(pct, "transcribe", "listening", []);

    private static StoredResult Result => new() { DocumentKey = "lyrics/none", Duration = 1 };

    private static Job Running(double silentFor) => new()
    {
        Id = Job.NewId(),
        Options = new JobOptions(),
        Status = JobStatus.Running,
        Lane = Lane.Compute,
        Claim = Guid.NewGuid().ToString("N"),
        Worker = "worker:0",
        ResultKey = "results/" + Guid.NewGuid().ToString("N"),
        CreatedAt = DateTime.UtcNow,
        HeartbeatAt = DateTime.UtcNow.AddSeconds(-silentFor),
    };

    private async Task<string> AddAsync(Job job)
    {
        await using var context = await Context().CreateDbContextAsync(Ct);
        context.Jobs.Add(job);
        await context.SaveChangesAsync(Ct);
        return job.Id;
    }

    private JobStore Jobs => _server.Services.GetRequiredService<JobStore>();

    /// <summary>A job's words, and those that lie under the number its run worked for.</summary>
    private async Task<(string? Now, string? Made)> WordsAsync(string id)
    {
        var job = await FindAsync(id);
        var versions = await Jobs.VersionsAsync(id, Ct);
        return (job.DocumentKey, versions.SingleOrDefault(version => version.Version == job.BaseVersion)?.DocumentKey);
    }

    private async Task<Job> FindAsync(string id)
    {
        await using var context = await Context().CreateDbContextAsync(Ct);
        return await context.Jobs.AsNoTracking().SingleAsync(job => job.Id == id, Ct);
    }

    private IDbContextFactory<LibrettoDb> Context() => _server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>();
}
