using System.Globalization;
using Microsoft.Playwright;

namespace Libretto.Bench;

/// <summary>
/// What follows the drop of a song on the page, beside the command line asked for the same: the words alone, or the stems too. Each song is
/// new to the store, and begins when the one before it is done.
/// </summary>
internal static class DropBench
{
    private const string Chromium = "/usr/bin/chromium";
    private const int Runs = 3;
    private static readonly string s_sample = Path.Combine(Paths.Root, "samples", "morning-light.ogg");

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            using var playwright = await Playwright.CreateAsync();
            await using var browser = await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"] });
            await using var server = await BenchServer.StartAsync(Path.Combine(folder, "drop"), "all");
            // Who uses a server uses one that has worked before.
            await DropAsync(browser, server, withStems: false, words: null);
            await GivenAsync(browser, server);
            Console.WriteLine("| wished | first heard line after the drop, s | command line's first line, s | ratio |");
            Console.WriteLine("| --- | --- | --- | --- |");
            foreach (var withStems in (bool[])[false, true])
                await CompareAsync(browser, server, withStems, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task GivenAsync(IBrowser browser, BenchServer server)
    {
        var (playing, given) = (new List<double>(), new List<double>());
        for (var i = 0; i < Runs; i++)
        {
            var dropped = await DropAsync(browser, server, withStems: true, "Morning light is on the water");
            playing.Add(dropped.Playing);
            given.Add(dropped.Line);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"after a drop: playing {Median(playing):F2} s, first given word {Median(given):F2} s, medians of {Runs}\n"));
    }

    private static async Task CompareAsync(IBrowser browser, BenchServer server, bool withStems, string folder)
    {
        var (page, program) = (new List<double>(), new List<double>());
        for (var i = 0; i < Runs; i++)
        {
            page.Add((await DropAsync(browser, server, withStems, words: null)).Line);
            program.Add(await CommandLineAsync(withStems, folder));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {(withStems ? "karaoke: words and stems" : "just the words")} | {Median(page):F1} ({Range(page)}) | " +
            $"{Median(program):F1} ({Range(program)}) | {Median(page) / Median(program):F2} |"));
    }

    /// <summary>Seconds from the program's start to its first line of the song.</summary>
    private static async Task<double> CommandLineAsync(bool withStems, string folder)
    {
        List<string> arguments = [s_sample, "--out", folder, "--force", "--fresh", "--progress", "json"];
        if (withStems)
            arguments.Add("--stems");
        var run = await ProcessMeter.RunAsync(Paths.Libretto, arguments);
        return run.Lines.First(line => line.Text.Contains("\"line\"", StringComparison.Ordinal)).At;
    }

    /// <summary>Drops the sample, new to the store, and waits until all of it is done.</summary>
    /// <returns>Seconds from the drop to the recording playing (only where words are given) and to the first line.</returns>
    private static async Task<(double Playing, double Line)> DropAsync(IBrowser browser, BenchServer server, bool withStems, string? words)
    {
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        await page.AddInitScriptAsync($"localStorage.setItem('libretto.wishes', '{{\"stems\":{(withStems ? "true" : "false")}}}')");
        await page.GotoAsync(server.Address);
        await page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === 'true'");
        await page.Locator(".more-options summary").ClickAsync();
        if (words is not null)
        {
            await page.GetByRole(AriaRole.Combobox, new() { Name = "Words", Exact = true }).SelectOptionAsync("I have them");
            await page.GetByLabel("Your words").FillAsync(words);
        }
        // Bytes behind its end make another song of it: none is found in the store.
        var song = await File.ReadAllBytesAsync(s_sample);
        await page.EvaluateAsync(
            """
            (bytes) => {
              const data = new DataTransfer();
              data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "song.ogg", { type: "audio/ogg" }));
              window.droppedAt = performance.now();
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
            }
            """,
            Convert.ToBase64String([.. song, .. BitConverter.GetBytes(Random.Shared.NextInt64())]));
        await page.Locator("libretto-player[data-ready]").WaitForAsync(new() { Timeout = 60_000 });
        var playing = words is null ? 0 : await page.EvaluateAsync<double>(
            """
            async () => {
              const player = document.querySelector("libretto-player");
              await player.toggle();
              while (player.deck.now() <= 0) await new Promise(requestAnimationFrame);
              return performance.now() - window.droppedAt;
            }
            """);
        await page.Locator(".line").First.WaitForAsync(new() { Timeout = 120_000 });
        var line = await page.EvaluateAsync<double>("performance.now() - window.droppedAt");
        await server.FinishAsync(page.Url.Split('/')[^1]);
        return (playing / 1000, line / 1000);
    }

    private static string Range(List<double> values) => string.Create(CultureInfo.InvariantCulture, $"{values.Min():F1} to {values.Max():F1}");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
