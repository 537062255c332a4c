using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Data;

/// <summary>
/// Two versions at once over one database: jobs made by either are finished by either. The older program is built from its commit, so only
/// <c>./test soak</c> runs these.
/// </summary>
public sealed class TwoVersionsSoakTests(PostgresCluster cluster, OlderProgram older) : IClassFixture<OlderProgram>, IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    public async Task Jobs_of_an_older_server_are_finished_by_a_newer_worker()
    {
        var old = await older.BuildAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await ServeAsync(database, "--role api --lanes io", old);
        await using var worker = await ServeAsync(database, "--role worker", program: null);

        Assert.All(await FinishAsync(api, Songs("a", 4)), job => Assert.Equal(("completed", 0), (job.Text("status"), job.Number("takeovers"))));
        await AssertCancelledAsync(api);
    }

    [Fact(Explicit = true)]
    public async Task Jobs_of_a_newer_server_are_finished_by_an_older_worker()
    {
        var old = await older.BuildAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var api = await ServeAsync(database, "--role api --lanes io", program: null);
        await using var worker = await ServeAsync(database, "--role worker", old);

        Assert.All(await FinishAsync(api, Songs("b", 4)), job => Assert.Equal(("completed", 0), (job.Text("status"), job.Number("takeovers"))));
        await AssertCancelledAsync(api);
    }

    [Fact(Explicit = true)]
    public async Task Servers_and_workers_of_both_share_the_work_while_those_of_the_older_version_go()
    {
        var old = await older.BuildAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var olderApi = await ServeAsync(database, "--role api --lanes io", old);
        await using var olderWorker = await ServeAsync(database, "--role worker", old);
        var first = FinishAsync(olderApi, Songs("c", 4));
        await using var newerApi = await ServeAsync(database, "--role api --lanes io", program: null);
        await using var newerWorker = await ServeAsync(database, "--role worker", program: null);
        var second = FinishAsync(newerApi, Songs("d", 4));
        var third = FinishAsync(olderApi, Songs("e", 4));
        var done = (await Task.WhenAll(first, second, third)).SelectMany(jobs => jobs).ToList();
        await olderWorker.Process.StopAsync();
        await olderApi.Process.StopAsync();
        done.AddRange(await FinishAsync(newerApi, Songs("f", 2)));

        Assert.All(done, job => Assert.Equal(("completed", 100, 0), (job.Text("status"), job.Number("pct"), job.Number("attempts"))));
        // Once: each effect of the statement that completes a job is logged.
        var completions = olderWorker.Process.Log.Concat(newerWorker.Process.Log).Where(line => line.Contains(": completed by", StringComparison.Ordinal)).ToList();
        Assert.Equal(done.Count, completions.Count);
    }

    private async Task<Server> ServeAsync(string database, string arguments, string? program)
    {
        var port = arguments.Contains("worker", StringComparison.Ordinal) ? 0 : PostgresCluster.FreePort();
        var process = await LibrettoProcess.ServeAsync(_folder["data"], port, database, arguments, program);
        return new Server(process, port == 0 ? null : new JobClient(new Uri($"http://127.0.0.1:{port}")));
    }

    private static async Task<IReadOnlyList<System.Text.Json.JsonElement>> FinishAsync(Server api, IEnumerable<string> songs)
    {
        var ids = await Task.WhenAll(songs.Select(song => api.Client!.PostAsync(song)));
        return await Task.WhenAll(ids.Select(id => api.Client!.FinishAsync(id)));
    }

    /// <summary>A song at work is cancelled by a server of the other version.</summary>
    private async Task AssertCancelledAsync(Server api)
    {
        var id = await api.Client!.PostAsync(TestAudio.Ffmpeg(_folder["long.wav"], "-stream_loop", "20", "-i", Samples.TwoLines, "-t", "90"));
        await api.Client.BegunAsync(id);
        await api.Client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/cancel");
        Assert.Equal("cancelled", (await api.Client.FinishAsync(id)).Text("status"));
    }

    private List<string> Songs(string name, int count) => [.. Enumerable.Range(0, count).Select(number => TestAudio.Ffmpeg(
        _folder[$"{name}-{number}.wav"], "-i", Samples.TwoLines, "-t", "4", "-af", FormattableString.Invariant($"volume={1 - ((name[0] + (number * 0.01)) * 0.005)}")))];

    private sealed record Server(LibrettoProcess Process, JobClient? Client) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            Client?.Dispose();
            await Process.DisposeAsync();
        }
    }
}
