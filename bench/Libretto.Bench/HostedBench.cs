using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Libretto.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Libretto.Bench;

/// <summary>
/// The way of a song through a hosted engine, without the engine: a server on the loopback takes the file and answers at once, so that
/// what is measured is Libretto's own time. First the job service, from the first byte of the upload to the result in its store, then the
/// command line, from start to end.
/// </summary>
internal static class HostedBench
{
    private const int Runs = 7;

    public static async Task<int> RunAsync(string? file)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            file ??= await FourMinutesAsync(folder);
            var seconds = await Sound.DurationAsync(file);
            await using var engine = await EngineAsync(seconds);
            var url = engine.Urls.Single() + "/v1/";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)}: {seconds:F0} s, {new FileInfo(file).Length / 1e6:F1} MB"));
            await JobsAsync(folder, file, new Uri(url));
            await CommandLineAsync(folder, file, url);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task JobsAsync(string folder, string file, Uri engine)
    {
        var settings = new LibrettoSettings { Cache = Path.Combine(folder, "cache"), Hosted = [new HostedEngine("instant", engine, "none")] };
        await using var server = await BenchServer.StartAsync(Path.Combine(folder, "data"), "all", settings);
        var times = new List<double>();
        for (var i = 0; i <= Runs; i++)
        {
            var since = Stopwatch.GetTimestamp();
            var id = await server.PostAsync(file, """{"fresh":true}""");
            await server.FinishAsync(id);
            // The first one also warms the program up.
            if (i > 0)
                times.Add(Stopwatch.GetElapsedTime(since).TotalSeconds);
            var job = JsonElement.Parse(await server.Http.GetStringAsync($"/api/jobs/{id}"));
            if (job.GetProperty("processing_method").GetString() != "instant/none")
                throw new InvalidOperationException($"The job was not done by the hosted engine: {job}");
        }
        Print("job service, upload to stored result", times);
    }

    private static async Task CommandLineAsync(string folder, string file, string engine)
    {
        Environment.SetEnvironmentVariable("LIBRETTO_HOSTED", $$$"""{"instant":{"url":"{{{engine}}}","model":"none"}}""");
        Environment.SetEnvironmentVariable("LIBRETTO_KEEP", "false");
        await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
        var times = new List<double>();
        for (var i = 0; i < Runs; i++)
            times.Add((await ProcessMeter.RunAsync(Paths.Libretto, [file, "--engine", "instant", "--out", folder, "--force", "--progress", "none"])).Seconds);
        Print("command line, start to end", times);
    }

    private static void Print(string what, List<double> seconds)
    {
        seconds.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {seconds[seconds.Count / 2]:F2} s, longest {seconds[^1]:F2} s, {seconds.Count} runs"));
    }

    private static async Task<string> FourMinutesAsync(string folder)
    {
        var file = Path.Combine(folder, "four-minutes.mp3");
        await ProcessMeter.RunAsync("ffmpeg",
            ["-v", "error", "-nostdin", "-stream_loop", "-1", "-i", Path.Combine(Paths.Root, "samples", "morning-light.ogg"), "-t", "240", "-b:a", "192k", file]);
        return file;
    }

    /// <summary>Takes whatever comes, and answers with a word every half second.</summary>
    private static async Task<WebApplication> EngineAsync(double seconds)
    {
        var words = Enumerable.Range(0, (int)(2 * seconds) - 1).Select(i => new { word = $"word{i % 50}", start = i / 2.0, end = (i / 2.0) + 0.4 }).ToList();
        var answer = JsonSerializer.SerializeToUtf8Bytes(new { language = "english", duration = seconds, text = "", words });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(answer);
        });
        await app.StartAsync();
        return app;
    }
}
