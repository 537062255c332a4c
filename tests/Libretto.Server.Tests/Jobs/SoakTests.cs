using System.Collections.Concurrent;
using System.Diagnostics;
using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Jobs;

/// <summary>
/// Many songs at once on PostgreSQL while workers are killed and the database is restarted. A short form by default;
/// <c>./test soak</c> runs it whole: 200 recordings from 20 clients.
/// </summary>
public sealed class SoakTests(PostgresCluster cluster) : IDisposable
{
    private static readonly bool s_isWhole = Environment.GetEnvironmentVariable("LIBRETTO_SOAK") == "1";
    private static readonly int s_songs = s_isWhole ? 200 : 12;
    // So long it begins anew: ./test soak --hours N.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(
        double.TryParse(Environment.GetEnvironmentVariable("LIBRETTO_SOAK_HOURS"), System.Globalization.CultureInfo.InvariantCulture, out var hours) ? hours : 0);
    private static readonly int s_clients = s_isWhole ? 20 : 6;

    private readonly ScratchFolder _folder = new();

    private string Data => _folder["data"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Songs_survive_killed_workers_and_a_restart_of_the_database()
    {
        var since = Stopwatch.StartNew();
        for (var round = 0; round == 0 || since.Elapsed < s_longest; round++)
            await RunAsync(round);
    }

    private async Task RunAsync(int round)
    {
        var database = await cluster.CreateDatabaseAsync();
        var port = PostgresCluster.FreePort();
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        await using var api = await LibrettoProcess.ServeAsync(Data, port, database, "--role api --lanes io");
        var songs = MakeSongs(round);
        using var over = new CancellationTokenSource();
        var workers = Task.WhenAll(KeepAsync(0, database, kills: true, over.Token), KeepAsync(1, database, kills: false, over.Token));

        var since = Stopwatch.StartNew();
        var watched = new ConcurrentBag<Watched>();
        var clients = Enumerable.Range(0, s_clients).Select(async number =>
        {
            foreach (var song in songs.Where((_, index) => index % s_clients == number))
                watched.Add(new Watched(await client.PostAsync(song)));
        });
        await Task.WhenAll(clients);
        var streams = watched.Select(job => job.FollowAsync(client)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        await cluster.RestartAsync();
        await Task.WhenAll(streams);
        var seconds = since.Elapsed.TotalSeconds;
        await over.CancelAsync();
        var logs = await workers;

        foreach (var job in watched)
        {
            Assert.Equal("completed", job.Last.Text("status"));
            Assert.Equal(100, job.Last.Number("pct"));
            Assert.False(job.WentBack, $"{job.Id}: pct went back");
            Assert.Equal(200, (int)(await client.GetAsync(job.Last.Text("results_url"))).Status);
        }
        Assert.Equal(s_songs, watched.Count);
        // Once: the statement that completes a job can have effect once only, and each effect is logged.
        var completions = logs.SelectMany(log => log).Where(line => line.Contains(": completed by", StringComparison.Ordinal))
            .GroupBy(line => line[line.IndexOf("Job ", StringComparison.Ordinal)..][4..36]).ToDictionary(group => group.Key, group => group.Count());
        Assert.All(completions.Values, count => Assert.Equal(1, count));
        Assert.Equal(0, await api.StopAsync());
        Assert.Empty(Work.ProcessDeathTests.TemporaryFiles(Data));
        TestContext.Current.SendDiagnosticMessage(
            "soak: {0} songs in {1:F0} s, {2} taken over, {3} events", s_songs, seconds, watched.Sum(job => job.Last.Number("takeovers")), watched.Sum(job => job.Events));
    }

    /// <summary>Keeps a worker process going: kills it every few seconds and starts the next. Gives what they logged.</summary>
    private async Task<List<string>> KeepAsync(int number, string database, bool kills, CancellationToken over)
    {
        var log = new List<string>();
        while (!over.IsCancellationRequested)
        {
            await using var worker = await LibrettoProcess.ServeAsync(Data, 0, database, "--role worker");
            try
            {
                await Task.Delay(kills ? TimeSpan.FromSeconds(3 + number) : Timeout.InfiniteTimeSpan, over);
                await worker.KillAsync();
            }
            catch (OperationCanceledException)
            {
                Assert.True(await worker.StopAsync() == 0, string.Join('\n', worker.Log));
            }
            log.AddRange(worker.Log);
        }
        return log;
    }

    /// <summary>As many different recordings: the same speech at another level each.</summary>
    private List<string> MakeSongs(int round)
    {
        var speech = Samples.TwoLines;
        return [.. Enumerable.Range(0, s_songs).Select(number => TestAudio.Ffmpeg(
            _folder[$"song-{round}-{number}.wav"], "-i", speech, "-t", "4",
            "-af", FormattableString.Invariant($"volume={1 - (number * 0.002) - (round * 0.00001)}")))];
    }

    /// <summary>A job as one client saw it, over as many connections as it took.</summary>
    private sealed class Watched(string id)
    {
        public string Id { get; } = id;

        public System.Text.Json.JsonElement Last { get; private set; }

        public bool WentBack { get; private set; }

        public int Events { get; private set; }

        public async Task FollowAsync(JobClient client)
        {
            var (pct, seen) = (0.0, (string?)null);
            while (true)
            {
                try
                {
                    await foreach (var (type, eventId, job) in client.WatchAsync(Id, seen))
                    {
                        (seen, Last) = (eventId, job);
                        Events++;
                        WentBack |= job.Number("pct") < pct;
                        pct = job.Number("pct");
                        if (type != "progress")
                            return;
                    }
                }
                catch (Exception e) when (e is HttpRequestException or IOException)
                {
                    // While the database restarts the server says 503; a client comes back.
                }
                await Task.Delay(200);
            }
        }
    }
}
