using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Libretto.Bench;

/// <summary>
/// The page in a real Chromium: how much it weighs and how soon it is alive. The server runs in this process, the browser in
/// others.
/// </summary>
internal static class PageBench
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Loads = 7;

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
            await using var server = await BenchServer.StartAsync(folder, "api");
            await WeightAsync(browser, server);
            await AliveAsync(browser, server);
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
        var answers = new ConcurrentQueue<IResponse>();
        page.Response += (_, answer) => answers.Enqueue(answer);
        await page.GotoAsync(server.Address, new() { WaitUntil = WaitUntilState.NetworkIdle });
        foreach (var answer in answers.ToArray().Where(answer => answer.Status == 200 && !answer.FromServiceWorker))
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

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
