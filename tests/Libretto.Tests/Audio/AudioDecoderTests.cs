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
    public async Task Text_named_mp3_is_not_audio()
    {
        await File.WriteAllTextAsync(_folder["song.mp3"], string.Concat(Enumerable.Repeat("These are only words.\n", 500)), Token);

        var error = await Assert.ThrowsAsync<AudioException>(() => _decoder.DecodeAsync(_folder["song.mp3"], 16000, 1, null, Token));

        Assert.Equal("not_audio", error.Code);
        Assert.Contains("song.mp3", error.Message, StringComparison.Ordinal);
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
