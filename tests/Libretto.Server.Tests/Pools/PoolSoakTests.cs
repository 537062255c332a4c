using System.Collections.Concurrent;
using System.Diagnostics;
using Libretto.Server.Data;
using Libretto.Server.Tests.Support;
using Npgsql;

namespace Libretto.Server.Tests.Pools;

/// <summary>
/// An orchestrator with a pool of processes on PostgreSQL, while workers, orchestrator and database are killed at random moments. Only
/// <c>./test soak</c> runs it; LIBRETTO_SOAK_SEED repeats a run's moments.
/// </summary>
public sealed class PoolSoakTests(PostgresCluster cluster) : IAsyncDisposable
{
    private const int Songs = 30;
    private const int Blows = 15;

    // What every job of the run has written of its end, by whomever: the table itself notes it.
    private const string NoteEnds =
        """
        create table ends (job_id text not null, status text not null);
        create function note_end() returns trigger language plpgsql as $$ begin
            insert into ends values (new.id, new.status); return null;
        end $$;
        create trigger note_end after update on jobs for each row
            when (old.status is distinct from new.status and new.status in ('completed', 'failed', 'cancelled')) execute function note_end();
        """;

    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _told = new();
    private readonly int _port = PostgresCluster.FreePort();
    private LibrettoProcess _orchestrator = null!;
    private LocalServer _receiver = null!;
    private string _database = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_orchestrator is not null)
            await _orchestrator.DisposeAsync();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Explicit = true)]
    public async Task Every_song_is_done_once_and_told_once_whoever_dies()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("LIBRETTO_SOAK_SEED"), out var wish) ? wish : Random.Shared.Next();
        _database = await cluster.CreateDatabaseAsync();
        _receiver = await LocalServer.StartAsync();
        _receiver.MapAll(async context => _told.Enqueue(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await StartAsync();
        await ReadAsync<int>(NoteEnds, row => 0);
        using var client = new JobClient(new Uri($"http://127.0.0.1:{_port}"));
        var options = $$"""{"webhook":"{{_receiver.Address}}"}""";
        var ids = await Task.WhenAll(MakeSongs().Select(song => client.PostAsync(song, options)));

        var blows = await StrikeAsync(new Random(seed));
        while (await UnfinishedAsync() > 0)
            await Task.Delay(500, Ct);
        while ((await ReadAsync("select count(*) from webhook_deliveries where state <> 'delivered'", row => row.GetInt64(0)))[0] > 0)
            await Task.Delay(500, Ct);
        while ((await ReadAsync("select id from worker_lives where state in ('starting', 'running')", row => row.GetString(0))).Count > 0)
            await Task.Delay(500, Ct);

        var ends = await ReadAsync("select job_id, status from ends", row => (Id: row.GetString(0), Status: row.GetString(1)));
        Assert.Equal(ids.Order().Select(id => (id, "completed")), ends.Order());
        var counts = await ReadAsync("select takeovers, attempts from jobs", row => (Takeovers: row.GetInt32(0), Attempts: row.GetInt32(1)));
        Assert.All(counts, count => Assert.InRange(count.Takeovers, 0, blows));
        Assert.All(counts, count => Assert.InRange(count.Attempts, 0, 3));
        // Who dies between sending and noting it sends the same message again: its number tells.
        var told = _told.Select(text => System.Text.Json.JsonElement.Parse(text)).ToList();
        Assert.All(told, message => Assert.Equal("job.completed", message.Text("event")));
        Assert.Equal(ids.Order(), told.Select(message => message.Text("delivery")).Distinct().Select(delivery => delivery.Split('.')[0]).Order());
        TestContext.Current.SendDiagnosticMessage(
            "pool soak, seed {0}: {1} songs, {2} blows, {3} taken over, {4} tried again, {5} messages", seed, Songs, blows, counts.Sum(count => count.Takeovers), counts.Sum(count => count.Attempts), told.Count);
    }

    /// <summary>Kills at random moments until enough was killed or all is done; gives how often.</summary>
    private async Task<int> StrikeAsync(Random random)
    {
        var blows = 0;
        while (blows < Blows && await UnfinishedAsync() > 0)
        {
            await Task.Delay(random.Next(500, 6000), Ct);
            var kind = random.Next(10);
            if (kind == 0)
                await cluster.RestartAsync();
            else if (kind <= 3)
                await ReplaceOrchestratorAsync();
            else if (!await KillWorkerAsync(random))
                continue;
            blows++;
        }
        return blows;
    }

    private async Task ReplaceOrchestratorAsync()
    {
        await _orchestrator.KillAloneAsync();
        await StartAsync();
    }

    private async Task StartAsync() => _orchestrator = await LibrettoProcess.ServeAsync(
        _folder["data"], _port, _database, "--role api",
        ("LIBRETTO_POOL", "local"), ("LIBRETTO_POOL_MAX", "3"), ("LIBRETTO_POOL_TARGET_SECONDS", "10"), ("LIBRETTO_POOL_COOLDOWN_SECONDS", "3"),
        ("LIBRETTO_POOL_START_SECONDS", "30"), ("LIBRETTO_WEBHOOK_SECRET", "soak"), ("LIBRETTO_ALLOW_NETWORKS", "127.0.0.1/32"));

    private async Task<bool> KillWorkerAsync(Random random)
    {
        var names = await ReadAsync("select name from worker_lives where state = 'running' order by id", row => row.GetString(0));
        if (names.Count == 0)
            return false;
        try
        {
            using var worker = Process.GetProcessById(int.Parse(names[random.Next(names.Count)].Split(':')[1], System.Globalization.CultureInfo.InvariantCulture));
            worker.Kill();
            return true;
        }
        catch (ArgumentException)
        {
            // It has just ended, or was killed and is not missed yet.
            return false;
        }
    }

    private async Task<long> UnfinishedAsync() => (await ReadAsync("select count(*) from jobs where status in ('queued', 'running')", row => row.GetInt64(0)))[0];

    /// <summary>Asks the database itself, as soon as it is there.</summary>
    private async Task<List<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(Databases.ConnectionStringOf(_database) + ";Pooling=false");
                await connection.OpenAsync(Ct);
                await using var command = new NpgsqlCommand(sql, connection);
                await using var reader = await command.ExecuteReaderAsync(Ct);
                var rows = new List<T>();
                while (await reader.ReadAsync(Ct))
                    rows.Add(read(reader));
                return rows;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                await Task.Delay(200, Ct);
            }
        }
    }

    private List<string> MakeSongs()
    {
        var speech = Samples.TwoLines;
        return [.. Enumerable.Range(0, Songs).Select(number => TestAudio.Ffmpeg(
            _folder[$"song-{number}.wav"], "-i", speech, "-t", "4", "-af", FormattableString.Invariant($"volume={1 - (number * 0.002)}")))];
    }
}
