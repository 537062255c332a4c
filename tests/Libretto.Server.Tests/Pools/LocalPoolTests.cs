using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Pools;

/// <summary>
/// The real thing on PostgreSQL: an orchestrator with a pool of processes, from none to the maximum and back to none. A short form
/// by default; <c>./test soak</c> runs it whole: 30 songs.
/// </summary>
public sealed class LocalPoolTests(PostgresCluster cluster) : IDisposable
{
    private static readonly bool s_isWhole = Environment.GetEnvironmentVariable("LIBRETTO_SOAK") == "1";
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Workers_come_with_the_songs_and_go_when_there_are_none()
    {
        var database = await cluster.CreateDatabaseAsync();
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        await using var orchestrator = await OrchestratorAsync(database, port);
        Assert.Empty(await AliveAsync(client));

        var songs = MakeSongs(s_isWhole ? 30 : 6);
        var ids = await Task.WhenAll(songs.Select(song => client.PostAsync(song)));
        var told = new HashSet<string?>();
        var most = 0;
        while (!Ct.IsCancellationRequested)
        {
            var jobs = await Task.WhenAll(ids.Select(client.JobAsync));
            told.UnionWith(jobs.Select(job => job.TryGetProperty("status_message", out var message) ? message.GetString() : null));
            most = Math.Max(most, (await AliveAsync(client)).Count);
            if (jobs.All(job => job.Text("status") is "completed" or "failed"))
                break;
            await Task.Delay(300, Ct);
        }

        foreach (var id in ids)
            Assert.Equal("completed", (await client.JobAsync(id)).Text("status"));
        Assert.Contains(told, message => message?.StartsWith("waiting for a worker to start, usually ", StringComparison.Ordinal) == true);
        Assert.Equal(2, most);
        await NoneAsync(client);
        var lives = (await client.GetAsync("/api/workers")).Json.GetProperty("workers").EnumerateArray().ToList();
        Assert.All(lives, life => Assert.Equal(("local", "stopped"), (life.Text("pool"), life.Text("state"))));
        Assert.All(lives, life => Assert.True(life.Number("seconds") > 0 && life.Number("usd") > 0));
    }

    private Task<LibrettoProcess> OrchestratorAsync(string database, int port) => LibrettoProcess.ServeAsync(
        _folder["data"], port, database, "--role api",
        ("LIBRETTO_POOL", "local"), ("LIBRETTO_POOL_MAX", "2"), ("LIBRETTO_POOL_TARGET_SECONDS", "10"), ("LIBRETTO_POOL_COOLDOWN_SECONDS", "3"), ("LIBRETTO_POOL_USD_PER_HOUR", "0.5"));

    private static async Task<List<System.Text.Json.JsonElement>> AliveAsync(JobClient client) =>
        [.. (await client.GetAsync("/api/workers")).Json.GetProperty("workers").EnumerateArray().Where(worker => worker.Text("state") is "starting" or "running")];

    private static async Task NoneAsync(JobClient client)
    {
        while ((await AliveAsync(client)).Count > 0)
            await Task.Delay(300, Ct);
    }

    private List<string> MakeSongs(int count)
    {
        var speech = Samples.TwoLines;
        return [.. Enumerable.Range(0, count).Select(number => TestAudio.Ffmpeg(
            _folder[$"song-{number}.wav"], "-i", speech, "-t", "4", "-af", FormattableString.Invariant($"volume={1 - (number * 0.002)}")))];
    }
}
