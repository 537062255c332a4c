using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>A collection of some 300 files of every kind: ends as its plan said, however often it is killed on the way.</summary>
public sealed class LibraryTreeTests : IDisposable
{
    private const int Kills = 10;

    private static readonly string[] s_kinds = ["mp3", "flac", "ogg", "opus", "m4a", "wav"];
    private static readonly string[] s_oddNames = ["it's (live) [1]", "-dash", "Ünïcödé", "日本語", "emoji 🎵", "a.b.c", "  spaces  ", "e\u0301"];

    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task A_tree_ends_as_planned_and_the_same_when_it_is_killed_ten_times()
    {
        await MakeAsync("whole");
        Copy(_libretto.Folder["whole"], _libretto.Folder["killed"]);
        var sounds = await SoundsAsync("whole");
        var before = Contents("whole");
        Assert.InRange(before.Count, 300, 400);

        var planned = Planned(await RunAsync("whole", "--dry-run", "--report", "plan.json"), "plan.json");
        var run = await RunAsync("whole", "--report", "done.json");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(planned, Planned(run, "done.json"));
        var results = Songs("done.json").GroupBy(song => song.GetProperty("result").GetString()!).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(["left", "no_words", "written"], results.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(sounds, await SoundsAsync("whole"));
        var whole = Contents("whole");
        // Tags were written into songs of each kind, and yet what is heard of them is the same.
        foreach (var kind in new[] { "mp3", "flac", "ogg", "opus", "m4a" })
            Assert.Contains(before, file => file.Key.EndsWith($".{kind}", StringComparison.Ordinal) && sounds.ContainsKey(file.Key) && whole[file.Key] != file.Value);
        var again = await RunAsync("whole");
        Assert.True(again.Output.Contains("Nothing is to be done.", StringComparison.Ordinal), again.Output + again.Errors);
        Assert.Equal(whole, Contents("whole"));

        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var process = _libretto.Start(Arguments("killed"));
            var token = TestContext.Current.CancellationToken;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(token), process.StandardError.ReadToEndAsync(token));
            await Task.Delay(random.Next(300, 2500), TestContext.Current.CancellationToken);
            process.Kill();
            await Task.WhenAll(output, errors);
        }
        var last = await RunAsync("killed");
        Assert.True(last.ExitCode == 0, last.Errors);
        Assert.Equal(sounds, await SoundsAsync("killed"));
        var killed = Contents("killed");
        Assert.Equal(whole.Keys, killed.Keys);
        Assert.All(whole, file => Assert.True(killed[file.Key] == file.Value, file.Key));
    }

    private async Task MakeAsync(string root)
    {
        Directory.CreateDirectory(_libretto.Folder["clips"]);
        foreach (var kind in s_kinds)
        {
            await FfmpegAsync(["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "1", "-metadata", "title=Quiet", "-metadata", "artist=Nobody", $"clips/quiet.{kind}"]);
            await FfmpegAsync(["-i", Samples.TwoLines, "-metadata", "title=Morning", "-metadata", "album=Day", $"clips/sung.{kind}"]);
        }
        await FfmpegAsync(["-i", "clips/quiet.mp3", "-f", "lavfi", "-i", "color=red:s=200x200:d=0.2", "-map", "0", "-map", "1", "-frames:v", "1", "-c:a", "copy", "-disposition:v:0", "attached_pic", "clips/cover.mp3"]);

        // 18 albums of 8 songs; what lies beside a song goes round.
        string[] sidecars = ["elrc", "ttml", "yaml", "elrc", "vtt", "none", "instrumental", "utf16"];
        for (var album = 0; album < 18; album++)
            for (var track = 0; track < sidecars.Length; track++)
            {
                var kind = s_kinds[(album + track) % s_kinds.Length];
                var name = $"{root}/Artist {album % 4}/Album {album}/{track + 1:00} {s_oddNames[track]}";
                Put($"clips/{(kind == "mp3" && album % 2 == 0 ? "cover" : "quiet")}.{kind}", $"{name}.{kind}");
                Sidecar(name, sidecars[track] == "none" && album % 5 > 0 ? "elrc" : sidecars[track]);
                if (track == 3)
                    Put("clips/quiet.opus", $"{name}.opus");
            }
        foreach (var (kind, i) in new[] { "mp3", "flac", "m4a" }.Select((kind, i) => (kind, i)))
            Put($"clips/sung.{kind}", $"{root}/Sung/{i} - Morning.{kind}");
        File.WriteAllText(_libretto.Folder[$"{root}/Sung/1 - Morning.lrc"], "[00:00.50]Morning light is on the water\n[00:05.50]and the birds begin to sing\n");
        File.WriteAllText(_libretto.Folder[$"{root}/Sung/2 - Morning.lrc"],
            "[00:00.50]Happy birthday dear Susan\n[00:03.00]many candles burn tonight\n[00:05.00]we brought you a cake\n", Encoding.Unicode);

        var odd = Directory.CreateDirectory(_libretto.Folder[$"{root}/Odd"]).FullName;
        File.WriteAllText(Path.Combine(odd, "no sound.mp3"), "no sound");
        File.WriteAllText(Path.Combine(odd, "empty.flac"), "");
        File.WriteAllBytes(Path.Combine(odd, "cut off.m4a"), File.ReadAllBytes(_libretto.Folder["clips/sung.m4a"])[..2000]);
        File.WriteAllText(Path.Combine(odd, "notes.txt"), "just notes");
        File.WriteAllBytes(Path.Combine(odd, "cover.jpg"), [0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3, 4, 5, 6, 7, 8]);
        File.Copy(_libretto.Folder["clips/quiet.mp3"], Path.Combine(odd, "sound without an ending"));
        Put("clips/quiet.wav", $"{root}/.hidden/song.wav");
        Put("clips/quiet.wav", $"{root}/@eaDir/song.wav");
        Directory.CreateSymbolicLink(Path.Combine(odd, "up"), _libretto.Folder[root]);
    }

    private void Sidecar(string name, string what)
    {
        var (ending, text) = what switch
        {
            "elrc" => (".elrc", "[00:00.10]<00:00.10>one <00:00.40>two<00:00.80>\n"),
            "ttml" => (".ttml", "<tt xmlns=\"http://www.w3.org/ns/ttml\"><body><div><p begin=\"0.1s\" end=\"0.8s\"><span begin=\"0.1s\" end=\"0.3s\">one</span> <span begin=\"0.4s\" end=\"0.8s\">two</span></p></div></body></tt>"),
            "yaml" => (".yaml", "version: '1.0'\nlines:\n- text: one two\n  start_ms: 100\n  end_ms: 800\n  words:\n  - text: 'one '\n    start_ms: 100\n    end_ms: 300\n  - text: two\n    start_ms: 400\n    end_ms: 800\n"),
            "vtt" => (".vtt", "WEBVTT\n\n00:00.100 --> 00:00.800\none <00:00.400>two\n"),
            "instrumental" => (".lrc", "[au: instrumental]\n"),
            "utf16" => (".lrc", "[00:00.10]<00:00.10>eins <00:00.40>zwei<00:00.80>\n"),
            _ => ("", ""),
        };
        if (ending.Length > 0)
            File.WriteAllText(_libretto.Folder[name + ending], text, what == "utf16" ? Encoding.Unicode : new UTF8Encoding(false));
    }

    private void Put(string clip, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_libretto.Folder[name])!);
        File.Copy(_libretto.Folder[clip], _libretto.Folder[name], overwrite: true);
    }

    private async Task FfmpegAsync(string[] arguments)
    {
        var run = await _libretto.RunAsync("ffmpeg", ["-v", "error", "-y", .. arguments]);
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    private static string[] Arguments(string root) => ["library", root, "--engine", "moonshine", "--tags", "synced", "--jobs", "2", "--progress", "plain"];

    private Task<Outcome> RunAsync(string root, params string[] more) => _libretto.RunAsync([.. Arguments(root), .. more]);

    private string Planned(Outcome run, string report)
    {
        Assert.True(run.ExitCode == 0, run.Errors);
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder[report]));
        return document.RootElement.GetProperty("planned").GetRawText();
    }

    private List<JsonElement> Songs(string report)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder[report]));
        return [.. document.RootElement.Clone().GetProperty("songs").EnumerateArray()];
    }

    /// <summary>A hash of each song's packets: what is heard, without tags.</summary>
    private async Task<SortedDictionary<string, string>> SoundsAsync(string root)
    {
        var sounds = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Files(root).Where(file => s_kinds.Contains(Path.GetExtension(file).TrimStart('.')) && !file.Contains("/Odd/", StringComparison.Ordinal)))
            sounds[Path.GetRelativePath(_libretto.Folder[root], file)] = (await _libretto.RunAsync("ffmpeg",
                ["-v", "error", "-i", $"file:{file}", "-map", "0:a", "-c", "copy", "-f", "hash", "-"])).Output;
        return sounds;
    }

    private SortedDictionary<string, string> Contents(string root) => new(
        Files(root).ToDictionary(file => Path.GetRelativePath(_libretto.Folder[root], file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))),
        StringComparer.Ordinal);

    private IEnumerable<string> Files(string root) => Directory.EnumerateFiles(
        _libretto.Folder[root], "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint });

    private static void Copy(string from, string to)
    {
        using var process = Process.Start("cp", ["-a", from, to]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
