using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

public sealed class BadAudioTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_missing_file() => await Refused("file_missing", _folder["no.mp3"]);

    [Fact]
    public async Task A_file_in_a_missing_folder() => await Refused("file_missing", _folder["no/no.mp3"]);

    [Fact]
    public async Task A_folder() => await Refused("is_folder", _folder.Path);

    [Fact]
    public async Task An_empty_file()
    {
        await File.WriteAllBytesAsync(_folder["empty.mp3"], [], Token);
        await Refused("file_empty", _folder["empty.mp3"]);
    }

    [Theory]
    [InlineData("song.mp3")]
    [InlineData("song.wav")]
    [InlineData("song.txt")]
    public async Task Text(string name)
    {
        await File.WriteAllTextAsync(_folder[name], string.Concat(Enumerable.Repeat("These are only words.\n", 500)), Token);
        await Refused("not_audio", _folder[name]);
    }

    [Fact]
    public async Task Random_bytes()
    {
        var bytes = new byte[50_000];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(_folder["noise.m4a"], bytes, Token);
        await Refused("not_audio", _folder["noise.m4a"]);
    }

    [Fact]
    public async Task A_video_without_sound()
    {
        var path = TestAudio.Ffmpeg(_folder["film.mp4"], "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=5", "-c:v", "mpeg4");
        await Refused("no_audio_stream", path);
    }

    [Fact]
    public async Task A_wav_without_a_single_sample() => await Refused("audio_empty", TestAudio.Floats(_folder, []));

    [Fact]
    public async Task A_film_cut_before_its_index()
    {
        var whole = TestAudio.Tone(_folder, 5, name: "tone.m4a");
        await File.WriteAllBytesAsync(_folder["cut.m4a"], (await File.ReadAllBytesAsync(whole, Token))[..10_000], Token);
        await Refused("not_audio", _folder["cut.m4a"]);
    }

    [Fact]
    public async Task A_file_the_user_may_not_read()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName != "root", "root may read every file");
        var path = TestAudio.Tone(_folder, 1);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.None);
        await Refused("file_unreadable", path);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened()
    {
        // A link to itself, which not even root can open.
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right on Windows");
        var link = _folder["loop.mp3"];
        File.CreateSymbolicLink(link, link);
        await Refused("file_unreadable", link);
    }

    [Fact]
    public async Task A_playlist_is_not_followed()
    {
        var secret = TestAudio.Tone(_folder, 1);
        await File.WriteAllTextAsync(
            _folder["song.mp3"], $"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n", Token);
        await Refused("not_audio", _folder["song.mp3"]);

        await File.WriteAllTextAsync(_folder["list.ogg"], $"ffconcat version 1.0\nfile '{Path.GetFileName(secret)}'\n", Token);
        await Refused("not_audio", _folder["list.ogg"]);
    }

    [Fact]
    public async Task A_truncated_mp3_is_used_as_far_as_it_goes_with_a_warning()
    {
        var whole = TestAudio.Tone(_folder, 10, name: "whole.mp3");
        var bytes = await File.ReadAllBytesAsync(whole, Token);
        await File.WriteAllBytesAsync(_folder["cut.mp3"], bytes[..(bytes.Length * 2 / 5)], Token);

        using var pcm = await _decoder.DecodeAsync(_folder["cut.mp3"], 16000, 1, null, Token);

        Assert.InRange(pcm.Duration, 3.5, 4.5);
        Assert.NotEmpty(pcm.Warnings);
        Assert.All(pcm.Warnings, warning => Assert.Contains("cut.mp3", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_used_where_it_can_be_with_a_warning()
    {
        var bytes = await File.ReadAllBytesAsync(TestAudio.Tone(_folder, 10, name: "whole.flac"), Token);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, 20_000));
        await File.WriteAllBytesAsync(_folder["damaged.flac"], bytes, Token);

        using var pcm = await _decoder.DecodeAsync(_folder["damaged.flac"], 16000, 1, null, Token);

        Assert.InRange(pcm.Duration, 5, 10.2);
        Assert.NotEmpty(pcm.Warnings);
    }

    [Fact]
    public async Task Samples_that_are_no_numbers_become_silence()
    {
        var samples = new float[4000];
        Array.Fill(samples, 0.25f);
        (samples[100], samples[200], samples[300], samples[400]) =
            (float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue);

        using var pcm = await _decoder.DecodeAsync(TestAudio.Floats(_folder, samples), 16000, 1, null, Token);

        var read = new float[4000];
        pcm.Read(0, read);
        (samples[100], samples[200], samples[300], samples[400]) = (0, 0, 0, 0);
        Assert.Equal(samples, read);
    }

    [Fact]
    public async Task A_killed_ffmpeg_is_worth_a_retry()
    {
        var path = TestAudio.Tone(_folder, 1);
        var ffmpeg = _folder["ffmpeg"];
        await File.WriteAllTextAsync(ffmpeg, "#!/bin/sh\nhead -c 100000 /dev/zero\nkill -9 $$\n", Token);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the script is of Unix");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ffmpeg, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var decoder = new AudioDecoder(new ToolRunner(new ToolLocator(new ToolPaths { Ffmpeg = ffmpeg, Ffprobe = "ffprobe" })));

        var error = await Assert.ThrowsAsync<ToolException>(() => decoder.DecodeAsync(path, 16000, 1, null, Token));

        Assert.Equal(("tool_killed", true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_missing_ffmpeg()
    {
        var path = TestAudio.Tone(_folder, 1);
        var decoder = new AudioDecoder(new ToolRunner(new ToolLocator(searchPath: _folder.Path)));
        var error = await Assert.ThrowsAsync<ToolException>(() => decoder.DecodeAsync(path, 16000, 1, null, Token));
        Assert.Equal("tool_missing", error.Code);
    }

    [Fact]
    public async Task A_disk_that_fills_up_while_decoding()
    {
        var path = TestAudio.Tone(_folder, 60);
        using var disk = TinyDisk.Mount(_folder["disk"], bytes: 1 << 20);
        var decoder = new AudioDecoder(new ToolRunner(), disk.Path);

        var error = await Assert.ThrowsAsync<AudioException>(() => decoder.DecodeAsync(path, 44100, 2, null, Token));

        Assert.Equal("disk_full", error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    [Fact]
    public async Task Cancelling_ends_decoding()
    {
        var path = TestAudio.Tone(_folder, 600);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var progress = new Reporter(_ => cancel.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _decoder.DecodeAsync(path, 44100, 2, progress, cancel.Token));

        Assert.InRange(progress.Last, 0, 0.9);
    }

    private async Task Refused(string code, string path)
    {
        var error = await Assert.ThrowsAsync<AudioException>(() => _decoder.DecodeAsync(path, 16000, 1, null, Token));
        Assert.Equal(code, error.Code);
        Assert.Equal(ErrorKind.Input, error.Kind);
        Assert.False(error.IsTransient);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    private sealed class Reporter(Action<double> action) : IProgress<double>
    {
        public double Last { get; private set; }

        public void Report(double value)
        {
            Last = value;
            action(value);
        }
    }
}
