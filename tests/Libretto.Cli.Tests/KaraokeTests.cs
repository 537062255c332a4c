using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Cli.Tests.Support;
using Libretto.Lyrics;

namespace Libretto.Cli.Tests;

/// <summary>Karaoke by one command; what it made is opened by ffprobe, ffmpeg and Chromium.</summary>
public sealed partial class KaraokeTests : IDisposable
{
    private const int Rate = 10;

    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task One_command_makes_all_four_of_the_sample_and_other_programs_open_them()
    {
        var run = await _libretto.RunAsync(
            "karaoke", Repository.File("samples", "morning-light.ogg"), "--audio", "mix", "--as", "html,mp4,cdg,ultrastar",
            "--engine", "moonshine", "--out", "out");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(
            [
                "out/Libretto - Morning Light/Libretto - Morning Light.mp3", "out/Libretto - Morning Light/Libretto - Morning Light.txt",
                "out/morning-light.html", "out/morning-light.mp4", "out/morning-light.zip",
            ],
            _libretto.Files);

        var shown = await PageAsync(_libretto.Folder["out/morning-light.html"]);
        var chart = LyricsFormats.UltraStar.Read(File.ReadAllText(_libretto.Folder["out/Libretto - Morning Light/Libretto - Morning Light.txt"]));
        AssertNotes(chart, shown);
        var words = chart.Lines.SelectMany(line => line.Words).ToList();

        var video = _libretto.Folder["out/morning-light.mp4"];
        await AssertPlaysAsync(video, ("h264", 1280, 720, "30/1"), "aac");
        AssertWipes(await SungAsync(video, 1280, 720), chart, ink: 800);

        ZipFile.ExtractToDirectory(_libretto.Folder["out/morning-light.zip"], _libretto.Folder["cdg"]);
        Assert.Equal(["morning-light.cdg", "morning-light.mp3"], Directory.EnumerateFiles(_libretto.Folder["cdg"]).Select(Path.GetFileName).Order());
        AssertWipes(await SungAsync(_libretto.Folder["cdg/morning-light.cdg"], 300, 216), chart, ink: 60);
        Assert.InRange(words.Count, 35, 43);
    }

    [Fact]
    public async Task A_song_without_words_becomes_a_video_that_says_so_and_no_chart()
    {
        Sounds.Silence(_libretto.Folder["quiet.wav"], 4);
        var run = await _libretto.RunAsync("karaoke", "quiet.wav", "--audio", "mix", "--as", "mp4,ultrastar", "--engine", "moonshine");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(["quiet.mp4", "quiet.wav"], _libretto.Files);
        Assert.Contains("There is no UltraStar chart, because nobody was heard to sing.", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("#TITLE:Broken\n#BPM:fast\n: 0 4 2 la\nE\n", 3, "#BPM is 'fast'")]
    [InlineData("#TITLE:Right\n#BPM:300\n#GAP:600\n: 0 10 2 Hel\n: 10 10 3 lo\nE\n", 0, "song.html")]
    [InlineData("#TITLE:Other\n#BPM:300\n#GAP:60000\n: 0 40 2 Hel\n: 40 40 3 lo\nE\n", 3, "The song is 3 s long, but its lyrics go on until 6")]
    public async Task A_chart_is_taken_with_its_song_if_it_is_one_and_one_of_another_song_is_told(string chart, int exit, string said)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 3);
        File.WriteAllText(_libretto.Folder["song.ultrastar.txt"], chart);
        var run = await _libretto.RunAsync("karaoke", "song.ultrastar.txt", "--song", "song.wav", "--audio", "mix", "--as", "html");
        Assert.True(run.ExitCode == exit, run.Errors);
        Assert.Contains(said, run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mp4", "ass", "libass")]
    [InlineData("mp4", "libx264", "libx264")]
    [InlineData("cdg", "libmp3lame", "libmp3lame")]
    [InlineData("html", "libopus", "libopus")]
    public async Task An_ffmpeg_without_a_part_that_is_needed_is_said_at_once_with_its_package(string kind, string part, string library)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        Directory.CreateDirectory(_libretto.Folder["bin"]);
        var ffmpeg = _libretto.Folder["bin/ffmpeg"];
        // What such an ffmpeg lists, and says when it is asked for the part all the same.
        File.WriteAllText(ffmpeg, $"""
            #!/bin/sh
            case " $* " in
              *" -filters "*|*" -encoders "*) exec ffmpeg "$@" | grep -v ' {part} ' ;;
              *{part}*) echo "Unknown encoder '{part}'" >&2; exit 8 ;;
              *) exec ffmpeg "$@" ;;
            esac

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite);
        _libretto["LIBRETTO_FFMPEG"] = ffmpeg;
        var run = await _libretto.RunAsync("karaoke", "song.wav", "--audio", "mix", "--as", kind, "--engine", "moonshine");
        Assert.True(run.ExitCode == 5, run.Errors);
        Assert.Contains($"This ffmpeg was built without {library}", run.Errors, StringComparison.Ordinal);
        Assert.Contains("sudo apt-get install ffmpeg", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["bin/ffmpeg", "song.wav"], _libretto.Files);
    }

    private static void AssertNotes(LyricsDocument chart, JsonElement shown)
    {
        var melody = new SampleMelody("morning-light");
        var notes = chart.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables ?? []).ToList();
        var right = notes.Count(note => melody.Has(note.Pitch, note.Start, note.End));
        Assert.True(notes.Count >= 45, $"{notes.Count} notes");
        Assert.True(right >= 0.85 * notes.Count, $"{right} of {notes.Count} notes are right");

        var words = shown.EnumerateArray().ToList();
        Assert.Equal(words.Select(word => word.GetProperty("text").GetString()), chart.Lines.SelectMany(line => line.Words).Select(word => word.Text));
        Assert.All(
            words.Zip(chart.Lines.SelectMany(line => line.Words)),
            pair => Assert.Equal(pair.First.GetProperty("start").GetDouble(), pair.Second.Start, 0.1));
    }

    /// <summary>Nothing is sung at first; while a line is, what is sung grows.</summary>
    private static void AssertWipes(List<int> sung, LyricsDocument chart, int ink)
    {
        Assert.InRange(sung.Count, 34 * Rate, 41 * Rate);
        Assert.True(sung[Rate] < ink / 10, $"{sung[Rate]} points are sung at 1 s");
        foreach (var line in chart.Lines)
        {
            var (start, end) = ((int)(line.Start * Rate), Math.Min(sung.Count - 1, (int)(line.End * Rate) + 1));
            // When a line begins, the one before it may still be seen.
            var least = sung.GetRange(start, end - start).Min();
            Assert.True(sung[end] > least + ink, $"'{line.Text}' at {line.Start} s: {sung[start]}, {least}, then {sung[end]}");
        }
    }

    private async Task AssertPlaysAsync(string file, (string Codec, int Width, int Height, string Rate) picture, string sound)
    {
        var run = await _libretto.RunAsync("ffprobe", ["-v", "error", "-show_streams", "-of", "json", file]);
        using var found = JsonDocument.Parse(run.Output);
        var streams = found.RootElement.GetProperty("streams").EnumerateArray().ToList();
        Assert.Equal(2, streams.Count);
        var video = streams[0];
        Assert.Equal(
            picture,
            (video.GetProperty("codec_name").GetString()!, video.GetProperty("width").GetInt32(), video.GetProperty("height").GetInt32(),
                video.GetProperty("avg_frame_rate").GetString()!));
        Assert.Equal(sound, streams[1].GetProperty("codec_name").GetString());
    }

    /// <summary>Points of the colour of what is sung, ten times a second.</summary>
    private static async Task<List<int>> SungAsync(string file, int width, int height)
    {
        var start = new ProcessStartInfo(
            "ffmpeg", ["-nostdin", "-v", "error", "-i", file, "-map", "0:v", "-vf", $"fps={Rate}", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var frame = new byte[width * height * 3];
        var counts = new List<int>();
        while (await process.StandardOutput.BaseStream.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken) == frame.Length)
        {
            var count = 0;
            for (var i = 0; i < frame.Length; i += 3)
                if (frame[i] > 200 && frame[i + 1] is > 120 and < 220 && frame[i + 2] < 110)
                    count++;
            counts.Add(count);
        }
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        return counts;
    }

    /// <summary>The words that Chromium has in the page after its scripts ran, with their starts in seconds.</summary>
    private async Task<JsonElement> PageAsync(string file)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/chromium"), "Chromium is not installed (apt-get install chromium)");
        var run = await _libretto.RunAsync(
            "/usr/bin/chromium",
            ["--headless", "--no-sandbox", "--disable-gpu", $"--user-data-dir={_libretto.Folder["state/chromium"]}", "--virtual-time-budget=5000", "--dump-dom", new Uri(file).AbsoluteUri]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("<title>Morning Light</title>", run.Output, StringComparison.Ordinal);
        var words = WordShown().Matches(run.Output).Select(match => new
        {
            text = System.Net.WebUtility.HtmlDecode(match.Groups["text"].Value),
            start = double.Parse(match.Groups["start"].Value, CultureInfo.InvariantCulture) / 1000,
        });
        return JsonSerializer.SerializeToElement(words);
    }

    [GeneratedRegex(@"<span class=""word[^>]*?data-start=""(?<start>\d+)""[^>]*>(?<text>[^<]*)</span>")]
    private static partial Regex WordShown();
}
