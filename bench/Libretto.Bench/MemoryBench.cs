using System.Globalization;

namespace Libretto.Bench;

/// <summary>
/// Whether memory grows with the song: four minutes and an hour of the same music, separated, recognised by Whisper base, and both in
/// one run with the stems written; each a process of its own.
/// </summary>
internal static class MemoryBench
{
    private static readonly (string Name, int Seconds)[] s_lengths = [("4 minutes", 240), ("an hour", 3600)];

    private static readonly (string Name, string[] Arguments)[] s_works =
    [
        ("separate", ["separate"]),
        ("transcribe", ["transcribe", "--separate", "never"]),
        ("transcribe, stems", ["transcribe", "--separate", "always", "--stems"]),
    ];

    /// <param name="file">Music to repeat; the songs beside the checkout when null.</param>
    public static async Task<int> RunAsync(string? file)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            Environment.SetEnvironmentVariable("LIBRETTO_MODELS", Path.Combine(Paths.Shared, "models"));
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            string[] music = file is null ? Directory.GetFiles(Path.Combine(Paths.Shared, "audio", "songs"), "*.mp3") : [Path.GetFullPath(file)];
            var recordings = new List<string>();
            foreach (var (name, seconds) in s_lengths)
                recordings.Add(await Sound.RepeatAsync([.. music.Order(StringComparer.Ordinal)], seconds, Path.Combine(folder, name + ".mka")));

            Console.WriteLine($"| work | {string.Join(" | ", s_lengths.Select(length => $"{length.Name}: peak MB | s"))} |");
            Console.WriteLine(string.Concat(Enumerable.Repeat("| --- ", 1 + (2 * s_lengths.Length))) + "|");
            foreach (var (name, arguments) in s_works)
            {
                var runs = new List<string>();
                foreach (var recording in recordings)
                    runs.Add(await MeasureAsync(arguments, recording, folder));
                Console.WriteLine($"| {name} | {string.Join(" | ", runs)} |");
            }
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> MeasureAsync(string[] arguments, string recording, string folder)
    {
        // One language for all songs, so that every length is recognised the same way.
        string[] engine = arguments[0] == "transcribe" ? ["--engine", "whisper", "--model", "whisper-base", "--language", "en"] : [];
        var run = await ProcessMeter.RunAsync(
            Paths.Libretto, [.. arguments, recording, .. engine, "--out", folder, "--force", "--fresh", "--progress", "none"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"libretto ended with {run.ExitCode}: {run.Error}");
        return string.Create(CultureInfo.InvariantCulture, $"{run.PeakMegabytes:F0} | {run.Seconds:F0}");
    }
}
