using System.Diagnostics;
using System.Globalization;
using Libretto.Server.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Libretto.Bench;

/// <summary>
/// The page in a real Chromium: how much it weighs and how soon it is alive, and what many views of one moving job cost the server.
/// The server runs in this process, the browser in others.
/// </summary>
internal static class PageBench
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Loads = 7;
    private const int Views = 20;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(string file)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
            await using var server = await BenchServer.StartAsync(folder, "api");
            await WeightAsync(browser, server);
            await AliveAsync(browser, server);
            await WatchersAsync(browser, server, file);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task WeightAsync(IBrowser browser, BenchServer server)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var sizes = new Dictionary<string, (double Raw, double Sent)>();
        var answers = new List<IResponse>();
        page.Response += (_, answer) => answers.Add(answer);
        await page.GotoAsync(server.Address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        foreach (var answer in answers.Where(answer => answer.Status == 200 && !answer.FromServiceWorker))
        {
            var path = new Uri(answer.Url).AbsolutePath;
            var kind = path.Contains("/blazor/", StringComparison.Ordinal) ? "blazor.web.js"
                : path.Contains("/mudblazor/", StringComparison.Ordinal) ? Path.GetFileName(path)
                : path.EndsWith(".js", StringComparison.Ordinal) ? "our scripts"
                : path.EndsWith(".css", StringComparison.Ordinal) ? "our styles"
                : path.EndsWith(".woff2", StringComparison.Ordinal) ? "fonts"
                : path == "/" ? "document" : "other";
            var sent = (await answer.Request.SizesAsync()).ResponseBodySize;
            var (rawSum, sentSum) = sizes.GetValueOrDefault(kind);
            sizes[kind] = (rawSum + (await answer.BodyAsync()).Length, sentSum + sent);
        }
        foreach (var (kind, (raw, sent)) in sizes.OrderBy(size => size.Key, StringComparer.Ordinal))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {raw / 1000:F1} kB, {sent / 1000:F1} kB sent"));
    }

    private static async Task AliveAsync(IBrowser browser, BenchServer server)
    {
        var (cold, warm) = (new List<double>(), new List<double>());
        for (var i = 0; i < Loads; i++)
        {
            await using var context = await browser.NewContextAsync();
            var page = await context.NewPageAsync();
            foreach (var times in (List<double>[])[cold, warm])
            {
                await page.GotoAsync(server.Address);
                times.Add(await page.EvaluateAsync<double>("""
                    async () => {
                      while (document.documentElement.dataset.alive !== 'true') await new Promise((next) => setTimeout(next, 2));
                      return performance.now();
                    }
                    """));
            }
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"alive after: {Median(cold):F0} ms (nothing kept), {Median(warm):F0} ms (files kept), medians of {Loads}"));
    }

    /// <summary>A job is claimed here and moves ten times a second, as fast as workers report, while nobody, then many look on.</summary>
    private static async Task WatchersAsync(IBrowser browser, BenchServer server, string file)
    {
        var id = await server.PostAsync(file);
        await using var job = new MovingJob(server.Services.GetRequiredService<JobClaims>());
        await using var context = await browser.NewContextAsync();
        // What runs for the first time is compiled.
        await (await context.NewPageAsync()).GotoAsync($"{server.Address}/jobs/{id}");
        await Task.Delay(TimeSpan.FromSeconds(5));
        await context.Pages[0].CloseAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        var alone = await ShareAsync();
        for (var i = 0; i < Views; i++)
            await (await context.NewPageAsync()).GotoAsync($"{server.Address}/jobs/{id}");
        await Task.Delay(TimeSpan.FromSeconds(3));
        var watched = await ShareAsync();
        foreach (var page in context.Pages)
            if (await page.Locator(".message").TextContentAsync() is { } shown && Math.Abs(int.Parse(shown.Split(' ')[^1], CultureInfo.InvariantCulture) - job.Step) > 20)
                Console.WriteLine($"a view is behind: it shows {shown}, the job is at step {job.Step}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Views} views of a moving job: {(watched - alone) * 100:F1} % of a core ({alone * 100:F1} % without views), which makes {(watched - alone) / Views * 50 * 100:F1} % for 50"));
    }

    /// <summary>How much of a core this process, the server, takes.</summary>
    private static async Task<double> ShareAsync()
    {
        using var process = Process.GetCurrentProcess();
        var (cpu, since) = (process.TotalProcessorTime, Stopwatch.StartNew());
        await Task.Delay(Watched);
        process.Refresh();
        return (process.TotalProcessorTime - cpu) / since.Elapsed;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    /// <summary>A job that moves ten times a second for as long as it is held.</summary>
    private sealed class MovingJob : IAsyncDisposable
    {
        private readonly CancellationTokenSource _over = new();
        private readonly Task _work;

        public MovingJob(JobClaims claims) => _work = MoveAsync(claims);

        public int Step { get; private set; }

        public async ValueTask DisposeAsync()
        {
            await _over.CancelAsync();
            await _work;
            _over.Dispose();
        }

        private async Task MoveAsync(JobClaims claims)
        {
            var job = (await claims.ClaimNextAsync(Lane.Compute, "bench", default))!;
            for (; !_over.IsCancellationRequested; Step++)
            {
                await claims.ReportAsync(job, Math.Min(94, 1 + (Step * 0.05)), "transcribe", $"step {Step}", job.ProgressLog, default);
                await Task.Delay(100, CancellationToken.None);
            }
        }
    }
}
