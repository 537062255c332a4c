using Libretto.Models;
using Libretto.Models.Onnx;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs.Workers;

/// <summary>Jobs and the workers that can do them, on both databases.</summary>
public sealed class CapabilitiesTests(PostgresCluster cluster) : IDisposable
{
    private static readonly Capabilities s_plain = new(Models: null, Gpu: false, Memory: 2000, Cookies: false);

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_goes_to_a_worker_that_can_do_it_past_those_that_cannot(bool onPostgres)
    {
        var database = onPostgres ? await cluster.CreateDatabaseAsync() : null;
        await using var api = await StartAsync(database, s_plain);
        var picky = await api.Client.PostAsync(TestAudio.Tone(_folder, 0.5), """{"gpu":true}""");
        var heavy = await api.Client.PostAsync(TestAudio.Tone(_folder, 0.6), """{"model":"whisper-large-v3-turbo"}""");
        var easy = await api.Client.PostAsync(TestAudio.Tone(_folder, 0.7));
        Assert.StartsWith("waiting for a worker with a graphics card", (await api.Client.JobAsync(picky)).Text("status_message"), StringComparison.Ordinal);
        await using var gpu = await StartAsync(database, s_plain with { Gpu = true });
        await using var large = await StartAsync(database, s_plain with { Memory = 16_000 });
        await using var other = await StartAsync(database, new Capabilities(["whisper-base"], Gpu: true, Memory: 16_000, Cookies: false));

        Assert.Equal(easy, await ClaimAsync(api));
        Assert.Null(await ClaimAsync(api));
        Assert.Equal(picky, await ClaimAsync(gpu));
        Assert.Null(await ClaimAsync(gpu));
        Assert.Null(await ClaimAsync(other));
        Assert.Equal(heavy, await ClaimAsync(large));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Health_says_which_jobs_no_living_worker_can_do(bool onPostgres)
    {
        var database = onPostgres ? await cluster.CreateDatabaseAsync() : null;
        await using var plain = await StartAsync(database, s_plain, lanes: ["compute"]);
        var id = await plain.Client.PostAsync(TestAudio.Tone(_folder, 0.5), """{"gpu":true}""");
        var without = await WorkersPartAsync(plain, part => part.Text("status") == "degraded");

        await using var gpu = await StartAsync(database, s_plain with { Gpu = true }, lanes: ["compute"]);
        var done = await plain.Client.FinishAsync(id);
        var with = await WorkersPartAsync(plain, part => part.Text("message").StartsWith('2'));
        await gpu.StopAsync();
        var after = await WorkersPartAsync(plain, part => part.Text("message").StartsWith('1'));

        Assert.Contains("1 at work or ready, 0 with a graphics card; jobs wait for what none of them has: a graphics card", without, StringComparison.Ordinal);
        Assert.Equal("completed", done.Text("status"));
        Assert.Equal("2 at work or ready, 1 with a graphics card", with);
        Assert.Equal("1 at work or ready, 0 with a graphics card", after);
    }

    [Fact]
    public void A_worker_may_be_kept_to_some_models()
    {
        using var networks = new OnnxSessions(device: OnnxDevice.Cpu);
        using var http = new HttpClient();
        var models = new ModelStore(new ModelStoreOptions { CacheFolder = _folder.Path }, http);
        var options = new ServerOptions { DataFolder = _folder.Path };

        var any = Capabilities.Detect(options, networks, models, new LibrettoSettings());
        var installed = Capabilities.Detect(options with { WorkerModels = ["installed"] }, networks, models, new LibrettoSettings());
        var named = Capabilities.Detect(options with { WorkerModels = ["Whisper-Base"] }, networks, models, new LibrettoSettings());

        var needs = JobRequirements.Of(new JobOptions { Model = "whisper-base" });
        Assert.Equal(920, needs.Memory);
        Assert.Equal((true, false, true), (any.Meets(needs), installed.Meets(needs), named.Meets(needs)));
        Assert.True(installed.Meets(JobRequirements.Of(new JobOptions())));
    }

    private Task<RunningServer> StartAsync(string? database, Capabilities capabilities, IReadOnlyList<string>? lanes = null) =>
        RunningServer.StartAsync(new ServerOptions
        {
            DataFolder = _folder["data"], Database = database, Role = "api", Lanes = lanes ?? [], Capabilities = capabilities, ScanEvery = TimeSpan.FromMilliseconds(300),
        });

    private static async Task<string?> ClaimAsync(RunningServer server) =>
        (await server.Services.GetRequiredService<JobClaims>().ClaimNextAsync(Lane.Compute, "test", Ct))?.Id;

    private static async Task<string> WorkersPartAsync(RunningServer server, Func<System.Text.Json.JsonElement, bool> isThere)
    {
        for (var i = 0; ; i++)
        {
            var part = (await server.Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("workers");
            if (isThere(part) || i == 1000)
                return part.Text("message");
            await Task.Delay(100, Ct);
        }
    }
}
