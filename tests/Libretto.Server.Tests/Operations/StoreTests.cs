using Libretto.Server.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Libretto.Server.Tests.Operations;

/// <summary>The real program with a store beyond the network: shared, down, or refusing.</summary>
public sealed class StoreTests(PostgresCluster cluster, S3Server s3) : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Machines_that_share_nothing_but_database_and_store_work_as_one()
    {
        await s3.StartAsync();
        var database = await cluster.CreateDatabaseAsync();
        var port = PostgresCluster.FreePort();
        (string, string)[] store = [.. S3($"{s3.Address.AbsoluteUri}&region=us-east-1", S3Server.Key)];
        await using var orchestrator = await LibrettoProcess.ServeAsync(_folder["one"], port, database, "--role api", store);
        await using var worker = await LibrettoProcess.ServeAsync(_folder["two"], 0, database, "--role worker", store);
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        var song = TestAudio.Tone(_folder, 3);

        var id = await client.PostAsync(song);
        var job = await client.FinishAsync(id);

        Assert.Equal("completed", job.Text("status"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync($"/api/jobs/{id}/lyrics.json")).Status);
        // A program is sent to the store, the page is served here.
        using var direct = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = client.Http.BaseAddress };
        using var redirect = await direct.GetAsync(new Uri($"/api/jobs/{id}/audio/mix", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.TemporaryRedirect, redirect.StatusCode);
        Assert.Equal(s3.Port, redirect.Headers.Location!.Port);
        Assert.Equal(await File.ReadAllBytesAsync(song, TestContext.Current.CancellationToken), await direct.GetByteArrayAsync(redirect.Headers.Location, TestContext.Current.CancellationToken));
        direct.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-origin");
        using var served = await direct.GetAsync(new Uri($"/api/jobs/{id}/audio/mix", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task Machines_that_share_no_store_say_so()
    {
        var database = await cluster.CreateDatabaseAsync();
        await using var orchestrator = await RunningServer.StartAsync(new ServerOptions { DataFolder = _folder["one"], Database = database, Role = "api" });
        await using var worker = await LibrettoProcess.ServeAsync(_folder["two"], 0, database, "--role worker");

        var id = await orchestrator.Client.PostAsync(TestAudio.Tone(_folder, 1));
        var job = await orchestrator.Client.FinishAsync(id);

        Assert.Equal(("failed", "input_gone"), (job.Text("status"), job.Text("error_code")));
        var steps = (await orchestrator.Client.GetAsync($"/api/jobs/{id}/steps")).Text;
        Assert.All([job.Text("error_message"), steps], text => Assert.Contains("give all the same LIBRETTO_STORE or data folder", text, StringComparison.Ordinal));
        Assert.Contains(worker.Log, line => line.Contains($"Job {id}: failed with input_gone", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_is_down_does_not_keep_a_job_from_completing()
    {
        var port = PostgresCluster.FreePort();
        await using var server = await LibrettoProcess.ServeAsync(_folder["data"], port, environment: S3("http://127.0.0.1:1"));
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));

        var id = await client.PostAsync(TestAudio.Tone(_folder, 3));
        var job = await client.FinishAsync(id);

        Assert.Equal("completed", job.Text("status"));
        Assert.Equal(System.Net.HttpStatusCode.OK, (await client.GetAsync($"/api/jobs/{id}/audio/mix")).Status);
        var health = (await client.GetAsync("/health/ready")).Json.GetProperty("parts").GetProperty("store");
        Assert.Equal(("degraded", "s3: store_unreachable"), (health.Text("status"), health.Text("message")));
        Assert.Contains(server.Log, line => line.Contains("cannot be reached", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Log, line => line.Contains("very-secret", StringComparison.Ordinal));
        // What waits to be sent is marked on the disk.
        Assert.NotEmpty(Directory.GetFiles(_folder["data/store/entries/unsent"], "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_song_that_was_posted_is_worked_on_although_the_stores_copy_is_damaged()
    {
        await s3.StartAsync();
        await using var gate = await S3Gate.StartAsync(s3);
        (string, string)[] store = [.. S3($"{gate.Address.AbsoluteUri}&region=us-east-1", S3Server.Key)];
        var song = TestAudio.Tone(_folder, 2);
        foreach (var machine in new[] { "one", "two" })
        {
            var port = PostgresCluster.FreePort();
            await using var server = await LibrettoProcess.ServeAsync(_folder[machine], port, environment: store);
            using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
            var job = await client.FinishAsync(await client.PostAsync(song));
            Assert.Equal("completed", job.Text("status"));
            gate.DamageBodies = true;
        }
    }

    [Theory]
    [InlineData("s3://songs?endpoint=ADDRESS", 403, "<Error><Code>InvalidAccessKeyId</Code><Message>There is no such key.</Message></Error>", "AWS_ACCESS_KEY_ID")]
    [InlineData("s3://songs?endpoint=ADDRESS", 404, "<Error><Code>NoSuchBucket</Code><Message>There is no such bucket.</Message></Error>", "songs")]
    [InlineData("cloudinary://songs?api=ADDRESS&delivery=ADDRESS", 401, "{\"error\":{\"message\":\"unknown api_key\"}}", "CLOUDINARY_API_KEY")]
    [InlineData("cloudinary://songs?api=ADDRESS&delivery=ADDRESS", 401, "{\"error\":{\"message\":\"Invalid cloud_name songs\"}}", "songs")]
    public async Task A_store_that_cannot_be_used_as_it_is_named_stops_the_server_with_a_message(string address, int status, string answer, string says)
    {
        await using var store = await LocalServer.StartAsync();
        store.MapAll(async context =>
        {
            context.Response.StatusCode = status;
            await context.Response.WriteAsync(answer);
        });
        (string, string)[] cloudinary = [("CLOUDINARY_API_KEY", "id"), ("CLOUDINARY_API_SECRET", "very-secret")];
        (string, string)[] named = [("LIBRETTO_STORE", address.Replace("ADDRESS", store.Address.AbsoluteUri, StringComparison.Ordinal))];

        var run = await LibrettoProcess.RunAsync(
            ["serve", "--data", _folder["data"], "--urls", "http://127.0.0.1:0"], [.. S3(""), .. cloudinary, .. named]);

        Assert.Equal(5, run.ExitCode);
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", run.Errors, StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] S3(string endpoint, string key = "very-secret") =>
    [
        ("LIBRETTO_STORE", $"s3://songs?endpoint={endpoint}"), ("AWS_ACCESS_KEY_ID", key == "very-secret" ? "id" : key), ("AWS_SECRET_ACCESS_KEY", key),
    ];
}
