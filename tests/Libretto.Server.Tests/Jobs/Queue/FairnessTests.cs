using Libretto.Server.Api.Intake;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Http;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Security;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs.Queue;

/// <summary>Whose song is next, and when the server says that it is full; on both databases.</summary>
public abstract class FairnessTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private ServiceProvider _services = null!;
    private DateTime _now = DateTime.UtcNow.AddHours(-1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ServerOptions Options { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Options = new ServerOptions { DataFolder = _folder["data"], Database = await DatabaseAsync(), JobsPerKey = 3, QueueLimit = 5 };
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(Options)
            .AddSingleton(new Capabilities(null, Gpu: false, 4000, Cookies: false)).AddSingleton<JobStore>().AddSingleton<JobClaims>().AddSingleton<JobChanges>().AddSingleton<KeyUsage>().AddSingleton<Admission>();
        Databases.AddTo(services, Options);
        _services = services.BuildServiceProvider();
        await LibrettoServer.MigrateAsync(_services, Options, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_key_with_many_songs_does_not_keep_the_others_waiting()
    {
        for (var i = 0; i < 4; i++)
            await AddAsync("many");
        await AddAsync("one");
        await AddAsync("two");

        Assert.Equal(["many", "one", "two", "many", "many", "many"], await ClaimAllAsync());
    }

    [Fact]
    public async Task A_key_that_was_away_does_not_save_up_turns()
    {
        await AddAsync("a");
        await ClaimAllAsync();
        for (var i = 0; i < 2; i++)
        {
            await AddAsync("b");
            await AddAsync("a");
        }

        Assert.Equal(["b", "a", "b", "a"], await ClaimAllAsync());
    }

    [Fact]
    public async Task Priority_goes_before_turns_and_is_fair_within()
    {
        await AddAsync("a");
        await AddAsync("a", priority: -1);
        await AddAsync("b", priority: 5);
        await AddAsync("b", priority: 5);
        await AddAsync("a", priority: 5);

        Assert.Equal(["b", "a", "b", "a", "a"], await ClaimAllAsync());
    }

    [Fact]
    public async Task Workers_that_ask_at_the_same_moment_get_a_job_each_and_every_key_is_served()
    {
        for (var i = 0; i < 12; i++)
            await AddAsync("many");
        await AddAsync("one");
        await AddAsync("two");
        var claims = _services.GetRequiredService<JobClaims>();

        var first = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => claims.ClaimNextAsync(Lane.Compute, "w", Ct), Ct)));
        var rest = await ClaimAllAsync();

        Assert.All(first, Assert.NotNull);
        Assert.Equal(8, first.Select(job => job!.Id).Distinct().Count());
        Assert.Contains("one", first.Select(job => job!.KeyId));
        Assert.Contains("two", first.Select(job => job!.KeyId));
        Assert.Equal(6, rest.Count);
    }

    [Fact]
    public async Task Without_keys_the_oldest_is_first()
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
            ids.Add(await AddAsync(""));

        var claimed = new List<string>();
        while (await _services.GetRequiredService<JobClaims>().ClaimNextAsync(Lane.Compute, "w", Ct) is { } job)
            claimed.Add(job.Id);

        Assert.Equal(ids, claimed);
    }

    [Fact]
    public async Task A_song_that_has_outlived_three_workers_waits_for_all_others()
    {
        var poison = await AddAsync("a", priority: 10);
        await using (var context = await ContextAsync())
            await context.Jobs.Where(job => job.Id == poison).ExecuteUpdateAsync(set => set.SetProperty(job => job.Takeovers, 3), Ct);
        await AddAsync("b");
        await AddAsync("c", priority: -10);

        Assert.Equal(["b", "c", "a"], await ClaimAllAsync());
    }

    [Fact]
    public async Task A_key_that_has_its_share_waiting_is_refused_with_the_time_to_come_back()
    {
        for (var i = 0; i < 3; i++)
            await AddAsync("a");

        var refusal = await Assert.ThrowsAsync<ApiProblem>(() => AdmitAsync("a"));

        Assert.Equal((429, "quota_exceeded", 20), (refusal.Status, refusal.Code, refusal.RetryAfter));
        await AdmitAsync("b");
        await ClaimAllAsync();
        await FinishAllAsync(seconds: 7);
        await AdmitAsync("a");
    }

    [Fact]
    public async Task A_full_queue_refuses_everyone_by_what_songs_took()
    {
        await AddAsync("x");
        await FinishAllAsync(seconds: 7);
        for (var i = 0; i < 5; i++)
            await AddAsync("key" + i);

        var refusal = await Assert.ThrowsAsync<ApiProblem>(() => AdmitAsync("new"));
        var admins = await Assert.ThrowsAsync<ApiProblem>(() => _services.GetRequiredService<Admission>().CheckAsync(Caller.Local, Ct));

        Assert.Equal((429, "queue_full", 7), (refusal.Status, refusal.Code, refusal.RetryAfter));
        Assert.Equal("queue_full", admins.Code);
    }

    [Theory]
    [InlineData("songs", "2 songs; it has posted 2")]
    [InlineData("minutes", "10 minutes of music; it has posted 10")]
    [InlineData("usd", "0.5 US dollars; its songs have cost 0.6")]
    public async Task A_key_that_has_had_its_day_is_told_so_and_others_are_not(string limit, string words)
    {
        for (var i = 0; i < 2; i++)
            await AddAsync("a");
        await using (var context = await ContextAsync())
            await context.Jobs.ExecuteUpdateAsync(set => set.SetProperty(job => job.Duration, 300).SetProperty(job => job.CostUsd, 0.3), Ct);
        var options = limit switch
        {
            "songs" => Options with { KeySongsPerDay = 2 },
            "minutes" => Options with { KeyMinutesPerDay = 10 },
            _ => Options with { KeyUsdPerDay = 0.5 },
        };
        var usage = _services.GetRequiredService<KeyUsage>();
        var admission = new Admission(_services.GetRequiredService<IDbContextFactory<LibrettoDb>>(), usage, options);

        var refusal = await Assert.ThrowsAsync<ApiProblem>(() => admission.CheckAsync(new Caller("a", IsAdmin: false), Ct));

        Assert.Equal((429, "quota_exceeded"), (refusal.Status, refusal.Code));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        await admission.CheckAsync(new Caller("b", IsAdmin: false), Ct);
        await admission.CheckAsync(new Caller("a", IsAdmin: true), Ct);
        Assert.Equal(new Usage("a", 2, 10, 0.6), await usage.OfAsync("a", TimeSpan.FromDays(1), Ct));
        Assert.Equal(["a"], (await usage.OfAllAsync(TimeSpan.FromDays(30), Ct)).Select(key => key.KeyId));
        Assert.Equal(0, (await usage.OfAsync("a", TimeSpan.FromDays(-1), Ct)).Songs);
    }

    [Fact]
    public async Task A_song_that_is_longer_than_what_is_left_of_the_day_is_refused()
    {
        await AddAsync("a");
        await using (var context = await ContextAsync())
            await context.Jobs.ExecuteUpdateAsync(set => set.SetProperty(job => job.Duration, 300), Ct);
        var admission = new Admission(
            _services.GetRequiredService<IDbContextFactory<LibrettoDb>>(), _services.GetRequiredService<KeyUsage>(), Options with { KeyMinutesPerDay = 8 });
        var caller = new Caller("a", IsAdmin: false);

        await admission.CheckAsync(caller, Ct);
        await admission.CheckLengthAsync(caller, 170, Ct);
        var refusal = await Assert.ThrowsAsync<ApiProblem>(() => admission.CheckLengthAsync(caller, 190, Ct));

        Assert.Contains("8 minutes of music; it has posted 5, and this song has 3.2", refusal.Message, StringComparison.Ordinal);
    }

    protected abstract Task<string?> DatabaseAsync();

    private protected JobClaims Claims => _services.GetRequiredService<JobClaims>();

    private Task AdmitAsync(string key) => _services.GetRequiredService<Admission>().CheckAsync(new Caller(key, IsAdmin: false), Ct);

    protected async Task<string> AddAsync(string key, int? priority = null)
    {
        _now = _now.AddSeconds(1);
        var job = new Job
        {
            Id = Job.NewId(), KeyId = key, Options = new JobOptions { Priority = priority }, Status = JobStatus.Queued, Lane = Lane.Compute, CreatedAt = _now, ResultKey = "results/" + Guid.NewGuid(),
        };
        return (await _services.GetRequiredService<JobStore>().AddAsync(job, Ct)).Id;
    }

    protected async Task<List<string>> ClaimAllAsync()
    {
        var keys = new List<string>();
        while (await _services.GetRequiredService<JobClaims>().ClaimNextAsync(Lane.Compute, "w", Ct) is { } job)
        {
            keys.Add(job.KeyId);
            // Turns are told apart by the database's clock, to the millisecond.
            await Task.Delay(5, Ct);
        }
        return keys;
    }

    private async Task FinishAllAsync(double seconds)
    {
        await using var context = await ContextAsync();
        await context.Jobs.ExecuteUpdateAsync(
            set => set.SetProperty(job => job.Status, JobStatus.Completed).SetProperty(job => job.ProcessingTimeSeconds, seconds).SetProperty(job => job.CompletedAt, DateTime.UtcNow), Ct);
    }

    private protected Task<LibrettoDb> ContextAsync() => _services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
}

public sealed class FairnessOnSqliteTests : FairnessTests
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class FairnessOnPostgresTests(PostgresCluster cluster) : FairnessTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keys_that_nothing_waits_for_are_forgotten_and_those_that_come_again_are_found()
    {
        await AddAsync("a");
        await AddAsync("b");
        await ClaimAllAsync();
        await AddAsync("b");

        await Claims.TidyAsync(Ct);

        Assert.Equal(["b"], await KeysAsync());
        await AddAsync("a");
        Assert.Equal(["a", "b"], (await ClaimAllAsync()).Order());
    }

    [Fact]
    public async Task While_somebody_posts_for_a_key_it_is_not_forgotten()
    {
        var first = await AddAsync("a");
        await ClaimAllAsync();
        await using var posting = await ContextAsync();
        await posting.Database.OpenConnectionAsync(Ct);
        await posting.Database.ExecuteSqlRawAsync("begin", Ct);
        await posting.Database.ExecuteSqlAsync(
            $"""
             insert into jobs (id, options, status, created_at, lane, key_id)
             select 'next', options, 'queued', created_at, lane, key_id from jobs where id = {first}
             """, Ct);

        await Claims.TidyAsync(Ct);
        await posting.Database.ExecuteSqlRawAsync("commit", Ct);

        Assert.Equal(["a"], await KeysAsync());
        Assert.Equal(["a"], await ClaimAllAsync());
    }

    protected override async Task<string?> DatabaseAsync() => await cluster.CreateDatabaseAsync();

    private async Task<List<string>> KeysAsync()
    {
        await using var context = await ContextAsync();
        return await context.Database.SqlQueryRaw<string>("select key_id as \"Value\" from waiting_keys order by key_id").ToListAsync(Ct);
    }
}
