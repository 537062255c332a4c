using System.Collections.Concurrent;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Pools;
using Libretto.Server.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Libretto.Server.Tests.Pools;

/// <summary>The manager on both databases, with a webhook on this machine whose workers never come or come at once.</summary>
public abstract class PoolManagerTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _orders = new();
    private LocalServer _host = null!;
    private ServiceProvider _services = null!;
    private ServerOptions _options = null!;
    private int _status = 202;

    private readonly List<Leadership> _leaders = [];

    private static readonly Capabilities Able = new(null, Gpu: false, 4000, Cookies: false);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private WorkerRegistry Workers => _services.GetRequiredService<WorkerRegistry>();

    public async ValueTask InitializeAsync()
    {
        _host = await LocalServer.StartAsync();
        _host.Map("/", async context =>
        {
            _orders.Enqueue(await new StreamReader(context.Request.Body).ReadToEndAsync());
            context.Response.StatusCode = _status;
        });
        _options = new ServerOptions { DataFolder = _folder["data"], Database = await DatabaseAsync(), ScanEvery = TimeSpan.FromSeconds(1) };
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(_options)
            .AddSingleton(Able).AddSingleton<JobStore>().AddSingleton<JobClaims>().AddSingleton<JobChanges>().AddSingleton<WorkerRegistry>();
        Databases.AddTo(services, _options);
        _services = services.BuildServiceProvider();
        await LibrettoServer.MigrateAsync(_services, _options, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var leader in _leaders)
            await leader.DisposeAsync();
        await _services.DisposeAsync();
        await _host.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_song_that_waits_gets_a_worker_and_is_told_so()
    {
        var job = await AddJobAsync();
        using var manager = Manager();

        await RunAsync(manager);

        Assert.Single(_orders);
        Assert.Equal("waiting for a worker to start, usually 20 s", await MessageAsync(job));
        await RunAsync(manager);
        Assert.Single(_orders);
    }

    [Fact]
    public async Task How_long_a_start_takes_is_learned()
    {
        var job = await AddJobAsync();
        using var manager = Manager();
        await RunAsync(manager);
        var worker = (await Workers.ListAsync(1, Ct)).Single();
        await Workers.RegisterAsync(worker.Id, null, "one", [Lane.Compute], Able, Ct);
        await SetAsync(worker.Id, set => set.SetProperty(row => row.StartedAt, row => row.RequestedAt.AddSeconds(7)));
        await Workers.BeatAsync(worker.Id, isBusy: true, [Lane.Compute], [], Ct);
        // More than the one at work will have done within a minute.
        await AddJobAsync();
        await AddJobAsync();

        await RunAsync(manager);

        Assert.Equal(2, _orders.Count);
        Assert.Equal("waiting for a worker to start, usually 7 s", await MessageAsync(job));
    }

    [Theory]
    [InlineData(500, "it answered 500")]
    [InlineData(401, "it answered 401. Check that LIBRETTO_POOL_SECRET is the same on both sides, and both clocks.")]
    [InlineData(418, "it answered 418. Check LIBRETTO_POOL.")]
    public async Task A_start_that_fails_is_shown_and_not_repeated_at_once(int status, string shown)
    {
        var job = await AddJobAsync();
        using var manager = Manager();
        _status = status;

        await RunAsync(manager);
        // However slow this machine is, the pause has not passed.
        await SetAsync((await Workers.ListAsync(1, Ct)).Single().Id, set => set.SetProperty(row => row.StoppedAt, row => DateTime.UtcNow.AddMinutes(10)));
        await RunAsync(manager);

        Assert.Single(_orders);
        Assert.StartsWith("waiting for a worker: the last start failed, the next is in ", await MessageAsync(job), StringComparison.Ordinal);
        var check = await new PoolCheck(manager, Options()).CheckHealthAsync(new(), Ct);
        Assert.Equal(Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus.Degraded, check.Status);
        Assert.Contains(shown, check.Description, StringComparison.Ordinal);
        Assert.Equal(WorkerState.Failed, (await Workers.ListAsync(1, Ct)).Single().State);
    }

    [Fact]
    public async Task A_worker_that_never_comes_is_stopped_and_counted_as_a_failure()
    {
        await AddJobAsync();
        using var manager = Manager();
        await RunAsync(manager);
        var worker = (await Workers.ListAsync(1, Ct)).Single();
        await SetAsync(worker.Id, set => set.SetProperty(row => row.RequestedAt, row => DateTime.UtcNow.AddMinutes(-4)));

        await RunAsync(manager);

        Assert.Contains(_orders, order => order.Contains("\"stop\"", StringComparison.Ordinal) && order.Contains(worker.Id, StringComparison.Ordinal));
        var row = (await Workers.ListAsync(10, Ct)).Single(row => row.Id == worker.Id);
        Assert.Equal(WorkerState.Failed, row.State);
        Assert.Contains("did not come", row.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_two_orchestrators_one_leads_until_it_lets_go_or_dies()
    {
        await AddJobAsync();
        using var first = Manager();
        using var second = Manager();

        await RunAsync(first);
        await RunAsync(second);
        Assert.Single(_orders);
        Assert.NotNull(first.Last);
        Assert.Null(second.Last);

        await _leaders[0].DisposeAsync();
        await RunAsync(second);
        Assert.NotNull(second.Last);
        // The wish that the first noted is known to the second.
        Assert.Single(_orders);
    }

    [Fact]
    public async Task Two_orchestrators_at_once_start_one_worker()
    {
        await AddJobAsync();
        var managers = Enumerable.Range(0, 6).Select(_ => Manager()).ToList();

        await Task.WhenAll(managers.Select(manager => Task.Run(() => RunAsync(manager), Ct)));

        Assert.Single(_orders);
        managers.ForEach(manager => manager.Dispose());
    }

    [Fact]
    public async Task Whoever_is_idle_for_long_is_asked_to_end_and_its_time_is_recorded()
    {
        using var manager = Manager();
        await AddJobAsync();
        await RunAsync(manager);
        var id = (await Workers.ListAsync(1, Ct)).Single().Id;
        await Workers.RegisterAsync(id, null, "one", [Lane.Compute], Able, Ct);
        await ClearJobsAsync();
        await SetAsync(id, set => set.SetProperty(row => row.IdleSince, row => DateTime.UtcNow.AddMinutes(-6)));

        await RunAsync(manager);

        Assert.True((await Workers.BeatAsync(id, isBusy: false, [Lane.Compute], [], Ct)).Drain);
        await Workers.StopAsync(id, Ct);
        var row = (await Workers.ListAsync(1, Ct)).Single();
        Assert.Equal((WorkerState.Stopped, 0.36), (row.State, row.UsdPerHour));
        Assert.True(row.StoppedAt >= row.StartedAt);
    }

    [Fact]
    public async Task Nobody_starts_for_a_job_that_the_pools_workers_cannot_do()
    {
        await Workers.RequestAsync("row-1", "webhook", null, Ct);
        await Workers.RegisterAsync("row-1", null, "one", [Lane.Compute], Able, Ct);
        await Workers.StopAsync("row-1", Ct);
        await AddJobAsync(new JobRequirements(null, Gpu: true, 0, Cookies: false));
        using var manager = Manager();

        await RunAsync(manager);

        Assert.Empty(_orders);
        await AddJobAsync();
        await RunAsync(manager);
        Assert.Single(_orders);
    }

    [Fact]
    public async Task A_worker_that_goes_silent_is_no_longer_counted_and_one_that_wakes_is_again()
    {
        await AddJobAsync();
        using var manager = Manager();
        var id = await Workers.RegisterAsync(null, null, "by hand", [Lane.Compute], Able, Ct);
        await RunAsync(manager);
        Assert.Empty(_orders);
        await SetAsync(id, set => set.SetProperty(row => row.HeartbeatAt, row => DateTime.UtcNow.AddMinutes(-1)));

        await RunAsync(manager);

        Assert.Single(_orders);
        await Workers.BeatAsync(id, isBusy: false, [Lane.Compute], [], Ct);
        Assert.Equal(WorkerState.Running, (await Workers.ListAsync(10, Ct)).Single(row => row.Id == id).State);
    }

    [Fact]
    public async Task A_machine_is_known_by_its_providers_name_and_two_workers_of_one_name_are_two()
    {
        await Workers.RequestAsync("row-1", "fly", null, Ct);
        await Workers.SetPoolIdAsync("row-1", "m3", Ct);

        Assert.Equal("row-1", await Workers.RegisterAsync(null, "m3", "host:1", [Lane.Compute], Able, Ct));
        Assert.NotEqual("row-1", await Workers.RegisterAsync(null, "m3", "host:1", [Lane.Compute], Able, Ct));
    }

    protected abstract Task<string?> DatabaseAsync();

    private static PoolOptions Options() => new() { Limits = new PoolLimits { StartAfter = TimeSpan.Zero, TargetWait = TimeSpan.FromSeconds(60) }, UsdPerHour = 0.36 };

    private PoolManager Manager()
    {
        var leadership = new Leadership(_options, NullLogger<Leadership>.Instance, _services.GetService<NpgsqlDataSource>());
        _leaders.Add(leadership);
        return Manager(leadership);
    }

    private PoolManager Manager(Leadership leadership) => new(
        new WebhookPool(_host.Address, "secret", _http, TimeProvider.System),
        Options(),
        new PoolObserver(Contexts, Workers, _services.GetRequiredService<JobClaims>(), TimeProvider.System),
        Workers,
        _services.GetRequiredService<JobStore>(),
        leadership,
        _options,
        TimeProvider.System,
        NullLogger<PoolManager>.Instance);

    private IDbContextFactory<LibrettoDb> Contexts => _services.GetRequiredService<IDbContextFactory<LibrettoDb>>();

    private static Task RunAsync(PoolManager manager) => manager.RunAsync(Ct);

    private async Task<string> AddJobAsync(JobRequirements? needs = null)
    {
        var job = new Job
        {
            Id = Job.NewId(), Options = new JobOptions(), Status = JobStatus.Queued, StatusMessage = JobStore.Waiting, Lane = Lane.Compute, CreatedAt = DateTime.UtcNow, ResultKey = "results/" + Guid.NewGuid(),
        };
        await _services.GetRequiredService<JobStore>().AddAsync(needs is null ? job : job.Needing(needs), Ct);
        return job.Id;
    }

    private async Task<string?> MessageAsync(string job) => (await _services.GetRequiredService<JobStore>().FindAsync(job, Ct))!.StatusMessage;

    private async Task ClearJobsAsync()
    {
        await using var context = await _services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Jobs.ExecuteDeleteAsync(Ct);
    }

    private async Task SetAsync(string id, Action<Microsoft.EntityFrameworkCore.Query.UpdateSettersBuilder<WorkerRecord>> set)
    {
        await using var context = await _services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Workers.Where(row => row.Id == id).ExecuteUpdateAsync(set, Ct);
    }
}

public sealed class PoolManagerOnSqliteTests : PoolManagerTests
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class PoolManagerOnPostgresTests(PostgresCluster cluster) : PoolManagerTests
{
    protected override async Task<string?> DatabaseAsync() => await cluster.CreateDatabaseAsync();
}
