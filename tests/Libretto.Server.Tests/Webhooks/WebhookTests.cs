using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Acquire;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Tests.Support;
using Libretto.Server.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Libretto.Server.Tests.Webhooks;

/// <summary>Telling of jobs' ends, on both databases, to a receiver on this machine that answers as it is told.</summary>
public abstract class WebhookTests : IAsyncLifetime
{
    private const string Secret = "server secret";
    private readonly ScratchFolder _folder = new();
    private readonly List<Leadership> _leaders = [];
    private readonly ConcurrentQueue<(string Body, string Signature)> _got = new();
    private readonly ConcurrentQueue<int> _answers = new();
    private LocalServer _receiver = null!;
    private ServiceProvider _services = null!;
    private HttpClient _http = null!;
    private ServerOptions _options = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobStore Jobs => _services.GetRequiredService<JobStore>();

    private WebhookStore Deliveries => _services.GetRequiredService<WebhookStore>();

    public async ValueTask InitializeAsync()
    {
        _receiver = await LocalServer.StartAsync();
        _receiver.MapAll(async context =>
        {
            _got.Enqueue((await new StreamReader(context.Request.Body).ReadToEndAsync(), context.Request.Headers[WebhookSignature.Header].ToString()));
            context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : 204;
            context.Response.Headers.Location = "/elsewhere";
        });
        _http = new HttpClient(new NetworkGuard(["127.0.0.0/8"]).CreateHandler(followRedirects: false));
        _options = new ServerOptions { DataFolder = _folder["data"], Database = await DatabaseAsync(), WebhookSecret = Secret };
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton(_options)
            .AddSingleton<JobStore>().AddSingleton<JobChanges>().AddSingleton<WebhookStore>();
        Databases.AddTo(services, _options);
        _services = services.BuildServiceProvider();
        await LibrettoServer.MigrateAsync(_services, _options, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var leader in _leaders)
            await leader.DisposeAsync();
        await _services.DisposeAsync();
        await _receiver.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_end_of_a_job_is_told_once_signed_with_the_keys_own_secret()
    {
        var id = await AddJobAsync(JobStatus.Completed);
        using var sender = Sender();

        await sender.RunAsync(Ct);
        await sender.RunAsync(Ct);

        var (body, signature) = Assert.Single(_got);
        var message = JsonElement.Parse(body);
        Assert.Equal(("job.completed", id), (message.Text("event"), message.GetProperty("job").Text("id")));
        var time = signature[2..signature.IndexOf(',', StringComparison.Ordinal)];
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookSecrets.Of(Secret, "ada")), Encoding.UTF8.GetBytes($"{time}.{body}"));
        Assert.Equal($"t={time},v1={Convert.ToHexStringLower(hash)}", signature);
        Assert.NotEqual(WebhookSecrets.Of(Secret, "ada"), WebhookSecrets.Of(Secret, "bob"));
        var delivery = await Deliveries.FindAsync(id, Ct);
        Assert.Equal((WebhookState.Delivered, 1, 204), (delivery!.State, delivery.Attempts, delivery.Log.Single().Status));
    }

    [Theory]
    [InlineData(JobStatus.Failed)]
    [InlineData(JobStatus.Cancelled)]
    public async Task Every_kind_of_end_is_told(string status)
    {
        await AddJobAsync(status);
        using var sender = Sender();

        await sender.RunAsync(Ct);

        Assert.Equal("job." + status, JsonElement.Parse(_got.Single().Body).Text("event"));
    }

    [Theory]
    [InlineData(JobStatus.Queued)]
    [InlineData(JobStatus.Running)]
    public async Task Nothing_is_told_before_the_end(string status)
    {
        await AddJobAsync(status);
        using var sender = Sender();

        Assert.Equal(0, await sender.RunAsync(Ct));
        Assert.Empty(_got);
    }

    [Fact]
    public async Task A_receiver_that_fails_is_told_again_later_and_later_under_the_same_delivery()
    {
        var id = await AddJobAsync(JobStatus.Completed);
        using var sender = Sender();
        _answers.Enqueue(500);
        _answers.Enqueue(302);

        await sender.RunAsync(Ct);
        Assert.Equal(0, await sender.RunAsync(Ct));
        var delivery = await Deliveries.FindAsync(id, Ct);
        Assert.Equal((WebhookState.Waiting, "it answered 500"), (delivery!.State, delivery.Log.Single().Error));
        Assert.InRange(delivery.NextAt!.Value - delivery.Log.Single().At, TimeSpan.FromSeconds(9), TimeSpan.FromMinutes(2));
        await ForwardAsync(id);
        await sender.RunAsync(Ct);
        await ForwardAsync(id);
        await sender.RunAsync(Ct);

        Assert.Equal([500, 302, 204], (await Deliveries.FindAsync(id, Ct))!.Log.Select(attempt => attempt.Status));
        Assert.Single(_got.Select(message => JsonElement.Parse(message.Body).Text("delivery")).Distinct());
        // A redirect is not followed: it would lead past the guard's intent and lose the body.
        Assert.DoesNotContain(_receiver.Requests, request => request.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_eight_attempts_or_the_answer_gone_it_is_given_up()
    {
        var stubborn = await AddJobAsync(JobStatus.Completed);
        using var sender = Sender();
        for (var i = 0; i < 8; i++)
        {
            _answers.Enqueue(503);
            await sender.RunAsync(Ct);
            await ForwardAsync(stubborn);
        }
        Assert.Equal((WebhookState.Failed, 8), ((await Deliveries.FindAsync(stubborn, Ct))!.State, _got.Count));

        var gone = await AddJobAsync(JobStatus.Completed);
        _answers.Enqueue(410);
        await sender.RunAsync(Ct);
        Assert.Equal(WebhookState.Failed, (await Deliveries.FindAsync(gone, Ct))!.State);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("http://nowhere.invalid/")]
    [InlineData("http://10.0.0.1/")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    public async Task A_receiver_that_cannot_or_may_not_be_reached_is_an_attempt_that_failed(string address)
    {
        var id = await AddJobAsync(JobStatus.Completed, address);
        using var sender = Sender();

        await sender.RunAsync(Ct);

        var attempt = (await Deliveries.FindAsync(id, Ct))!.Log.Single();
        Assert.Null(attempt.Status);
        Assert.NotNull(attempt.Error);
    }

    [Fact]
    public async Task Of_many_orchestrators_one_tells()
    {
        for (var i = 0; i < 10; i++)
            await AddJobAsync(JobStatus.Completed);
        var senders = Enumerable.Range(0, 5).Select(_ => Sender()).ToList();

        await Task.WhenAll(senders.Select(sender => Task.Run(() => sender.RunAsync(Ct), Ct)));

        Assert.Equal(10, _got.Count);
        senders.ForEach(sender => sender.Dispose());
    }

    [Fact]
    public async Task A_job_that_is_run_again_is_told_of_again()
    {
        var id = await AddJobAsync(JobStatus.Failed);
        using var sender = Sender();
        await sender.RunAsync(Ct);

        Assert.True(await Jobs.RetryAsync(id, Ct));
        Assert.Equal(0, await sender.RunAsync(Ct));
        await SetJobAsync(id, JobStatus.Completed);
        await sender.RunAsync(Ct);

        Assert.Equal(["job.failed", "job.completed"], _got.Select(message => JsonElement.Parse(message.Body).Text("event")));
        Assert.Equal(2, _got.Select(message => JsonElement.Parse(message.Body).Text("delivery")).Distinct().Count());
    }

    [Fact]
    public async Task A_server_without_a_secret_takes_no_webhook()
    {
        var store = new JobStore(_services.GetRequiredService<IDbContextFactory<LibrettoDb>>(), new JobChanges(), _options with { WebhookSecret = null });

        Assert.Equal("webhooks_off", (await Assert.ThrowsAsync<ServerException>(() => store.AddAsync(NewJob(JobStatus.Queued, "http://127.0.0.1/"), Ct))).Code);
    }

    [Fact]
    public async Task A_job_that_is_deleted_is_not_told_of()
    {
        var id = await AddJobAsync(JobStatus.Completed);
        Assert.True(await Jobs.DeleteAsync(id, Ct));
        using var sender = Sender();

        Assert.Equal(0, await sender.RunAsync(Ct));
        Assert.Null(await Deliveries.FindAsync(id, Ct));
    }

    protected abstract Task<string?> DatabaseAsync();

    private WebhookSender Sender()
    {
        var leadership = new Leadership(_options, NullLogger<Leadership>.Instance, _services.GetService<NpgsqlDataSource>());
        _leaders.Add(leadership);
        return Sender(leadership);
    }

    private WebhookSender Sender(Leadership leadership) => new(
        Deliveries, leadership, new JobChanges(), _http, _options, TimeProvider.System, NullLogger<WebhookSender>.Instance);

    private async Task<string> AddJobAsync(string status, string? address = null) =>
        (await Jobs.AddAsync(NewJob(status, address ?? new Uri(_receiver.Address, "told").AbsoluteUri), Ct)).Id;

    private static Job NewJob(string status, string webhook) => new()
    {
        Id = Job.NewId(), KeyId = "ada", Options = new JobOptions { Webhook = webhook }, Status = status, Lane = Lane.Compute, CreatedAt = DateTime.UtcNow, ResultKey = "results/" + Guid.NewGuid(),
    };

    private async Task SetJobAsync(string id, string status)
    {
        await using var context = await _services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.Jobs.Where(job => job.Id == id).ExecuteUpdateAsync(set => set.SetProperty(job => job.Status, status).SetProperty(job => job.Revision, job => job.Revision + 1), Ct);
    }

    /// <summary>As if the pause were over.</summary>
    private async Task ForwardAsync(string id)
    {
        await using var context = await _services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        await context.WebhookDeliveries.Where(row => row.JobId == id).ExecuteUpdateAsync(set => set.SetProperty(row => row.NextAt, (DateTime?)null), Ct);
    }
}

public sealed class WebhooksOnSqliteTests : WebhookTests
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

public sealed class WebhooksOnPostgresTests(PostgresCluster cluster) : WebhookTests
{
    protected override async Task<string?> DatabaseAsync() => await cluster.CreateDatabaseAsync();
}
