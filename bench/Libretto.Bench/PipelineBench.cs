using System.Globalization;
using System.Text.Json;

namespace Libretto.Bench;

/// <summary>
/// Everything the local engines do for a song, as one process from start to end: decode, separate, recognise by Whisper base, time,
/// write both stems and the lyrics; without and with its lyrics given. A stage lasts until the next one tells of itself.
/// </summary>
internal static class PipelineBench
{
    private static readonly string[] s_stages = ["start", "acquire", "separate", "transcribe", "align", "publish"];

    public static async Task<int> RunAsync(string[] songs)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            Environment.SetEnvironmentVariable("LIBRETTO_MODELS", Path.Combine(Paths.Shared, "models"));
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            Console.WriteLine($"| song | lyrics | audio s | {string.Join(" | ", s_stages)} | all s | x real time | peak MB |");
            Console.WriteLine(string.Concat(Enumerable.Repeat("| --- ", s_stages.Length + 6)) + "|");
            foreach (var song in songs.Length > 0 ? songs : ["Fantasma_-_Los_Rombos=es", "Veränderung_-_doromusis=de"])
            {
                var path = Path.Combine(Paths.Shared, "audio", "songs", song.Split('=')[0]);
                await MeasureAsync(path, song.Split('=')[1], "heard", [], folder);
                await MeasureAsync(path, song.Split('=')[1], "given", ["--lyrics", path + ".txt"], folder);
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task MeasureAsync(string song, string language, string words, string[] lyrics, string folder)
    {
        var run = await ProcessMeter.RunAsync(Paths.Libretto,
        [
            song + ".mp3", "--engine", "whisper", "--model", "whisper-base", "--language", language, "--separate", "always", "--stems",
            .. lyrics, "--out", folder, "--force", "--fresh", "--progress", "json",
        ]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"libretto ended with {run.ExitCode}: {run.Error}");
        var seconds = SecondsOf(run);
        var audio = await Sound.DurationAsync(song + ".mp3");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {Path.GetFileName(song)} | {words} | {audio:F0} | {string.Join(" | ", s_stages.Select(stage => seconds.GetValueOrDefault(stage).ToString("F1", CultureInfo.InvariantCulture)))} | {run.Seconds:F1} | {audio / run.Seconds:F1} | {run.PeakMegabytes:F0} |"));
    }

    private static Dictionary<string, double> SecondsOf(Measured run)
    {
        var seconds = new Dictionary<string, double>();
        var (stage, since) = ("start", 0.0);
        foreach (var (at, text) in run.Lines)
        {
            using var told = JsonDocument.Parse(text);
            if (!told.RootElement.TryGetProperty("stage", out var named) || named.GetString() is not { } now || now == stage)
                continue;
            seconds[stage] = seconds.GetValueOrDefault(stage) + at - since;
            (stage, since) = (now, at);
        }
        seconds[stage] = seconds.GetValueOrDefault(stage) + run.Seconds - since;
        return seconds;
    }
}
