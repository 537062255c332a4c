using System.Text.Json;
using System.Text.RegularExpressions;
using Libretto.Cli.Tests.Support;
using Libretto.Models;

namespace Libretto.Cli.Tests;

public sealed partial class TranscribeTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public async Task A_song_becomes_json_and_lrc_in_the_folder_asked_for()
    {
        var run = await _libretto.RunAsync(Repository.File("samples", "morning-light.ogg"), "--out", "made/here", "--engine", "moonshine");

        Assert.Equal((0, ""), (run.ExitCode, run.Output));
        Assert.Equal(["made/here/morning-light.json", "made/here/morning-light.lrc"], _libretto.Files);
        using var document = JsonDocument.Parse(File.ReadAllText(_libretto.Folder["made/here/morning-light.json"]));
        Assert.Equal("libretto/1", document.RootElement.GetProperty("schema").GetString());
        Assert.NotEqual(0, document.RootElement.GetProperty("lines").GetArrayLength());
        Assert.Contains("English is assumed", run.Errors, StringComparison.Ordinal);
        Assert.Matches(TimedWord(), run.Errors);
    }

    [Fact]
    public async Task The_networks_runtime_reports_to_nobody()
    {
        _libretto["LIBRETTO_MODELS"] = ModelFolders.DefaultCache(Environment.GetEnvironmentVariable);
        _libretto["HOME"] = _libretto.Folder["home"];
        _libretto["XDG_CACHE_HOME"] = _libretto.Folder["home/.cache"];
        // Builds of other projects are not reported.
        foreach (var sign in (string[])["CI", "GITHUB_ACTIONS", "TF_BUILD", "ORT_DISABLE_TELEMETRY"])
            _libretto[sign] = null;

        var run = await _libretto.RunAsync(Samples.TwoLines, "--stdout", "txt", "--engine", "moonshine");

        Assert.Equal(0, run.ExitCode);
        Assert.DoesNotContain(_libretto.Files, file => file.Contains("onnxruntime", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Standard_output_holds_the_words_and_nothing_else()
    {
        var run = await _libretto.RunAsync(Samples.TwoLines, "--stdout", "txt", "--engine", "moonshine");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            "morning light is on the water and the birds begin to sing",
            NoLetters().Replace(run.Output.ToLowerInvariant(), " ").Trim());
        Assert.Empty(_libretto.Files);
    }

    [Fact]
    public async Task A_song_without_words_is_a_success_without_lines_in_every_format()
    {
        Sounds.Silence(_libretto.Folder["quiet.wav"], 3);
        var run = await _libretto.RunAsync("transcribe", "quiet.wav", "--format", "json,lrc,elrc,srt,vtt,ass,ttml,txt", "--progress", "none");
        Assert.Equal((0, "", ""), (run.ExitCode, run.Output, run.Errors));
        Assert.Equal(
            ["quiet.ass", "quiet.elrc", "quiet.json", "quiet.lrc", "quiet.srt", "quiet.ttml", "quiet.txt", "quiet.vtt", "quiet.wav"],
            _libretto.Files);
    }

    [Fact]
    public async Task In_a_batch_a_bad_song_does_not_keep_the_others_from_being_done()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        Sounds.Silence(_libretto.Folder["c.wav"], 1);
        File.WriteAllText(_libretto.Folder["b.mp3"], "no song");

        var run = await _libretto.RunAsync("a.wav", "missing.wav", "b.mp3", "c.wav", "--format", "txt");

        Assert.Equal(3, run.ExitCode);
        Assert.Equal(["a.txt", "a.wav", "b.mp3", "c.txt", "c.wav"], _libretto.Files);
        Assert.Contains("libretto: missing.wav does not exist.", run.Errors, StringComparison.Ordinal);
        Assert.Contains("libretto: b.mp3 is not audio", run.Errors, StringComparison.Ordinal);
        Assert.Contains("4 songs: 2 done, 2 failed", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Songs_that_would_be_written_to_the_same_file_are_told_apart_before_any_work()
    {
        Directory.CreateDirectory(_libretto.Folder["x"]);
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        Sounds.Silence(_libretto.Folder["x/a.wav"], 1);
        var run = await _libretto.RunAsync("a.wav", "x/a.wav", "--out", "out");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("a.wav and x/a.wav would both be written to out/a.json", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.wav", "x/a.wav"], _libretto.Files);
    }

    [Fact]
    public async Task Progress_for_programs_is_an_object_a_line()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        var run = await _libretto.RunAsync("a.wav", "gone.wav", "--progress", "json");

        var events = run.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, run.ExitCode);
        Assert.Equal("begin", events[0].GetProperty("event").GetString());
        var shares = events.Where(e => e.GetProperty("event").GetString() == "progress" && e.GetProperty("song").GetString() == "a.wav")
            .Select(e => e.GetProperty("fraction").GetDouble()).ToList();
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
        var done = events.Single(e => e.GetProperty("event").GetString() == "done");
        Assert.Equal(["a.json", "a.lrc"], done.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        var failed = events.Single(e => e.GetProperty("event").GetString() == "failed");
        Assert.Equal(("file_missing", 3), (failed.GetProperty("code").GetString(), failed.GetProperty("exitCode").GetInt32()));
        Assert.Equal("end", events[^1].GetProperty("event").GetString());
    }

    [Fact]
    public async Task With_local_a_song_is_done_on_a_machine_without_network()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        var probe = await _libretto.RunAsync("unshare", ["-rn", "true"]);
        Assert.SkipUnless(probe.ExitCode == 0, "this user may not make a network namespace (unshare -rn)");
        await _libretto.RunAsync("a.wav", "--stdout", "txt"); // fetches the model, should it be missing

        var run = await _libretto.RunAsync(
            "unshare", ["-rn", "dotnet", LibrettoProgram.Dll, "a.wav", "--local", "--format", "txt"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["a.txt", "a.wav"], _libretto.Files);
    }

    [Fact]
    public async Task A_song_known_not_to_be_english_never_gets_to_moonshine()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["cache"]; // no Whisper model there

        var auto = await _libretto.RunAsync("a.wav", "--language", "es");
        Assert.Equal(5, auto.ExitCode);
        Assert.Contains("libretto models pull whisper-base", auto.Errors, StringComparison.Ordinal);

        var moonshine = await _libretto.RunAsync("a.wav", "--language", "Spanish", "--engine", "moonshine");
        Assert.Equal(2, moonshine.ExitCode);
        Assert.Contains("Moonshine knows English only, not 'es'", moonshine.Errors, StringComparison.Ordinal);

        var whisper = await _libretto.RunAsync("a.wav", "--engine", "whisper");
        Assert.Equal(5, whisper.ExitCode);
        Assert.Contains("libretto models pull whisper-base", whisper.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.wav"], _libretto.Files);
    }

    [Fact]
    public async Task A_song_done_before_is_found_in_the_cache_unless_it_is_to_be_done_anew()
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        await _libretto.RunAsync("a.wav", "--stdout", "txt"); // fetches the model, should it be missing
        _libretto["LIBRETTO_KEEP"] = "true";
        _libretto["LIBRETTO_MODELS"] = ModelFolders.DefaultCache(Environment.GetEnvironmentVariable);
        _libretto["LIBRETTO_CACHE"] = _libretto.Folder["state/cache"];
        string[] arguments = ["a.wav", "--format", "txt", "--progress", "json"];

        var first = await _libretto.RunAsync(arguments);
        var second = await _libretto.RunAsync(arguments);
        var fresh = await _libretto.RunAsync([.. arguments, "--fresh"]);

        Assert.DoesNotContain("found in the cache", first.Errors, StringComparison.Ordinal);
        Assert.Contains("\"message\":\"the words were found in the cache\",\"method\":\"cache\"", second.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("found in the cache", fresh.Errors, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (first.ExitCode, second.ExitCode, fresh.ExitCode));
    }

    [Theory]
    [InlineData("--task", "translate")]
    [InlineData("--prompt", "Marguerite")]
    public async Task What_moonshine_cannot_do_it_says(params string[] arguments)
    {
        Sounds.Silence(_libretto.Folder["a.wav"], 1);
        var run = await _libretto.RunAsync(["a.wav", "--engine", "moonshine", .. arguments]);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("libretto: Moonshine cannot", run.Errors, StringComparison.Ordinal);
        Assert.Equal(["a.wav"], _libretto.Files);
    }

    [GeneratedRegex(@"(?m)^ +\d+:\d\d\.\d  \w+ \w+")]
    private static partial Regex TimedWord();

    [GeneratedRegex("[^a-z]+")]
    private static partial Regex NoLetters();
}
