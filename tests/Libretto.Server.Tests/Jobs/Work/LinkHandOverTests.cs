using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Server.Tests.Support;
using Libretto.Settings;
using Libretto.Tests.Transcribe.Hosted;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Server.Tests.Jobs.Work;

/// <summary>Downloads that fail where the job was posted, and the worker process that tries in its place; on PostgreSQL.</summary>
public sealed class LinkHandOverTests(PostgresCluster cluster) : IAsyncLifetime
{
    private const string Bot = "[youtube] x: Sign in to confirm you are not a bot. Use --cookies";

    private readonly ScratchFolder _folder = new();
    private LinkSite _site = null!;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await LinkSite.NeedYtDlpAsync();
        _database = await cluster.CreateDatabaseAsync();
        _site = await LinkSite.StartAsync();
        _site.ServeBytes("/media/song.mp3", "audio/mpeg", await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 2, name: "tone.mp3"), Ct));
        // Shown to members only, of whom the worker is one.
        _site.Map("/page", context =>
        {
            context.Response.StatusCode = context.Request.Cookies["SID"] == "member" ? 200 : 401;
            return LinkSite.SendAsync(context, "text/html", "<html><title>The Testers - Loopback Blues</title><audio src=\"/media/song.mp3\"></audio></html>"u8.ToArray());
        });
        await File.WriteAllTextAsync(_folder["cookies.txt"], "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tSID\tmember\n", Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_site is not null)
            await _site.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_worker_downloads_what_the_orchestrator_could_not()
    {
        var program = LinkSite.Failing(_folder, "yt-dlp", Bot, waitsFor: _folder["go"]);
        await using var orchestrator = await OrchestratorAsync(program);
        await using var worker = await WorkerAsync(("LIBRETTO_COOKIES", _folder["cookies.txt"]));

        var posted = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => orchestrator.Client.PostLinkAsync(_site.Address("page"))));
        await File.WriteAllTextAsync(_folder["go"], "", Ct);
        var jobs = await Task.WhenAll(posted.Select(orchestrator.Client.FinishAsync));

        Assert.All(jobs, job => Assert.True(job.Text("status") == "completed", job.GetRawText() + string.Join('\n', worker.Log)));
        Assert.All(jobs, job => Assert.Equal(("The Testers", "Loopback Blues"), (job.Text("artist"), job.Text("title"))));
        var tried = Assert.Single(jobs, job => job.GetProperty("progress_log")[0].Text("status") == "failed");
        var steps = tried.GetProperty("progress_log").EnumerateArray().Where(step => step.Text("step") == "acquire").ToList();
        Assert.EndsWith("Another machine tries.", steps[0].Text("message"), StringComparison.Ordinal);
        Assert.Equal("completed", steps[1].Text("status"));
        Assert.Equal(0, tried.Number("attempts"));
        Assert.Equal(1, LinkSite.Runs(program));
        Assert.Equal(1, _site.Asked("/media/song.mp3"));
    }

    [Fact]
    public async Task When_the_worker_fails_too_all_who_wait_are_told_and_nothing_goes_in_circles()
    {
        var (here, there) = (LinkSite.Failing(_folder, "here", Bot, waitsFor: _folder["go"]), LinkSite.Failing(_folder, "there", Bot));
        await using var orchestrator = await OrchestratorAsync(here);
        await using var worker = await WorkerAsync(("LIBRETTO_YTDLP", there));

        var posted = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => orchestrator.Client.PostLinkAsync(_site.Address("page"))));
        await File.WriteAllTextAsync(_folder["go"], "", Ct);
        var jobs = await Task.WhenAll(posted.Select(orchestrator.Client.FinishAsync));

        Assert.All(jobs, job => Assert.Equal(("failed", "link_sign_in"), (job.Text("status"), job.Text("error_code"))));
        Assert.Equal((1, 1), (LinkSite.Runs(here), LinkSite.Runs(there)));
    }

    [Fact]
    public async Task What_no_other_machine_can_mend_is_not_handed_over()
    {
        var program = LinkSite.Failing(_folder, "yt-dlp", "[youtube] x: Private video");
        await using var orchestrator = await OrchestratorAsync(program);

        var job = await orchestrator.Client.FinishAsync(await orchestrator.Client.PostLinkAsync(_site.Address("page")));

        Assert.Equal(("failed", "link_not_public"), (job.Text("status"), job.Text("error_code")));
    }

    [Fact]
    public async Task A_link_that_needs_cookies_waits_for_a_worker_that_has_them_but_not_for_ever()
    {
        await using var orchestrator = await OrchestratorAsync(LinkSite.Failing(_folder, "yt-dlp", Bot));
        var (workers, claims) = (orchestrator.Services.GetRequiredService<WorkerRegistry>(), orchestrator.Services.GetRequiredService<JobClaims>());
        var member = await workers.RegisterAsync(null, null, "member", [Lane.Compute], new Capabilities(null, Gpu: false, 4000, Cookies: true), Ct);
        var id = await orchestrator.Client.PostLinkAsync(_site.Address("page"));
        await UntilAsync(orchestrator, id, job => job.Text("status_message").Contains("another machine", StringComparison.Ordinal));

        Assert.Null(await claims.ClaimNextAsync(Lane.Compute, "without cookies", Ct));
        await workers.StopAsync(member, Ct);
        await UntilAsync(orchestrator, id, job => job.Text("status_message") == "waiting for a worker with cookies; none is running");
        var health = (await orchestrator.Client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("workers");
        Assert.Equal("degraded", health.Text("status"));
        Assert.EndsWith("jobs wait for what none of them has: cookies", health.Text("message"), StringComparison.Ordinal);

        // Another comes and goes: the time begins anew.
        var second = await workers.RegisterAsync(null, null, "another", [Lane.Compute], new Capabilities(null, Gpu: false, 4000, Cookies: true), Ct);
        await UntilAsync(orchestrator, id, job => job.Text("status_message") == "waiting");
        await workers.StopAsync(second, Ct);
        await UntilAsync(orchestrator, id, job => job.Text("status_message").StartsWith("waiting for", StringComparison.Ordinal));
        await using (var context = await orchestrator.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct))
            await context.Jobs.ExecuteUpdateAsync(set => set.SetProperty(job => job.UnmetSince, job => DateTime.UtcNow.AddMinutes(-61)), Ct);

        var failed = await orchestrator.Client.FinishAsync(id);
        Assert.Equal(("failed", "worker_missing"), (failed.Text("status"), failed.Text("error_code")));
        Assert.Equal(
            "No worker with cookies has come for 60 minutes, so this job was given up. Start a worker with cookies (LIBRETTO_COOKIES), or post the link again together with cookies.",
            failed.Text("error_message"));
    }

    private static async Task UntilAsync(RunningServer server, string id, Func<System.Text.Json.JsonElement, bool> isSo)
    {
        await foreach (var (_, _, job) in server.Client.WatchAsync(id))
            if (isSo(job))
                return;
        Assert.Fail("The job ended: " + (await server.Client.JobAsync(id)).GetRawText());
    }

    [Fact]
    public async Task Downloads_and_hosted_engines_are_waited_for_in_the_lane_io_and_other_work_goes_to_compute()
    {
        await using var groq = await SpeechServer.StartAsync();
        groq.Answer = (context, _) => SpeechServer.JsonAsync(context, 200, Answers.WordsAtTheTop);
        var settings = new LibrettoSettings
        {
            AllowNetworks = ["127.0.0.1/32"], Cache = _folder["cache"], Hosted = [HostedEngine.Groq with { Address = groq.Address, Key = "gsk_test" }],
        };
        // Nobody works in compute: what goes there waits.
        await using var orchestrator = await OrchestratorAsync(settings, engine: "auto");
        var client = orchestrator.Client;
        string Link(string path, string engine) => $$"""{"url":"{{_site.Address(path)}}","options":{"engine":"{{engine}}"} }""";

        var hostedLink = await client.FinishAsync((await client.TryPostLinkAsync(Link("media/song.mp3", "groq"))).Json.Text("id"));
        var hostedFile = await client.FinishAsync(await client.PostAsync(TestAudio.Tone(_folder, 3), """{"engine":"groq"}"""));
        var localFile = await client.PostAsync(_folder["tone.mp3"], """{"engine":"moonshine"}""");
        var localKnown = (await client.TryPostLinkAsync(Link("media/song.mp3", "moonshine"))).Json.Text("id");
        _site.ServeBytes("/media/other.mp3", "audio/mpeg", await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 2.5, name: "other.mp3"), Ct));
        var localLink = (await client.TryPostLinkAsync(Link("media/other.mp3", "moonshine"))).Json.Text("id");
        await UntilAsync(orchestrator, localLink, job => job.GetProperty("progress_log").EnumerateArray().Any(step => step.Text("status") == "completed"));

        Assert.All([hostedLink, hostedFile], job => Assert.Equal("groq/whisper-large-v3-turbo", job.Text("processing_method")));
        Assert.Equal(
            [("completed", "io"), ("completed", "io"), ("queued", "compute"), ("queued", "compute"), ("queued", "compute")],
            await LanesAsync(orchestrator, hostedLink.Text("id"), hostedFile.Text("id"), localFile, localKnown, localLink));
    }

    private static async Task<List<(string Status, string Lane)>> LanesAsync(RunningServer server, params string[] ids)
    {
        await using var context = await server.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync(Ct);
        var jobs = await context.Jobs.AsNoTracking().ToDictionaryAsync(job => job.Id, Ct);
        return [.. ids.Select(id => (jobs[id].Status, jobs[id].Lane))];
    }

    private Task<RunningServer> OrchestratorAsync(string ytDlp) =>
        OrchestratorAsync(new LibrettoSettings { AllowNetworks = ["127.0.0.1/32"], YtDlp = ytDlp });

    private Task<RunningServer> OrchestratorAsync(LibrettoSettings settings, string engine = "moonshine") => RunningServer.StartAsync(
        new ServerOptions
        {
            DataFolder = _folder["data"], Database = _database, Role = "api", Lanes = ["io"], ScanEvery = TimeSpan.FromMilliseconds(500), TakeOverAfter = TimeSpan.FromMinutes(5),
        },
        engine,
        settings);

    private Task<LibrettoProcess> WorkerAsync(params (string, string)[] environment) => LibrettoProcess.ServeAsync(
        _folder["data"], 0, _database, "--role worker --lanes compute", [("LIBRETTO_ALLOW_NETWORKS", "127.0.0.1/32"), .. environment]);
}
