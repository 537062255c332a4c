using Libretto.Cli.Tests.Support;

namespace Libretto.Cli.Tests;

/// <summary>Each kind of bad input ends with its documented exit code and one message, and leaves nothing behind.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly LibrettoProgram _libretto = new();

    public void Dispose() => _libretto.Dispose();

    [Fact]
    public Task A_missing_file() => RefusesAsync(3, "song.mp3 does not exist", "song.mp3");

    [Fact]
    public Task A_folder()
    {
        Directory.CreateDirectory(_libretto.Folder["song.mp3"]);
        return RefusesAsync(3, "song.mp3 is a folder", "song.mp3");
    }

    [Fact]
    public Task An_empty_file()
    {
        File.Create(_libretto.Folder["song.mp3"]).Dispose();
        return RefusesAsync(3, "song.mp3 is empty", "song.mp3");
    }

    [Fact]
    public Task A_text_file_named_like_a_song()
    {
        File.WriteAllText(_libretto.Folder["song.mp3"], "These are words, but nobody sings them.\n");
        return RefusesAsync(3, "song.mp3 is not audio", "song.mp3");
    }

    [Fact]
    public async Task A_truncated_song_is_done_as_far_as_it_goes_and_says_so()
    {
        await MakeAsync("-f", "lavfi", "-i", "sine=duration=20", "-b:a", "64k", "whole.mp3");
        File.WriteAllBytes(_libretto.Folder["song.mp3"], File.ReadAllBytes(_libretto.Folder["whole.mp3"])[..50_000]);
        var run = await _libretto.RunAsync("song.mp3", "--stdout", "json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\"duration\": 6.", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_video_without_sound()
    {
        await MakeAsync("-f", "lavfi", "-i", "testsrc=duration=1:size=32x32", "song.mkv");
        await RefusesAsync(3, "song.mkv holds pictures but no sound", "song.mkv");
    }

    [Fact]
    public async Task A_file_the_user_may_not_read()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        await _libretto.RunAsync("chmod", ["000", "song.wav"]);
        Assert.SkipWhen(Environment.IsPrivilegedProcess && !await CanDropPrivilegesAsync(), "root may read everything and cannot become another user here");
        var run = Environment.IsPrivilegedProcess
            ? await _libretto.RunAsync("setpriv", [.. s_asNobody, "dotnet", LibrettoProgram.Dll, "song.wav", "--stdout", "txt"])
            : await _libretto.RunAsync("song.wav");
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("song.wav cannot be read", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/libretto")]
    [InlineData("song.wav/out")]
    public Task An_output_folder_that_cannot_be_written(string folder)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        return RefusesAsync(4, $"{folder}/song.json cannot be written", "song.wav", "--out", folder);
    }

    [Fact]
    public async Task A_full_disk()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        var disk = Directory.CreateDirectory(_libretto.Folder["disk"]).FullName;
        var mount = await _libretto.RunAsync("mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", disk]);
        Assert.SkipUnless(mount.ExitCode == 0, "this user may not mount a small disk");
        try
        {
            File.WriteAllBytes(Path.Combine(disk, "filler"), new byte[16 * 1024]);
            await RefusesAsync(4, "disk is full", "song.wav", "--out", "disk");
        }
        finally
        {
            await _libretto.RunAsync("umount", [disk]);
        }
    }

    [Theory]
    [InlineData("--format", "docx", "'docx' is no lyrics format")]
    [InlineData("--stdout", "docx", "'docx' is no lyrics format")]
    [InlineData("--engine", "kaldi", "choose one of auto, moonshine, whisper")]
    [InlineData("--language", "klingon", "'klingon' is no value for --language")]
    [InlineData("--threads", "lots", "a whole number from 0 to 256")]
    [InlineData("--model", "nonesuch", "There is no model 'nonesuch'")]
    [InlineData("--progress", "loud", "'loud'")]
    [InlineData("--colour", "red", "There is no option '--colour'")]
    public Task A_value_that_means_nothing(string option, string value, string message)
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        return RefusesAsync(2, message, "song.wav", option, value);
    }

    [Fact]
    public async Task A_model_that_is_no_longer_what_was_installed()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        await _libretto.RunAsync("song.wav", "--stdout", "txt"); // fetches the model, should it be missing
        var list = await _libretto.RunAsync("models", "list");
        var row = list.Output.Split('\n').Single(line => line.StartsWith("moonshine-tiny", StringComparison.Ordinal));
        var installed = row.Split(' ').SingleOrDefault(part => part.StartsWith('/'));
        Assert.SkipWhen(installed is null, "the model could not be fetched");
        var copy = Directory.CreateDirectory(_libretto.Folder["models/moonshine-tiny"]).FullName;
        foreach (var file in Directory.EnumerateFiles(installed))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using (var damaged = File.OpenWrite(Path.Combine(copy, "encoder_model.onnx")))
            damaged.Write("damage"u8);
        _libretto["LIBRETTO_MODELS"] = _libretto.Folder["models"];

        var run = await _libretto.RunAsync("song.wav");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("no longer what was installed", run.Errors, StringComparison.Ordinal);
        Assert.Contains("libretto models pull moonshine-tiny", run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_libretto.Folder["song.json"]));
    }

    [Fact]
    public async Task A_killed_ffmpeg()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        await WriteFfmpegAsync("kill -9 $$");
        await RefusesAsync(6, "ffmpeg was ended from outside", "song.wav");
    }

    [Fact]
    public Task A_missing_ffmpeg()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        _libretto["PATH"] = _libretto.Folder.Path;
        return RefusesAsync(5, "ffprobe is not installed. Install it with:", "song.wav");
    }

    [Fact]
    public async Task Interrupted_work_ends_at_once_and_leaves_nothing()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        // The stand-in says through a pipe that it has begun, then would hold the song up for ever.
        Assert.Equal(0, (await _libretto.RunAsync("mkfifo", ["begun"])).ExitCode);
        await WriteFfmpegAsync("echo $$ > begun; exec sleep 1000");

        foreach (var (signal, exitCode) in new[] { ("INT", 130), ("TERM", 143) })
        {
            using var running = _libretto.Start("song.wav", "--progress", "none");
            var child = (await File.ReadAllTextAsync(_libretto.Folder["begun"], TestContext.Current.CancellationToken)).Trim();
            await _libretto.RunAsync("kill", [$"-{signal}", $"{running.Id}"]);
            var run = await LibrettoProgram.EndAsync(running);

            Assert.Equal((exitCode, "", "libretto: stopped.\n"), (run.ExitCode, run.Output, run.Errors));
            Assert.NotEqual(0, (await _libretto.RunAsync("kill", ["-0", child])).ExitCode);
            Assert.Equal(["begun", "ffmpeg", "song.wav"], _libretto.Files);
        }
    }

    [Fact]
    public async Task A_reader_that_has_seen_enough_is_no_error()
    {
        Sounds.Silence(_libretto.Folder["song.wav"], 1);
        var run = await _libretto.RunAsync(
            "bash", ["-c", $"dotnet '{LibrettoProgram.Dll}' song.wav --stdout json --progress none | true; exit ${{PIPESTATUS[0]}}"]);
        Assert.True(run.ExitCode is 0 or 141, $"exit code {run.ExitCode}");
        Assert.Equal("", run.Errors);
    }

    private static readonly string[] s_asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp", "DOTNET_CLI_HOME=/tmp"];

    /// <summary>Runs the program and holds it to its exit code, one message, and nothing written.</summary>
    private async Task RefusesAsync(int exitCode, string message, params string[] arguments)
    {
        var before = _libretto.Files.ToList();
        var run = await _libretto.RunAsync([.. arguments, .. arguments.Contains("--progress") ? Array.Empty<string>() : ["--progress", "none"]]);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.All(run.Errors.TrimEnd().Split('\n'), line => Assert.StartsWith("libretto: ", line, StringComparison.Ordinal));
        Assert.Equal(before, _libretto.Files);
    }

    /// <summary>A stand-in for ffmpeg; the real ffprobe goes on being used.</summary>
    private async Task WriteFfmpegAsync(string script)
    {
        var path = _libretto.Folder["ffmpeg"];
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        await _libretto.RunAsync("chmod", ["700", path]);
        _libretto["LIBRETTO_FFMPEG"] = path;
    }

    private async Task MakeAsync(params string[] arguments) =>
        Assert.Equal(0, (await _libretto.RunAsync("ffmpeg", ["-v", "error", .. arguments])).ExitCode);

    private async Task<bool> CanDropPrivilegesAsync() => (await _libretto.RunAsync("setpriv", [.. s_asNobody, "true"])).ExitCode == 0;
}
