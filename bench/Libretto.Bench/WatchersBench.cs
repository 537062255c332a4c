using System.Diagnostics;
using System.Globalization;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Server.Jobs.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace Libretto.Bench;

/// <summary>
/// What many views of one moving job cost the server: its own processor time, from <c>/proc</c>, with nobody looking and with all of
/// them. The
/// server runs in a process of its own, which moves the job as a worker does; the views are in this one.
/// </summary>
internal static class WatchersBench
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Serve = "serve-moving-job";

    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(string file, int views)
    {
        using var server = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(WatchersBench).Assembly.Location, Serve, file]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri((await server.StandardOutput.ReadLineAsync())!) };
            var path = (await server.StandardOutput.ReadLineAsync())!;
            // What runs for the first time is compiled.
            await using (await Circuit.OpenAsync(http, path))
                await Task.Delay(TimeSpan.FromSeconds(10));
            var before = await ShareAsync(server);
            var circuits = new List<Circuit>();
            for (var i = 0; i < views; i++)
                circuits.Add(await Circuit.OpenAsync(http, path));
            await Task.Delay(TimeSpan.FromSeconds(5));
            var (batches, bytes) = (circuits.Sum(one => one.Batches), circuits.Sum(one => one.Bytes));
            var watched = await ShareAsync(server);
            (batches, bytes) = (circuits.Sum(one => one.Batches) - batches, circuits.Sum(one => one.Bytes) - bytes);
            if (circuits.Min(one => one.Batches) < Watched.TotalSeconds || !circuits.TrueForAll(one => one.Latest.Contains("step", StringComparison.Ordinal)))
                Console.WriteLine("a view was not drawn: the figure means nothing");
            foreach (var circuit in circuits)
                await circuit.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(5));
            var after = await ShareAsync(server);
            var alone = (before + after) / 2;
            var per = views * Watched.TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{views} views of a moving job: {(watched - alone) * 100:F1} % of a core ({before * 100:F1} and {after * 100:F1} % without views); each is drawn {batches / per:F1} times a second, {bytes / per:F0} bytes a second"));
            return 0;
        }
        finally
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
    }

    /// <summary>The server's part: says its address and the view's path, and moves the job until standard input ends.</summary>
    public static async Task<int> ServeAsync(string file)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            await using var server = await BenchServer.StartAsync(folder, "api");
            var id = await server.PostAsync(file);
            await using var job = new MovingJob(server.Services.GetRequiredService<JobClaims>());
            Console.WriteLine(server.Address);
            Console.WriteLine($"/jobs/{id}");
            await Console.In.ReadToEndAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How much of a core a process takes: user and system time.</summary>
    private static async Task<double> ShareAsync(Process process)
    {
        process.Refresh();
        var (cpu, since) = (process.TotalProcessorTime, Stopwatch.StartNew());
        await Task.Delay(Watched);
        process.Refresh();
        return (process.TotalProcessorTime - cpu) / since.Elapsed;
    }

    /// <summary>A job that moves for as long as it is held, as fast as workers report.</summary>
    private sealed class MovingJob : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly Task _work;

        public MovingJob(JobClaims claims) => _work = MoveAsync(claims);

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _work;
            _over.Dispose();
        }

        private async Task MoveAsync(JobClaims claims)
        {
            var job = (await claims.ClaimNextAsync(Lane.Compute, "bench", default))!;
            for (var step = 0; !_over.IsCancellationRequested; step++)
            {
                await claims.ReportAsync(job, new JobProgress(Math.Min(94, 1 + (step * 0.05)), "transcribe", $"step {step}", job.ProgressLog), default);
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }
}
