using System.Globalization;
using System.Text.Json;
using Libretto.Lyrics;
using Libretto.Lyrics.Scoring;

namespace Libretto.Bench;

/// <summary>
/// Whisper base by Libretto and by Whisper.net, greedy and with a beam of 5, in turn on the same songs in one run, each as a whole
/// process from
/// start to end: Libretto from the compressed file, the peer from samples already decoded.
/// </summary>
internal static class SongsBench
{
    private static readonly string[] DefaultSongs =
    [
        "Avercage_-_Embers=en", "Fantasma_-_Los_Rombos=es", "Séculaire_feat._Nÿme_-_saru=fr", "Veränderung_-_doromusis=de",
    ];

    private sealed record Row(string Song, LyricsScore Score, int Words, int Loop, double Seconds, double Times, double Megabytes);

    public static async Task<int> RunAsync(string[] songs)
    {
        var folder = Directory.CreateTempSubdirectory("libretto-bench-").FullName;
        try
        {
            Environment.SetEnvironmentVariable("LIBRETTO_MODELS", Path.Combine(Paths.Shared, "models"));
            await ProcessMeter.RunAsync(Paths.Libretto, ["--version"]);
            var programs = new (string Name, Func<string, string, Task<Row>> Run, List<Row> Rows)[]
            {
                ("Libretto: --engine whisper --model whisper-base, language given", (name, language) => LibrettoAsync(name, language, folder), []),
                ("Whisper.net 1.9.1, ggml-base-q5_1.bin, greedy, token times", (name, language) => WhisperNetAsync(name, language, folder, beam: 1), []),
                ("Whisper.net 1.9.1, the same with a beam of 5", (name, language) => WhisperNetAsync(name, language, folder, beam: 5), []),
            };
            foreach (var song in songs.Length > 0 ? songs : DefaultSongs)
                foreach (var (program, run, rows) in programs)
                {
                    rows.Add(await run(song.Split('=')[0], song.Split('=')[1]));
                    Say(program, rows[^1]);
                }
            foreach (var (program, _, rows) in programs)
                Print(program, rows);
            foreach (var (program, _, rows) in programs.Skip(1))
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"\nLibretto is {rows.Sum(r => r.Seconds) / programs[0].Rows.Sum(r => r.Seconds):F1} times as fast over all songs as {program}."));
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Row> LibrettoAsync(string name, string language, string folder)
    {
        var run = await ProcessMeter.RunAsync(Paths.Libretto,
        [
            SongPath(name) + ".mp3", "--engine", "whisper", "--model", "whisper-base", "--language", language, "--out", folder, "--force", "--fresh",
            "--progress", "none",
        ]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"libretto ended with {run.ExitCode}: {run.Error}");
        return await RowAsync(name, LyricsFormats.Json.Read(await File.ReadAllTextAsync(Path.Combine(folder, name + ".json"))), run);
    }

    private static async Task<Row> WhisperNetAsync(string name, string language, string folder, int beam)
    {
        var pcm = Path.Combine(folder, "song.pcm");
        await Sound.ToSpeechPcmAsync(SongPath(name) + ".mp3", pcm);
        var run = await ProcessMeter.RunAsync("dotnet",
        [
            Path.Combine(Paths.Root, "bench", "Libretto.Bench.Peer", "bin", "Release", "net10.0", "Libretto.Bench.Peer.dll"),
            Path.Combine(Paths.Shared, "models", "ggml-base-q5_1.bin"), pcm, language, beam.ToString(CultureInfo.InvariantCulture),
        ]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"Whisper.net ended with {run.ExitCode}: {run.Error}");
        using var answer = JsonDocument.Parse(run.Output[run.Output.IndexOf('[', StringComparison.Ordinal)..]);
        return await RowAsync(name, Document(answer.RootElement), run);
    }

    private static LyricsDocument Document(JsonElement words)
    {
        var (lines, line) = (new List<LyricsLine>(), new List<LyricsWord>());
        foreach (var word in words.EnumerateArray())
        {
            line.Add(new LyricsWord(
                word.GetProperty("text").GetString()!, word.GetProperty("start").GetDouble(), word.GetProperty("end").GetDouble()));
            if (!word.GetProperty("endsLine").GetBoolean())
                continue;
            lines.Add(Line(line));
            line = [];
        }
        if (line.Count > 0)
            lines.Add(Line(line));
        return new LyricsDocument { Duration = lines.Count > 0 ? lines[^1].End : 0, Lines = lines };
    }

    private static LyricsLine Line(List<LyricsWord> words) =>
        new(words[0].Start, words[^1].End, string.Join(' ', words.Select(word => word.Text)), words);

    private static async Task<Row> RowAsync(string name, LyricsDocument document, Measured run)
    {
        var song = SongPath(name);
        var words = ScoredWords.Of(document);
        var truth = ScoredWords.OfTable(File.ReadLines(song + ".words.txt"), File.ReadLines(song + ".words.csv"), name);
        return new Row(
            name, LyricsScore.Of(truth, words), words.Count, LongestLoop([.. words.Select(word => word.Text)]), run.Seconds,
            await Sound.DurationAsync(song + ".mp3") / run.Seconds, run.PeakMegabytes);
    }

    /// <summary>Longest run of a phrase of at least four words said again and again without a break.</summary>
    private static int LongestLoop(string[] words)
    {
        var longest = 1;
        for (var period = 4; period <= 12; period++)
        {
            var run = 0;
            for (var i = period; i < words.Length; i++)
            {
                run = words[i] == words[i - period] ? run + 1 : 0;
                longest = Math.Max(longest, 1 + run / period);
            }
        }
        return longest;
    }

    // A run takes a while: what is known already goes to standard error.
    private static void Say(string program, Row row) => Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{row.Song}, {program}: {row.Seconds:F1} s, WER {row.Score.WordErrorRate:F3}, {row.Score.CorrectOnsets:F3} within 0.3 s"));

    private static string SongPath(string name) => Path.Combine(Paths.Shared, "audio", "songs", name);

    private static void Print(string title, List<Row> rows)
    {
        string[] columns =
        [
            "song", "words", "true words", "WER", "within 0.3 s", "within 0.1 s", "more than 1 s off", "line ends", "line breaks (F1)", "longest loop", "s",
            "x real time", "peak MB",
        ];
        Console.WriteLine($"\n{title}\n\n| {string.Join(" | ", columns)} |\n{string.Concat(Enumerable.Repeat("| --- ", columns.Length))}|");
        foreach (var row in rows)
            PrintRow(row.Song, $"{row.Words}", $"{row.Score.Words}", [row], row.Times);
        PrintRow("mean", "", "", rows, rows.Average(row => row.Times));
    }

    private static void PrintRow(string song, string words, string trueWords, List<Row> rows, double times)
    {
        double Mean(Func<LyricsScore, double> figure) => rows.Average(row => figure(row.Score));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {song} | {words} | {trueWords} | {Mean(s => s.WordErrorRate):F3} | {Mean(s => s.CorrectOnsets):F3} | {Mean(s => s.SharpOnsets):F3} | {Mean(s => s.FarOff):F3} ") +
            string.Create(CultureInfo.InvariantCulture,
            $"| {Mean(s => s.LineEnds):F3} | {Mean(s => s.LineBreaks):F3} | {rows.Max(r => r.Loop)} | {rows.Sum(r => r.Seconds):F1} | {times:F1} | {rows.Max(r => r.Megabytes):F0} |"));
    }
}
