using System.Globalization;

namespace Libretto.Bench;

/// <summary>The command line from start to end, as a user runs it, with the default engine: three runs a file, the median counts.</summary>
internal static class SpeedBench
{
    private const int Runs = 3;

    public static async Task<int> RunAsync(string[] files)
    {
        if (files.Length == 0)
            files = [Path.Combine(Paths.Root, "samples", "morning-light.ogg"), Path.Combine(Paths.Shared, "audio", "jfk.wav")];
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            Console.WriteLine("| recording | audio s | run s | s a minute of audio | x real time | first words after s | peak MB |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
            foreach (var file in files.Where(File.Exists))
                await MeasureAsync(file, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string file, string folder)
    {
        var runs = new List<Measured>();
        for (var i = 0; i < Runs; i++)
            runs.Add(await ProcessMeter.RunAsync(
                Paths.Libretto, [file, "--out", folder, "--force", "--fresh", "--progress", "json"]));
        var run = runs.OrderBy(r => r.Seconds).ElementAt(Runs / 2);
        var audio = await Sound.DurationAsync(file);
        var firstWords = run.Lines.First(line => line.Text.Contains("\"line\"", StringComparison.Ordinal)).At;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {Path.GetFileName(file)} | {audio:F1} | {run.Seconds:F2} | {run.Seconds * 60 / audio:F2} | {audio / run.Seconds:F1} | {firstWords:F2} | {runs.Max(r => r.PeakMegabytes):F0} |"));
    }
}
