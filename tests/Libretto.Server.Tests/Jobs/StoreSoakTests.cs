using Libretto.Server.Tests.Support;

namespace Libretto.Server.Tests.Jobs;

/// <summary>Many songs while the store fails now and then and is away for a minute, and while the disk fills. Only <c>./test soak</c> runs it.</summary>
public sealed class StoreSoakTests(PostgresCluster cluster, S3Server s3) : IDisposable
{
    private const int Songs = 40;
    private const int DiskBytes = 40_000_000;

    private readonly ScratchFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Explicit = true)]
    public async Task Songs_survive_a_store_that_fails_one_request_in_five_and_is_away_for_a_minute()
    {
        await s3.StartAsync();
        await using var gate = await S3Gate.StartAsync(s3);
        gate.FailOneIn = 5;
        var database = await cluster.CreateDatabaseAsync();
        var port = PostgresCluster.FreePort();
        (string, string)[] store =
        [
            ("LIBRETTO_STORE", $"s3://songs?endpoint={gate.Address.AbsoluteUri}&region=us-east-1"),
            ("AWS_ACCESS_KEY_ID", S3Server.Key), ("AWS_SECRET_ACCESS_KEY", S3Server.Key),
        ];
        await using var api = await LibrettoProcess.ServeAsync(_folder["one"], port, database, "--role api --lanes io", store);
        await using var worker = await LibrettoProcess.ServeAsync(_folder["two"], 0, database, "--role worker", store);
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        var songs = MakeSongs();

        var ids = new List<string>();
        foreach (var song in songs.Take(Songs / 2))
            ids.Add(await client.PostAsync(song));
        await Task.Delay(TimeSpan.FromSeconds(10), Ct);
        gate.Status = 503;
        var away = Task.Delay(TimeSpan.FromMinutes(1), Ct);
        foreach (var song in songs.Skip(Songs / 2))
            ids.Add(await client.PostAsync(song));
        await away;
        gate.Status = null;

        foreach (var id in ids)
        {
            var job = await client.FinishAsync(id);
            Assert.True(job.Text("status") == "completed", job.GetRawText());
        }
        // What could not be sent then is sent soon, and read from the other machine.
        gate.FailOneIn = null;
        foreach (var id in ids)
            for (var tries = 0; (await client.GetAsync($"/api/jobs/{id}/lyrics.json")).Status != System.Net.HttpStatusCode.OK; tries++)
            {
                Assert.True(tries < 120, $"{id}: its lyrics never came to the store");
                await Task.Delay(1000, Ct);
            }
        Assert.Equal(Songs, worker.Log.Count(line => line.Contains(": completed by", StringComparison.Ordinal)));
    }

    [Fact(Explicit = true)]
    public async Task Songs_that_failed_on_a_full_disk_say_so_and_are_done_when_it_is_freed()
    {
        using var disk = TinyDisk.Mount(_folder["small"], DiskBytes);
        var port = PostgresCluster.FreePort();
        await using var server = await LibrettoProcess.ServeAsync(Path.Combine(disk.Path, "data"), port, await cluster.CreateDatabaseAsync());
        using var client = new JobClient(new Uri($"http://127.0.0.1:{port}"));
        var songs = MakeSongs();
        var ids = new List<string>();
        var filler = Path.Combine(disk.Path, "filler");

        foreach (var (index, song) in songs.Index())
        {
            if (index % 10 == 5)
                Fill(filler);
            if (index % 10 == 8)
                File.Delete(filler);
            var answer = await client.TryPostAsync(song);
            if (answer.Status == System.Net.HttpStatusCode.Accepted)
                ids.Add(answer.Json.Text("id"));
            else
                Assert.Equal("disk_full", answer.Json.Text("code"));
        }
        File.Delete(filler);
        var failed = new List<string>();
        foreach (var id in ids)
            if (await client.FinishAsync(id) is var job && job.Text("status") == "failed")
            {
                Assert.Equal("disk_full", job.Text("error_code"));
                failed.Add(id);
            }
        foreach (var id in failed)
        {
            await client.SendAsync(HttpMethod.Post, $"/api/jobs/{id}/retry");
            Assert.Equal("completed", (await client.FinishAsync(id)).Text("status"));
        }
        TestContext.Current.SendDiagnosticMessage("disk soak: {0} songs taken, {1} failed on the full disk and were done later", ids.Count, failed.Count);
    }

    /// <summary>Writes until the disk takes no more.</summary>
    private static void Fill(string path)
    {
        using var file = File.Create(path);
        var block = new byte[65_536];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private List<string> MakeSongs() => [.. Enumerable.Range(0, Songs).Select(number => TestAudio.Ffmpeg(
        _folder[$"song-{number}.wav"], "-i", Samples.TwoLines, "-t", "4", "-af", FormattableString.Invariant($"volume={1 - (number * 0.002)}")))];
}
