using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text.Json;
using Libretto.Acquire;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Bench;

/// <summary>
/// The job service over real HTTP: status reads a second, songs posted again under concurrency, and how long a progress change takes
/// to a subscriber on another server of the same database. The server is the real program; client and server share the machine. On
/// PostgreSQL where DATABASE_URL names one, else on SQLite, without the last.
/// </summary>
internal static class ServerBench
{
    private static readonly byte[] s_statusCompleted = "\"status\":\"completed\""u8.ToArray();

    public static async Task<int> RunAsync(string file)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            Console.WriteLine($"database: {(BenchServer.Database is null ? "SQLite" : "PostgreSQL")}, cores: {Environment.ProcessorCount}");
            var song = Posting.OfFile(file);
            await using (var server = await ServerProgram.StartAsync(folder))
            {
                var id = await server.CompleteAsync(song);
                await ReadsAsync(server, id);
                await RepostsAsync(server, song, "a song posted again", (1, 200), (50, 40));
                var link = await KnownLinkAsync(folder, file);
                await RepostsAsync(server, link, "a link that is known", (1, 200), (50, 40));
            }
            if (BenchServer.Database is not null)
            {
                await EventsAsync(folder, file);
                await BeginsAsync(folder, file);
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReadsAsync(ServerProgram server, string id)
    {
        const int Clients = 16;
        var count = 0;
        using var over = new CancellationTokenSource();
        async Task ReadAsync()
        {
            while (!over.IsCancellationRequested)
            {
                (await server.Http.GetByteArrayAsync($"/api/jobs/{id}")).AsSpan();
                Interlocked.Increment(ref count);
            }
        }
        var readers = Enumerable.Range(0, Clients).Select(_ => Task.Run(ReadAsync)).ToList();
        await Task.Delay(TimeSpan.FromSeconds(2));
        Interlocked.Exchange(ref count, 0);
        var since = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(5));
        var reads = count / since.Elapsed.TotalSeconds;
        await over.CancelAsync();
        await Task.WhenAll(readers);
        Console.WriteLine($"status reads: {reads:F0} a second ({Clients} connections, client included)");
    }

    /// <summary>Posts what is in the store already: one client after the other, then many at once.</summary>
    private static async Task RepostsAsync(ServerProgram server, Posting posting, string what, params (int Clients, int Posts)[] rounds)
    {
        foreach (var (clients, posts) in rounds)
        {
            await PostAsync(server, posting, clients, posts / 2); // warm, as a server is
            var before = server.Cpu;
            var since = Stopwatch.GetTimestamp();
            var times = await PostAsync(server, posting, clients, posts);
            var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
            var after = server.Cpu;
            Print($"{what}, {clients} client(s) at once", times);
            Console.WriteLine(
                $"    {times.Count / seconds:F0} posts a second; processor time a post: server {(after.Server - before.Server).TotalMilliseconds / times.Count:F2} ms, " +
                $"client {(after.Client - before.Client).TotalMilliseconds / times.Count:F2} ms");
        }
    }

    private static async Task<IReadOnlyCollection<double>> PostAsync(ServerProgram server, Posting posting, int clients, int posts)
    {
        var times = new ConcurrentBag<double>();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < posts; i++)
            {
                var since = Stopwatch.GetTimestamp();
                var job = await server.PostAsync(posting);
                times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                if (job.AsSpan().IndexOf(s_statusCompleted) < 0)
                    throw new InvalidOperationException("The song was not answered from the store.");
            }
        })));
        return times;
    }

    /// <summary>Remembers a link for a song that is in the store.</summary>
    private static async Task<Posting> KnownLinkAsync(string folder, string file)
    {
        const string Key = "youtube:libretto-bn";
        await using var song = File.OpenRead(file);
        var audio = $"{AudioContent.Folder}/{Convert.ToHexStringLower(await SHA256.HashDataAsync(song))}";
        var link = SongLink.Parse($"https://youtu.be/{Key[8..]}");
        using var store = new DiskContentStore(Path.Combine(folder, "store"));
        await new LinkMemo(store).KeepAsync(link, new KnownLink(new SongFacts(Key) { Title = "bench" }, audio), default);
        return Posting.OfLink(link.Address);
    }

    private static async Task EventsAsync(string folder, string file)
    {
        await using var watched = await BenchServer.StartAsync(folder, "api");
        await using var working = await BenchServer.StartAsync(folder, "api");
        var id = await watched.PostAsync(file, """{"title":"for the bench","fresh":true}""");
        var claims = working.Services.GetRequiredService<JobClaims>();
        var job = (await claims.ClaimNextAsync(Lane.Compute, "bench", default))!;
        var sent = new ConcurrentDictionary<double, long>();
        var times = new ConcurrentBag<double>();
        var reader = Task.Run(async () =>
        {
            await using var stream = await watched.Http.GetStreamAsync($"/api/jobs/{id}/events");
            await foreach (var item in SseParser.Create(stream).EnumerateAsync())
            {
                var state = JsonElement.Parse(item.Data);
                if (sent.TryRemove(state.GetProperty("pct").GetDouble(), out var since))
                    times.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
                if (state.GetProperty("status").GetString() != "running")
                    return;
            }
        });
        await Task.Delay(1000);
        for (var i = 1; i <= 200; i++)
        {
            sent[i / 2.5] = Stopwatch.GetTimestamp();
            await claims.ReportAsync(job, new JobProgress(i / 2.5, "transcribe", "bench", []), default);
            await Task.Delay(50);
        }
        await claims.FailAsync(job, "bench", "done", [], default);
        await reader;
        Print("a progress change, to a subscriber on another server", times);
    }

    /// <summary>How soon a job that not everybody can do begins, where one who can is idle: from when it was posted, by the table's times.</summary>
    private static async Task BeginsAsync(string folder, string file)
    {
        var plain = new Capabilities(Models: null, Gpu: false, Memory: 2000, Cookies: false);
        await using var posted = await BenchServer.StartAsync(folder, "api", null, plain);
        await using var other = await BenchServer.StartAsync(folder, "worker", null, plain);
        await using var fitting = await BenchServer.StartAsync(folder, "worker", null, plain with { Gpu = true });
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var id = await posted.PostAsync(file, """{"gpu":true,"fresh":true}""");
            await posted.FinishAsync(id);
            var job = JsonElement.Parse(await posted.Http.GetStringAsync($"/api/jobs/{id}"));
            times.Add((job.GetProperty("started_at").GetDateTime() - job.GetProperty("created_at").GetDateTime()).TotalMilliseconds);
            // Until the worker looks for more, finds nothing and is idle.
            await Task.Delay(1000);
        }
        Print("a job with special requirements, from posted to begun by an idle worker that fits", times);
    }

    private static void Print(string what, IEnumerable<double> milliseconds)
    {
        var sorted = milliseconds.Order().ToList();
        Console.WriteLine($"{what}: median {sorted[sorted.Count / 2]:F0} ms, 95th percentile {sorted[(int)(sorted.Count * 0.95)]:F0} ms, {sorted.Count} times");
    }
}
