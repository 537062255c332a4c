using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

/// <summary>A click every second from half a second on: in whatever file, each is heard at its time.</summary>
public sealed class ClickTrackTests : IDisposable
{
    private const double Seconds = 8;

    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mp3")]
    [InlineData("m4a")]
    [InlineData("ogg")]
    [InlineData("opus")]
    [InlineData("flac")]
    [InlineData("wav")]
    [InlineData("mka")]
    [InlineData("webm")]
    [InlineData("aiff")]
    [InlineData("w64")]
    [InlineData("caf")]
    [InlineData("m4a", "-c:a", "alac")]
    [InlineData("mka", "-c:a", "libopus")]
    [InlineData("mp4", "-c:a", "libopus")]
    [InlineData("wav", "-c:a", "pcm_f32le")]
    [InlineData("wav", "-c:a", "pcm_s24le")]
    [InlineData("wav", "-rf64", "always")]
    [InlineData("mp3", "-q:a", "4", "-ar", "22050")]
    [InlineData("ogg", "-ar", "11025")]
    [InlineData("m4a", "-ac", "6", "-ar", "48000")]
    [InlineData("flac", "-ac", "8")]
    public async Task A_click_is_heard_at_its_time(string extension, params string[] codec) => await KeepsTime(Clicks(extension, codec));

    [Theory]
    [InlineData("wav")]
    [InlineData("m4a")]
    public async Task Sound_in_one_of_many_channels_keeps_its_time(string extension)
    {
        var path = TestAudio.Ffmpeg(
            _folder[$"one.{extension}"], "-i", Clicks("wav"), "-af",
            "pan=5.1|c3=0*c0|c0=0*c0|c1=0*c0|c2=0*c0|c4=c0|c5=0*c0", "-ar", "48000");
        await KeepsTime(path);
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    [InlineData("ts")]
    public async Task Sound_that_starts_after_the_picture_is_heard_so_much_later(string extension)
    {
        // Without a coder's delay, which containers tell or not.
        var path = Film(extension, 2, extension == "ts" ? "s302m" : extension == "mkv" ? "pcm_s16le" : "alac");
        await KeepsTime(path, later: 2);
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    [InlineData("ts")]
    public async Task A_stretch_of_a_film_has_the_film_s_times(string extension)
    {
        var info = await _decoder.ProbeAsync(Film(extension, 2, "aac"), Token);
        using var whole = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);
        using var part = await _decoder.DecodeAsync(info, 16000, 1, new TimeRange(3.25, 6.75), cancellationToken: Token);

        Assert.Equal(
            [.. Times(whole).Where(t => t is > 3.25 and < 6.75).Select(t => t - 3.25)], Times(part), (a, b) => Math.Abs(a - b) < 0.002);
    }

    [Fact]
    public async Task A_stretch_of_an_mp3_of_varying_bit_rate_is_where_it_is_in_the_whole()
    {
        // Silence costs few bits, noise many: who reckons by the mean bit rate is seconds off. No header says more.
        var path = TestAudio.Ffmpeg(
            _folder["vbr.mp3"], "-f", "lavfi", "-i",
            "aevalsrc='if(lt(t,20),0,0.4*(random(0)-0.5))+0.6*sin(2*PI*1000*t)*lt(mod(t,7),0.02)*gt(t,1)':s=44100:d=40",
            "-q:a", "2", "-write_xing", "0");
        var info = await _decoder.ProbeAsync(path, Token);
        using var whole = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);
        using var part = await _decoder.DecodeAsync(info, 16000, 1, new TimeRange(30, 38), cancellationToken: Token);

        Assert.Equal(40, info.Duration!.Value, 0.1);
        float[] expected = new float[16000], actual = new float[16000];
        whole.Read(33 * 16000, expected);
        part.Read(3 * 16000, actual);
        Assert.Equal(expected, actual);
        Assert.Empty(whole.Warnings);
    }

    [Theory]
    [InlineData("flac")]
    [InlineData("m4a")]
    [InlineData("ogg")]
    [InlineData("opus")]
    [InlineData("mka")]
    [InlineData("mp4")]
    [InlineData("ts")]
    public async Task What_follows_damage_keeps_its_time(string extension)
    {
        var path = Clicks(extension, "-b:a", "128k");
        var bytes = await File.ReadAllBytesAsync(path, Token);
        new Random(1).NextBytes(bytes.AsSpan(bytes.Length * 2 / 5, bytes.Length / 8));
        await File.WriteAllBytesAsync(path, bytes, Token);

        using var pcm = await _decoder.DecodeAsync(path, 16000, 1, null, Token);

        Assert.Equal(Seconds, pcm.Duration, 0.2);
        var times = Times(pcm).Where(t => t is > 0.4 and < 2.9 or > 5.9).ToList();
        foreach (var expected in (double[])[0.5, 1.5, 2.5, 6.5, 7.5])
            Assert.Contains(times, t => Math.Abs(t - expected) < 0.045);
        Assert.NotEmpty(pcm.Warnings);
    }

    [Theory]
    [InlineData("mp3", "-b:a", "128k")]
    [InlineData("mp3", "-q:a", "4")]
    [InlineData("mp3", "-q:a", "4", "-ar", "22050")]
    [InlineData("mp3", "-b:a", "96k", "-ac", "2", "-write_xing", "0")]
    [InlineData("mp2", "-b:a", "128k")]
    [InlineData("aac", "-b:a", "128k")]
    [InlineData("aac", "-b:a", "96k", "-ac", "2")]
    public async Task What_follows_damage_keeps_its_time_where_nothing_but_the_length_tells_it(string extension, params string[] codec)
    {
        var whole = await File.ReadAllBytesAsync(Clicks(extension, codec), Token);
        foreach (var fill in (Action<Memory<byte>>[])[bytes => new Random(1).NextBytes(bytes.Span), bytes => bytes.Span.Clear(), bytes => bytes.Span.Fill(0xFF)])
        {
            byte[] bytes = [.. whole];
            fill(bytes.AsMemory(bytes.Length * 2 / 5, bytes.Length / 8));
            await File.WriteAllBytesAsync(_folder[$"damaged.{extension}"], bytes, Token);

            using var pcm = await _decoder.DecodeAsync(_folder[$"damaged.{extension}"], 16000, 1, null, Token);

            Assert.Equal(Seconds, pcm.Duration, 0.2);
            var times = Times(pcm).Where(t => t is > 0.4 and < 2.9 or > 5.9).ToList();
            foreach (var expected in (double[])[0.5, 1.5, 2.5, 6.5, 7.5])
                Assert.Contains(times, t => Math.Abs(t - expected) < 0.06);
            Assert.Contains(pcm.Warnings, warning => warning.Contains("what follows keeps its time", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task What_was_cut_out_of_an_mp3_file_is_told_by_its_head()
    {
        var whole = await File.ReadAllBytesAsync(Clicks("mp3"), Token);
        var (from, to) = (whole.Length * 2 / 5, whole.Length * 11 / 20);
        await File.WriteAllBytesAsync(_folder["cut.mp3"], [.. whole[..from], .. whole[to..]], Token);

        using var pcm = await _decoder.DecodeAsync(_folder["cut.mp3"], 16000, 1, null, Token);

        Assert.Equal(Seconds, pcm.Duration, 0.1);
        foreach (var expected in (double[])[0.5, 1.5, 2.5, 5.5, 6.5, 7.5])
            Assert.Contains(Times(pcm), t => Math.Abs(t - expected) < 0.06);
    }

    [Theory]
    [InlineData("aac")]
    [InlineData("mp2")]
    public async Task What_was_cut_out_where_nothing_tells_it_is_said(string extension)
    {
        var whole = await File.ReadAllBytesAsync(Clicks(extension), Token);
        var warnings = new List<string>();
        // Where a cut leaves next to nothing between two frames, not even that is seen.
        foreach (var more in (int[])[0, 70, 140, 210])
        {
            var (from, to) = (whole.Length * 2 / 5, whole.Length * 11 / 20 + more);
            await File.WriteAllBytesAsync(_folder[$"cut.{extension}"], [.. whole[..from], .. whole[to..]], Token);
            using var pcm = await _decoder.DecodeAsync(_folder[$"cut.{extension}"], 16000, 1, null, Token);
            warnings.AddRange(pcm.Warnings);
        }

        Assert.Contains(warnings, warning => warning.Contains("bytes were taken out", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Tags_between_frames_are_no_damage()
    {
        var song = await File.ReadAllBytesAsync(TestAudio.Ffmpeg(_folder["song.mp3"], "-i", Clicks("wav"), "-write_id3v1", "1", "-metadata", "title=a"), Token);
        await File.WriteAllBytesAsync(_folder["twice.mp3"], [.. song, .. song], Token);

        using var pcm = await _decoder.DecodeAsync(_folder["twice.mp3"], 16000, 1, null, Token);

        Assert.DoesNotContain(pcm.Warnings, warning => warning.Contains("lacks", StringComparison.Ordinal));
        Assert.Equal(16, Times(pcm).Count);
    }

    [Theory]
    [InlineData("ogg")]
    [InlineData("mp3")]
    [InlineData("ts")]
    [InlineData("webm")]
    public async Task Files_that_were_joined_are_heard_to_their_end(string extension)
    {
        var bytes = await File.ReadAllBytesAsync(Clicks(extension), Token);
        await File.WriteAllBytesAsync(_folder[$"joined.{extension}"], [.. bytes, .. bytes], Token);

        using var pcm = await _decoder.DecodeAsync(_folder[$"joined.{extension}"], 16000, 1, null, Token);

        Assert.Equal(2 * Seconds, pcm.Duration, 0.2);
        Assert.Equal(16, Times(pcm).Count);
    }

    [Fact]
    public async Task Joined_files_of_different_rates_are_heard_to_their_end()
    {
        var (one, other) = (Clicks("ogg"), TestAudio.Ffmpeg(_folder["other.ogg"], "-i", Clicks("wav"), "-ar", "48000", "-ac", "2"));
        byte[] joined = [.. await File.ReadAllBytesAsync(one, Token), .. await File.ReadAllBytesAsync(other, Token)];
        await File.WriteAllBytesAsync(_folder["joined.ogg"], joined, Token);

        using var pcm = await _decoder.DecodeAsync(_folder["joined.ogg"], 16000, 1, null, Token);

        Assert.Equal(2 * Seconds, pcm.Duration, 0.2);
        Assert.Equal(16, Times(pcm).Count);
    }

    [Fact]
    public async Task A_wav_from_a_pipe_whose_head_knows_no_length()
    {
        var path = Clicks("wav");
        var bytes = await File.ReadAllBytesAsync(path, Token);
        var data = bytes.AsSpan().IndexOf("data"u8);
        bytes.AsSpan(4, 4).Fill(0xff);
        bytes.AsSpan(data + 4, 4).Fill(0xff);
        await File.WriteAllBytesAsync(path, bytes, Token);
        await KeepsTime(path);
    }

    [Theory]
    [InlineData("song")]
    [InlineData("song.mp3")]
    public async Task The_content_counts_not_the_name(string name)
    {
        File.Move(Clicks("m4a"), _folder[name]);
        await KeepsTime(_folder[name]);
    }

    [Fact]
    public async Task A_tag_of_twenty_megabytes_costs_no_time()
    {
        var song = await File.ReadAllBytesAsync(Clicks("mp3"), Token);
        const int Size = 20_000_000;
        byte[] head = [.. "ID3"u8, 4, 0, 0, (Size >> 21) & 127, (Size >> 14) & 127, (Size >> 7) & 127, Size & 127];
        await File.WriteAllBytesAsync(_folder["tagged.mp3"], [.. head, .. new byte[Size], .. song], Token);
        await KeepsTime(_folder["tagged.mp3"]);
    }

    [Fact]
    public async Task A_cover_that_is_no_picture_is_no_damage()
    {
        var cover = TestAudio.Ffmpeg(_folder["cover.png"], "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=1", "-frames:v", "1");
        foreach (var extension in (string[])["mp3", "flac", "m4a"])
        {
            var path = TestAudio.Ffmpeg(
                _folder[$"covered.{extension}"], "-i", Clicks("wav"), "-i", cover, "-map", "0", "-map", "1",
                "-c:v", "copy", "-disposition:v", "attached_pic");
            var bytes = await File.ReadAllBytesAsync(path, Token);
            bytes.AsSpan(bytes.AsSpan().IndexOf("IHDR"u8) - 8, 200).Fill((byte)'x');
            await File.WriteAllBytesAsync(path, bytes, Token);
            await KeepsTime(path);
        }
    }

    [Theory]
    [InlineData("mp4")]
    [InlineData("mkv")]
    public async Task A_picture_that_lasts_longer_than_the_sound_is_no_early_end(string extension)
    {
        var path = TestAudio.Ffmpeg(
            _folder[$"long.{extension}"], "-f", "lavfi", "-i", "testsrc=d=30:s=64x64:r=5", "-i", Clicks("wav"),
            "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", "alac");
        await KeepsTime(path);
    }

    private string Clicks(string extension, params string[] codec) => TestAudio.Ffmpeg(
        _folder[$"clicks.{extension}"],
        ["-f", "lavfi", "-i", "aevalsrc='0.6*sin(2*PI*1000*t)*lt(mod(t+0.5,1),0.02)+0.01*(random(0)-0.5)':s=44100:d=8", .. codec]);

    private string Film(string extension, int later, string codec) => TestAudio.Ffmpeg(
        _folder[$"film.{extension}"], "-f", "lavfi", "-i", $"testsrc=d={Seconds + later}:s=64x64:r=10", "-itsoffset", $"{later}",
        "-i", Clicks("wav"), "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", codec, "-ar", "48000", "-ac", "2", "-strict", "-2");

    private async Task KeepsTime(string path, double later = 0)
    {
        using var pcm = await _decoder.DecodeAsync(path, 16000, 1, null, Token);
        Assert.Equal([.. Enumerable.Range(0, (int)Seconds).Select(i => later + i + 0.5)], Times(pcm), (a, b) => Math.Abs(a - b) < 0.006);
        Assert.Empty(pcm.Warnings);
    }

    /// <summary>Where a click begins: the first sample above a third of the loudest after 0.3 s without one.</summary>
    private static List<double> Times(PcmFile pcm)
    {
        var samples = new float[pcm.Frames];
        pcm.Read(0, samples);
        var level = samples.Max(Math.Abs) / 3;
        var times = new List<double>();
        var last = double.NegativeInfinity;
        for (var i = 0; i < samples.Length; i++)
        {
            if (Math.Abs(samples[i]) < level)
                continue;
            var time = (double)i / pcm.SampleRate;
            if (time - last > 0.3)
                times.Add(time);
            last = time;
        }
        return times;
    }
}
