using System.Collections.Concurrent;
using System.Diagnostics;
using Libretto.Server;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Libretto.Server.Jobs.Workers;
using Libretto.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Libretto.Bench.Scale;

/// <summary>
/// What one PostgreSQL bears of what workers ask of it, through the server's own classes: claims, progress, heartbeats, scans and
/// notices.
/// </summary>
internal static class DatabaseLimits
{
    private const int Clients = 16;
    private const int Running = 1000;
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    /// <summary>All of it, with what the largest of the days asks; or, without a day, how fast jobs can be claimed only.</summary>
    public static async Task RunAsync(string database, DatabaseLoad? largest)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-scale-").FullName;
        var options = new ServerOptions { DataFolder = folder, Database = database, Role = "api", Lanes = [], Urls = ["http://127.0.0.1:0"], Log = "warning" }.Validated();
        using var work = new TemporaryFolder(options.WorkFolder);
        await using var app = LibrettoServer.Build(options, null, work);
        await LibrettoServer.MigrateAsync(app.Services, options, default);
        try
        {
            Console.WriteLine($"\none PostgreSQL, {Environment.ProcessorCount} cores shared with its {Clients} clients:");
            var claims = app.Services.GetRequiredService<JobClaims>();
            await FillAsync(app, 100);
            await ClaimAsync(claims, 100, Clients, isTold: false);
            foreach (var waiting in (int[])[1_000, 10_000, 100_000])
            {
                foreach (var clients in (int[])[1, 4, Clients])
                {
                    // Each round finds as many as it says: the one before takes up to half of them.
                    await FillAsync(app, waiting);
                    if (clients == 1)
                        await ScanAsync(claims, waiting);
                    await ClaimAsync(claims, waiting, clients);
                }
            }
            if (largest is null)
                return;
            await FillAsync(app, 2_000);
            var held = await HoldAsync(claims, Running);
            foreach (var processes in (int[])[10, 100, Running])
                await ProgressAsync(claims, held, processes, TimeSpan.FromMilliseconds(500));
            await ProgressAsync(claims, held, Running, ReportPace.Of(Running));
            await BeatsAsync(app.Services.GetRequiredService<WorkerRegistry>(), held);
            foreach (var times in (int[])[1, 2])
                await DayAsync(app, claims, largest, times);
            // Whoever listens needs a connection of its own.
            app.Services.GetRequiredService<NpgsqlDataSource>().Clear();
            foreach (var listeners in (int[])[1, 10, 50, 200])
                await NoticesAsync(database, listeners);
        }
        finally
        {
            await using var context = await app.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync();
            await context.Jobs.ExecuteDeleteAsync();
            await context.Workers.ExecuteDeleteAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(WebApplication app, int count)
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync();
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(5));
        await context.Jobs.ExecuteDeleteAsync();
        await context.Database.ExecuteSqlAsync(
            $"""
             insert into jobs (id, options, status, created_at, result_key, input_key, lane, key_id, status_message)
             select 'bench-' || lpad(n::text, 10, '0'), jsonb_build_object(), 'queued', now() + n * interval '1 millisecond', 'result/' || n, 'audio/' || n, 'compute', 'key-' || (n % 1000), 'waiting'
             from generate_series(1, {count}) n
             """);
        await app.Services.GetRequiredService<JobClaims>().TidyAsync(default);
        await context.Database.ExecuteSqlRawAsync("vacuum analyze jobs, waiting_keys, turns");
    }

    private static async Task ScanAsync(JobClaims claims, int waiting)
    {
        var since = Stopwatch.GetTimestamp();
        const int Times = 10;
        for (var i = 0; i < Times; i++)
            await claims.CountReadyAsync(Lane.Compute, default);
        Console.WriteLine($"  {waiting:N0} waiting: a scan counts them in {Stopwatch.GetElapsedTime(since).TotalMilliseconds / Times:F1} ms");
    }

    private static async Task ClaimAsync(JobClaims claims, int waiting, int clients, bool isTold = true)
    {
        var count = 0;
        var most = Math.Min(waiting / 2, 5000);
        var since = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(n => Task.Run(async () =>
        {
            while (since.Elapsed < Span && Volatile.Read(ref count) < most && await claims.ClaimNextAsync(Lane.Compute, $"bench-{n}", default) is not null)
                Interlocked.Increment(ref count);
        })));
        if (isTold)
            Console.WriteLine($"  {waiting:N0} waiting: {count / since.Elapsed.TotalSeconds:F0} claims a second by {clients} at once");
    }

    private static async Task<Job[]> HoldAsync(JobClaims claims, int count)
    {
        var held = new ConcurrentBag<Job>();
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(n => Task.Run(async () =>
        {
            while (held.Count < count && await claims.ClaimNextAsync(Lane.Compute, $"bench-{n}", default) is { } job)
                held.Add(job);
        })));
        return [.. held.Take(count)];
    }

    /// <summary>All running jobs' progress, each process's in one statement: how long a statement takes.</summary>
    private static async Task ProgressAsync(JobClaims claims, Job[] held, int processes, TimeSpan apart)
    {
        var times = new ConcurrentBag<double>();
        var cpu = ProcessorShare.Begin();
        var since = Stopwatch.StartNew();
        await Task.WhenAll(held.Chunk(held.Length / processes).Select((jobs, number) => Task.Run(async () =>
        {
            await Task.Delay(apart * number / processes);
            for (var turn = 1; since.Elapsed < Long + Pace.WarmUp; turn++)
            {
                var at = Stopwatch.GetTimestamp();
                await claims.ReportAsync([.. jobs.Select(job => (job, At(turn * 0.01)))], default);
                if (since.Elapsed > Pace.WarmUp)
                    times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                await Task.Delay(apart - Min(Stopwatch.GetElapsedTime(at), apart));
            }
        })));
        Console.WriteLine($"  progress of {held.Length:N0} running jobs of {processes:N0} processes, every {apart.TotalSeconds:F1} s: " +
            $"{times.Count / Long.TotalSeconds:F0} statements a second, {times.Count / Long.TotalSeconds * held.Length / processes:F0} rows, {Times(times)}; {cpu.Told}");
    }

    /// <summary>A heartbeat of each of a thousand processes, four times in fifteen seconds.</summary>
    private static async Task BeatsAsync(WorkerRegistry workers, Job[] held)
    {
        var times = new ConcurrentBag<double>();
        var since = Stopwatch.StartNew();
        var every = TimeSpan.FromSeconds(15) / 4;
        await Task.WhenAll(held.Select((job, number) => Task.Run(async () =>
        {
            await Task.Delay(every * number / held.Length);
            while (since.Elapsed < Long)
            {
                var at = Stopwatch.GetTimestamp();
                await workers.BeatAsync("bench", isBusy: true, [Lane.Compute], [job], default);
                times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
                await Task.Delay(every);
            }
        })));
        Console.WriteLine($"  heartbeats of {held.Length:N0} busy processes: {times.Count / since.Elapsed.TotalSeconds:F0} statements a second, {Times(times)}");
    }

    /// <summary>
    /// The busiest minutes of a day, once and twice over: songs come, are claimed and end, while as many are at work as were at most, each in
    /// a process of its own, and say how far they are as often as so many do.
    /// </summary>
    private static async Task DayAsync(WebApplication app, JobClaims claims, DatabaseLoad day, int times)
    {
        var running = day.MostAtWork * times;
        await FillAsync(app, 20_000 + running);
        var atWork = await HoldAsync(claims, running);
        var fleet = await FleetAsync(app, running);
        var taken = new ConcurrentQueue<Job>();
        var store = app.Services.GetRequiredService<JobStore>();
        var workers = app.Services.GetRequiredService<WorkerRegistry>();
        // Of each song also the first change, at once.
        var (posts, songs, beats) = (Whole(day.Posts * times), Whole(day.Songs * times), Whole(day.Beats * times));
        var reports = Whole(DatabaseLoad.ReportsOf(running)) + songs;
        Console.WriteLine(
            $"  a million songs a day, {times} x its busiest minutes ({posts} songs posted, {songs} begun and ended, {reports} reports and {beats} heartbeats a second; {running:N0} at work):");
        var cpu = ProcessorShare.Begin();
        var paces = await Task.WhenAll(
            Pace.KeepAsync("posted", posts, Long, n => store.AddAsync(NewJob(n), default)),
            Pace.KeepAsync("claimed", songs, Long, async n =>
            {
                if (await claims.ClaimNextAsync(Lane.Compute, $"bench-{n}", default) is { } job)
                    taken.Enqueue(job);
            }),
            Pace.KeepAsync("ended", songs, Long, async _ =>
            {
                if (taken.TryDequeue(out var job))
                    await claims.CompleteAsync(job, new StoredResult { DocumentKey = "bench", Duration = 200 }, 14, [], default);
            }),
            Pace.KeepAsync("reported", reports, Long, n => claims.ReportAsync(atWork[n % running], At(n * 0.0001), default)),
            Pace.KeepAsync("heartbeats", beats, Long, n => workers.BeatAsync(fleet[n % running], isBusy: true, [Lane.Compute], [atWork[n % running]], default)));
        foreach (var pace in paces)
            Console.WriteLine($"    {pace.Name}: {pace.Times.Count / pace.Seconds:F0} a second ({Times(pace.Times)}){pace.Lag}");
        Console.WriteLine($"    {cpu.Told}");
    }

    /// <summary>As many workers as songs are at work, which all are busy.</summary>
    private static async Task<string[]> FleetAsync(WebApplication app, int count)
    {
        await using var context = await app.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync();
        await context.Workers.ExecuteDeleteAsync();
        await context.Database.ExecuteSqlAsync(
            $"""
             insert into worker_lives (id, name, lanes, state, requested_at, started_at, heartbeat_at)
             select 'bench-' || n, 'bench:' || n, 'compute', 'running', now(), now(), now() from generate_series(0, {count - 1}) n
             """);
        await context.Database.ExecuteSqlRawAsync("vacuum analyze worker_lives");
        return [.. Enumerable.Range(0, count).Select(n => $"bench-{n}")];
    }

    private static int Whole(double perSecond) => (int)Math.Ceiling(perSecond);

    private static Job NewJob(long number) => new()
    {
        Id = Job.NewId(), KeyId = $"key-{number % 1000}", Options = new JobOptions(), Status = JobStatus.Queued, Lane = Lane.Compute,
        CreatedAt = DateTime.UtcNow, ResultKey = "result/" + Guid.NewGuid(), InputKey = "audio/bench",
    };

    // A song's log in the middle of its work: five steps.
    private static JobProgress At(double pct) => new(pct, "transcribe", "listening", [.. Enumerable.Range(0, 5).Select(
        n => new JobStep($"step{n}", StepStatus.Completed, 20 * n, "done", DateTime.UtcNow, 1.5))]);

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static string Times(IReadOnlyCollection<double> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? "none" : $"{sorted[sorted.Count / 2]:F1} ms, 95 %: {sorted[(int)(sorted.Count * 0.95)]:F1} ms";
    }

    /// <summary>Every process hears of every change: how many changes a second can be told, and how late the last hears.</summary>
    private static async Task NoticesAsync(string database, int listeners)
    {
        var heard = 0;
        var late = new ConcurrentBag<double>();
        var sent = new ConcurrentDictionary<string, long>();
        using var over = new CancellationTokenSource();
        var ready = new CountdownEvent(listeners);
        var connections = Enumerable.Range(0, listeners).Select(_ => Task.Run(async () =>
        {
            await using var connection = new NpgsqlConnection(Databases.ConnectionStringOf(database) + ";Pooling=false");
            await connection.OpenAsync();
            connection.Notification += (_, notice) =>
            {
                Interlocked.Increment(ref heard);
                if (sent.TryGetValue(notice.Payload, out var at))
                    late.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            };
            await using (var listen = new NpgsqlCommand("listen libretto_jobs", connection))
                await listen.ExecuteNonQueryAsync();
            ready.Signal();
            try
            {
                while (true)
                    await connection.WaitAsync(over.Token);
            }
            catch (OperationCanceledException)
            {
                // Enough.
            }
        })).ToList();
        ready.Wait();
        var count = 0;
        var since = Stopwatch.StartNew();
        await using var source = NpgsqlDataSource.Create(Databases.ConnectionStringOf(database));
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(number => Task.Run(async () =>
        {
            await using var send = source.CreateCommand("select pg_notify('libretto_jobs', @text)");
            send.Parameters.AddWithValue("text", $"bench-{number}");
            while (since.Elapsed < Span)
            {
                sent[$"bench-{number}"] = Stopwatch.GetTimestamp();
                await send.ExecuteNonQueryAsync();
                Interlocked.Increment(ref count);
            }
        })));
        var rate = count / since.Elapsed.TotalSeconds;
        await Task.Delay(1000);
        await over.CancelAsync();
        await Task.WhenAll(connections);
        var sorted = late.Order().ToList();
        Console.WriteLine($"  {listeners} listening processes: {rate:F0} changes a second, {rate * listeners:F0} notices a second, heard after {sorted[sorted.Count / 2]:F0} ms (95 %: {sorted[(int)(sorted.Count * 0.95)]:F0} ms)");
    }
}
