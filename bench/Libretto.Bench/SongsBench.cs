using System.Globalization;
using System.Text.Json;
using Libretto.Pipeline;

namespace Libretto.Bench;

/// <summary>
/// Whisper base by Libretto and by whisper.cpp, in turn on the same songs in one run, each as a whole process from start to end:
/// Libretto from the compressed file, the peer from samples already decoded.
/// </summary>
internal static class SongsBench
{
    private static readonly string[] DefaultSongs =
    [
        "Avercage_-_Embers=en", "Fantasma_-_Los_Rombos=es", "Séculaire_feat._Nÿme_-_saru=fr", "Veränderung_-_doromusis=de",
    ];

    private sealed record Row(string Song, SongScore Score, int Words, int Loop, double Seconds, double Times, double Megabytes);

    public static async Task<int> RunAsync(string[] songs)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            Environment.SetEnvironmentVariable("LIBRETTO_MODELS", Path.Combine(Paths.Shared, "models"));
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            var (ours, theirs) = (new List<Row>(), new List<Row>());
            var options = "";
            foreach (var song in songs.Length > 0 ? songs : DefaultSongs)
            {
                var (name, language) = (song.Split('=')[0], song.Split('=')[1]);
                ours.Add(await LibrettoAsync(name, language, folder));
                Say("Libretto", ours[^1]);
                (var row, options) = await WhisperCppAsync(name, language, folder);
                theirs.Add(row);
                Say("whisper.cpp", row);
            }
            Print("Libretto: --engine whisper --model whisper-base, language given", ours);
            Print($"whisper.cpp: {options}; the binding decodes greedily, its beam size has no effect", theirs);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"\nLibretto is {theirs.Sum(r => r.Seconds) / ours.Sum(r => r.Seconds):F1} times as fast over all songs."));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Row> LibrettoAsync(string name, string language, string folder)
    {
        var song = SongPath(name);
        var run = await ProcessMeter.RunAsync(Paths.Libretto,
            [song + ".mp3", "--engine", "whisper", "--model", "whisper-base", "--language", language, "--out", folder, "--force", "--fresh", "--progress", "none"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"libretto ended with {run.ExitCode}: {run.Error}");
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, name + ".json")));
        var words = document.RootElement.GetProperty("lines").EnumerateArray().SelectMany(line => line.GetProperty("words").EnumerateArray())
            .Select(word => (word.GetProperty("text").GetString()!, word.GetProperty("start").GetDouble())).ToList();
        return await RowAsync(name, words, run);
    }

    private static async Task<(Row Row, string Options)> WhisperCppAsync(string name, string language, string folder)
    {
        var pcm = Path.Combine(folder, "song.pcm");
        await Sound.ToSpeechPcmAsync(SongPath(name) + ".mp3", pcm);
        var run = await ProcessMeter.RunAsync("node",
            [Path.Combine(Paths.Root, "bench", "peer", "whisper-cpp.mjs"), Path.Combine(Paths.Shared, "models", "ggml-base-q5_1.bin"), pcm, language]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"whisper.cpp ended with {run.ExitCode}: {run.Error}");
        using var answer = JsonDocument.Parse(run.Output[run.Output.IndexOf("{\"options\"", StringComparison.Ordinal)..]);
        var words = answer.RootElement.GetProperty("words").EnumerateArray()
            .Select(word => (word.GetProperty("text").GetString()!, word.GetProperty("start").GetDouble())).ToList();
        return (await RowAsync(name, words, run), answer.RootElement.GetProperty("options").GetRawText());
    }

    private static async Task<Row> RowAsync(string name, List<(string Text, double Start)> words, Measured run)
    {
        var song = SongPath(name);
        var tokens = SongScore.Tokens(words).Select(token => token.Text).ToList();
        return new Row(
            name, SongScore.Of(words, song), tokens.Count, SongScore.LongestLoop(tokens), run.Seconds,
            await Sound.DurationAsync(song + ".mp3") / run.Seconds, run.PeakMegabytes);
    }

    // A run takes a while: what is known already goes to standard error.
    private static void Say(string program, Row row) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{row.Song}, {program}: {row.Seconds:F1} s, WER {row.Score.ErrorRate:F3}, {row.Score.Onsets:F3} within 0.3 s"));

    private static string SongPath(string name) => Path.Combine(Paths.Shared, "audio", "songs", name);

    private static void Print(string title, List<Row> rows)
    {
        Console.WriteLine($"\n{title}\n");
        Console.WriteLine("| song | words | true words | WER | within 0.3 s | more than 1 s off | longest loop | s | x real time | peak MB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (var row in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {row.Song} | {row.Words} | {row.Score.Words} | {row.Score.ErrorRate:F3} | {row.Score.Onsets:F3} | {row.Score.Far:F3} | {row.Loop} | {row.Seconds:F1} | {row.Times:F1} | {row.Megabytes:F0} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| mean | | | {rows.Average(r => r.Score.ErrorRate):F3} | {rows.Average(r => r.Score.Onsets):F3} | {rows.Average(r => r.Score.Far):F3} | {rows.Max(r => r.Loop)} | {rows.Sum(r => r.Seconds):F1} | {rows.Average(r => r.Times):F1} | {rows.Max(r => r.Megabytes):F0} |"));
    }
}
