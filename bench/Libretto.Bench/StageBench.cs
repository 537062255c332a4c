using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace Libretto.Bench;

/// <summary>
/// What a song that plays costs the browser, and how true its words are. The processor time is that of all of Chromium's processes, from
/// <c>/proc</c>, without a graphics card; nothing looks into the page while it is measured.
/// </summary>
internal static class StageBench
{
    private const string Chromium = "/usr/bin/chromium";
    private const int TicksPerSecond = 100;
    private const string Player = "document.querySelector('libretto-player')";
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(18);
    private static readonly double[] s_rates = [0.5, 1, 2];

    // Notes for each word, at the frame that first shows it lit, how far the recording's clock is from the word's time, in milliseconds as they are heard.
    private const string Note = """
        () => {
          const { deck } = document.querySelector('libretto-player'), seen = new Set(document.querySelectorAll('.word.now'));
          window.errors = [];
          const frame = () => {
            for (const word of document.querySelectorAll('.word.now'))
              if (!seen.has(word)) {
                seen.add(word);
                window.errors.push((deck.audio.currentTime * 1000 - Number(word.dataset.start)) / deck.audio.playbackRate);
              }
            requestAnimationFrame(frame);
          };
          requestAnimationFrame(frame);
        }
        """;

    /// <param name="song">The recording; the sample when null.</param>
    public static async Task<int> RunAsync(string? song)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
            await using var server = await BenchServer.StartAsync(folder, "all");
            var id = await server.PostAsync(song ?? Path.Combine(Paths.Root, "samples", "morning-light.ogg"));
            await server.FinishAsync(id);
            var view = $"{server.Address}/jobs/{id}";
            foreach (var (width, height, isKaraoke) in ((int, int, bool)[])[(1280, 800, false), (1280, 720, true), (1920, 1080, true)])
                await CostAsync(browser, view, width, height, isKaraoke);
            foreach (var rate in s_rates)
                await TruthAsync(browser, view, rate);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task CostAsync(IBrowser browser, string view, int width, int height, bool isKaraoke)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height } });
        var page = await OpenAsync(context, view);
        if (isKaraoke)
            await page.EvaluateAsync($"{Player}.classList.add('karaoke')");
        var still = await ShareAsync(TimeSpan.FromSeconds(4));
        await page.EvaluateAsync($"{Player}.jump(3)");
        await PlayAsync(page, 1);
        // Where singing is, not before it.
        await page.WaitForTimeoutAsync(1500);
        var playing = await ShareAsync(Watched);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(isKaraoke ? "karaoke" : "player")}, {width}x{height}: {playing:F1} % of a core playing, {still:F1} % at rest"));
    }

    private static async Task TruthAsync(IBrowser browser, string view, double rate)
    {
        await using var context = await browser.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        var page = await OpenAsync(context, view);
        await page.EvaluateAsync($"{Player}.jump(3)");
        await page.EvaluateAsync(Note);
        await PlayAsync(page, rate);
        await page.WaitForTimeoutAsync((float)Watched.TotalMilliseconds);
        var errors = (await page.EvaluateAsync<double[]>("window.errors")).Select(Math.Abs).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{errors.Length} words at {rate}x: off by {errors[errors.Length / 2]:F1} ms (median), " +
            $"{errors[errors.Length * 95 / 100]:F1} ms (95th percentile)"));
    }

    private static async Task<IPage> OpenAsync(IBrowserContext context, string view)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(view);
        await page.Locator("libretto-player[data-ready]").WaitForAsync();
        await page.WaitForTimeoutAsync(1500);
        return page;
    }

    private static async Task PlayAsync(IPage page, double rate) => await page.EvaluateAsync(
        """
        async (rate) => {
          const player = document.querySelector('libretto-player');
          player.rate = rate;
          player.deck.setRate(rate);
          await player.toggle();
        }
        """,
        rate);

    /// <summary>How much of a core all of the browser's processes take over a while, in percent.</summary>
    private static async Task<double> ShareAsync(TimeSpan time)
    {
        var (before, clock) = (Ticks(), Stopwatch.StartNew());
        await Task.Delay(time);
        return (Ticks() - before) * 100.0 / TicksPerSecond / clock.Elapsed.TotalSeconds;
    }

    /// <summary>The processor time of this process's Chromium and all that it has started, in clock ticks.</summary>
    private static long Ticks()
    {
        var all = Directory.GetDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => name.All(char.IsAsciiDigit))
            .Select(Read).OfType<Life>().ToList();
        HashSet<int> kin = [Environment.ProcessId];
        while (all.Any(life => kin.Contains(life.Parent) && kin.Add(life.Id)))
        {
            // One more of the family, until there is none.
        }
        return all.Where(life => kin.Contains(life.Id) && life.Name.Contains("chrom", StringComparison.Ordinal)).Sum(life => life.Ticks);
    }

    private static Life? Read(string id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var end = text.LastIndexOf(')');
            var rest = text[(end + 2)..].Split(' ');
            return new Life(int.Parse(id, CultureInfo.InvariantCulture), int.Parse(rest[1], CultureInfo.InvariantCulture),
                text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end],
                long.Parse(rest[11], CultureInfo.InvariantCulture) + long.Parse(rest[12], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // ended meanwhile
        }
    }

    private sealed record Life(int Id, int Parent, string Name, long Ticks);
}
