using System.Collections.Concurrent;
using System.Diagnostics;
using Libretto.Server;
using Libretto.Server.Data;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs.Queue;
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
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(5);

    /// <summary>All of it, or how fast jobs can be claimed only.</summary>
    public static async Task RunAsync(string database, bool onlyClaims = false)
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
                await FillAsync(app, waiting);
                await ScanAsync(claims, waiting);
                foreach (var clients in (int[])[1, 4, Clients])
                    await ClaimAsync(claims, waiting, clients);
            }
            if (onlyClaims)
                return;
            var held = await HoldAsync(claims);
            await RateAsync("heartbeats", held, job => claims.BeatAsync(job, default));
            var pct = 0.0;
            await RateAsync("progress updates", held, job => claims.ReportAsync(job, pct += 1e-6, "transcribe", "bench", [], heard: null, default));
            foreach (var listeners in (int[])[1, 10, 50, 200])
                await NoticesAsync(database, claims, held, listeners);
        }
        finally
        {
            await using var context = await app.Services.GetRequiredService<IDbContextFactory<LibrettoDb>>().CreateDbContextAsync();
            await context.Jobs.ExecuteDeleteAsync();
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

    private static async Task<IReadOnlyList<Job>> HoldAsync(JobClaims claims)
    {
        var held = new List<Job>();
        for (var i = 0; i < Clients; i++)
            held.Add((await claims.ClaimNextAsync(Lane.Compute, "bench", default))!);
        return held;
    }

    private static async Task RateAsync(string what, IReadOnlyList<Job> held, Func<Job, Task<bool>> write)
    {
        var count = 0;
        var since = Stopwatch.StartNew();
        await Task.WhenAll(held.Select(job => Task.Run(async () =>
        {
            while (since.Elapsed < Span && await write(job))
                Interlocked.Increment(ref count);
        })));
        Console.WriteLine($"  {count / since.Elapsed.TotalSeconds:F0} {what} a second");
    }

    /// <summary>Every process hears of every change: how many changes a second can be told, and how late the last hears.</summary>
    private static async Task NoticesAsync(string database, JobClaims claims, IReadOnlyList<Job> held, int listeners)
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
        var pct = 10.0;
        var since = Stopwatch.StartNew();
        await Task.WhenAll(held.Select(job => Task.Run(async () =>
        {
            while (since.Elapsed < Span)
            {
                sent[job.Id] = Stopwatch.GetTimestamp();
                await claims.ReportAsync(job, pct += 1e-6, "transcribe", "bench", [], heard: null, default);
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
