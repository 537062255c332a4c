using Libretto.Audio;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

public sealed class AudioDecoderTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("wav", 8000, 1)]
    [InlineData("mp3", 44100, 2)]
    [InlineData("ogg", 48000, 2)]
    [InlineData("flac", 96000, 1)]
    [InlineData("m4a", 22050, 1)]
    [InlineData("opus", 48000, 2)]
    public async Task Every_container_and_rate_becomes_16_kHz_mono(string extension, int rate, int channels)
    {
        var path = TestAudio.Tone(_folder, 2, 440, rate, channels, $"tone.{extension}");

        using var pcm = await _decoder.DecodeAsync(path, 16000, 1, null, Token);

        Assert.Equal((16000, 1), (pcm.SampleRate, pcm.Channels));
        Assert.InRange(pcm.Duration, 1.95, 2.06);
        Assert.Empty(pcm.Warnings);
        Assert.InRange(Rms(pcm, 0.5, 1), 0.08, 0.096);
        Assert.InRange(CrossingsPerSecond(pcm, 0.5, 1), 2 * 435, 2 * 445);
    }

    [Theory]
    [InlineData("mono", 1, 0)]
    [InlineData("stereo", 2, 1)]
    [InlineData("5.1", 6, 2)]
    [InlineData("7.1", 8, 2)]
    [InlineData("7.1", 8, 7)]
    public async Task Any_channel_is_heard_in_the_mixdown_and_nothing_clips(string layout, int channels, int sounding)
    {
        var path = TestAudio.Multichannel(_folder, layout, channels, sounding);

        using var stereo = await _decoder.DecodeAsync(path, 44100, 2, null, Token);
        using var mono = await _decoder.DecodeAsync(path, 16000, 1, null, Token);

        Assert.Equal(2, stereo.Channels);
        Assert.InRange(Rms(stereo, 0.2, 0.5), 0.02, 0.5);
        Assert.InRange(Rms(mono, 0.2, 0.5), 0.02, 0.5);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task The_level_stays_between_mono_and_stereo(int channels, int wanted)
    {
        var path = TestAudio.Tone(_folder, 1, channels: channels);

        using var pcm = await _decoder.DecodeAsync(path, 44100, wanted, null, Token);

        // A sine of amplitude 1/8.
        Assert.InRange(Rms(pcm, 0.2, 0.5), 0.087, 0.09);
    }

    [Fact]
    public async Task A_file_tells_its_tags_and_its_cover_is_ignored()
    {
        var cover = TestAudio.Ffmpeg(_folder["cover.png"], "-f", "lavfi", "-i", "testsrc=d=1:s=64x64:r=1", "-frames:v", "1");
        var tone = TestAudio.Tone(_folder, 2, channels: 2);
        var path = TestAudio.Ffmpeg(
            _folder["song.mp3"], "-i", tone, "-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic",
            "-metadata", "TITLE=Été – ☃", "-metadata", "artist=The Band", "-metadata", "album= ");

        var info = await _decoder.ProbeAsync(path, Token);
        using var pcm = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);

        Assert.Equal(("mp3", "mp3", 44100, 2), (info.Codec, info.Container, info.SampleRate, info.Channels));
        Assert.Equal(("Été – ☃", "The Band", null), (info.Tag("title"), info.Tag("artist"), info.Tag("album")));
        Assert.Equal((true, false), (info.HasCoverArt, info.HasVideo));
        Assert.InRange(info.Duration!.Value, 1.9, 2.1);
        Assert.InRange(pcm.Duration, 1.95, 2.06);
    }

    [Theory]
    [InlineData("-x.wav")]
    [InlineData("http:--nowhere.wav")]
    [InlineData("concat:a|b.wav")]
    [InlineData("it's a \"song\" $(x) %03d.wav")]
    [InlineData("two\nlines.wav")]
    [InlineData("Ünïcode ☃.wav")]
    public async Task Any_name_is_only_a_name(string name)
    {
        File.Move(TestAudio.Tone(_folder, 1), _folder[name]);
        using var pcm = await _decoder.DecodeAsync(_folder[name], 16000, 1, null, Token);
        Assert.Equal(1, pcm.Duration, 0.01);
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    [InlineData("ogg")]
    [InlineData("m4a")]
    public async Task A_stretch_is_the_same_as_in_the_whole(string extension)
    {
        var path = TestAudio.Ffmpeg(
            _folder[$"sweep.{extension}"], "-f", "lavfi", "-i", "aevalsrc=0.3*sin(2*PI*(200*t+60*t*t)):s=16000:d=6");
        var info = await _decoder.ProbeAsync(path, Token);

        using var whole = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);
        using var part = await _decoder.DecodeAsync(info, 16000, 1, new TimeRange(2.5, 4), cancellationToken: Token);

        Assert.Equal(1.5, part.Duration, 0.001);
        float[] expected = new float[16000], actual = new float[16000];
        whole.Read(40_000 + 1000, expected);
        part.Read(1000, actual);
        Assert.InRange(Math.Sqrt(expected.Zip(actual, (a, b) => (double)(a - b) * (a - b)).Average()), 0, 0.01);
    }

    [Fact]
    public async Task Sound_that_starts_after_the_picture_keeps_its_time()
    {
        var path = TestAudio.Ffmpeg(
            _folder["film.mkv"], "-f", "lavfi", "-i", "testsrc=d=3:s=64x64:r=10", "-itsoffset", "1",
            "-f", "lavfi", "-i", "sine=440:d=2", "-map", "0:v", "-map", "1:a", "-c:v", "mpeg4", "-c:a", "pcm_s16le");
        var info = await _decoder.ProbeAsync(path, Token);

        using var whole = await _decoder.DecodeAsync(info, 16000, 1, cancellationToken: Token);
        using var part = await _decoder.DecodeAsync(info, 16000, 1, new TimeRange(0.5, 1.5), cancellationToken: Token);

        Assert.True(info.HasVideo);
        Assert.Equal(3, whole.Duration, 0.05);
        Assert.Equal(0, Rms(whole, 0, 0.9));
        Assert.InRange(Rms(whole, 1.1, 0.5), 0.08, 0.096);
        Assert.Equal(1, part.Duration, 0.05);
        Assert.Equal(0, Rms(part, 0, 0.4));
        Assert.InRange(Rms(part, 0.6, 0.3), 0.08, 0.096);
    }

    [Fact]
    public async Task Progress_rises_to_one()
    {
        var reports = new List<double>();
        var path = TestAudio.Tone(_folder, 30);
        using var pcm = await _decoder.DecodeAsync(path, 44100, 2, new Collector(reports), Token);
        Assert.Equal(1, reports[^1]);
        Assert.Equal(reports.Order(), reports);
        Assert.True(reports.Count > 10);
    }

    private sealed class Collector(List<double> reports) : IProgress<double>
    {
        public void Report(double value) => reports.Add(value);
    }

    private static double Rms(PcmFile pcm, double start, double seconds)
    {
        var samples = new float[(int)(seconds * pcm.SampleRate) * pcm.Channels];
        pcm.Read((long)(start * pcm.SampleRate), samples);
        return Math.Sqrt(samples.Average(s => (double)s * s));
    }

    private static double CrossingsPerSecond(PcmFile pcm, double start, double seconds)
    {
        var samples = new float[(int)(seconds * pcm.SampleRate)];
        pcm.ReadMono((long)(start * pcm.SampleRate), samples);
        return Enumerable.Range(1, samples.Length - 1).Count(i => samples[i - 1] < 0 != samples[i] < 0) / seconds;
    }
}
