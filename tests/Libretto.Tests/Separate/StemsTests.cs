using Libretto.Audio;
using Libretto.Separate;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Separate;

/// <summary>What both separators promise of their stems.</summary>
public class StemsTests(SeparationFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("spleeter", 1)]
    [InlineData("spleeter", 2.5f)]
    [InlineData("demucs", 1)]
    [InlineData("demucs", 2.5f)]
    public async Task Both_stems_add_up_to_the_mix_and_clip_in_no_format(string separator, float gain)
    {
        using var excerpt = await fixture.SongAsync();
        float[] samples = [.. excerpt.Samples().Select(sample => Math.Clamp(sample * gain, -2, 2))];
        using var mix = Recordings.Stereo(samples);

        using var stems = await Separator(separator).SeparateAsync(mix, null, Token);

        var (vocals, accompaniment) = (stems.Vocals.Samples(), stems.Accompaniment.Samples());
        Assert.True(Recordings.SignalToNoise(samples, Recordings.Sum(vocals, accompaniment)) > 120);
        Assert.InRange(vocals.Peak(), 0, 1.000001f);
        Assert.InRange(accompaniment.Peak(), 0, 1.000001f);
    }

    [Theory]
    [InlineData("mono", 8000, 1, 2)]
    [InlineData("mono", 192000, 1, 2)]
    [InlineData("5.0", 48000, 5, 2)]
    [InlineData("stereo", 22050, 2, 0.2)]
    public async Task Any_recording_that_can_be_decoded_can_be_separated(string layout, int rate, int channels, double seconds)
    {
        using var folder = new ScratchFolder();
        var expressions = string.Join('|', Enumerable.Range(0, channels).Select(c => $"0.2*sin(2*PI*{200 * (c + 1)}*t)"));
        var path = TestAudio.Ffmpeg(
            folder["odd.wav"], "-f", "lavfi", "-i", FormattableString.Invariant($"aevalsrc={expressions}:c={layout}:s={rate}:d={seconds}"));
        using var mix = await fixture.Decoder.DecodeAsync(path, 44100, 2, null, Token);

        foreach (var separator in new[] { fixture.Spleeter, fixture.Demucs })
        {
            using var stems = await separator.SeparateAsync(mix, null, Token);
            Assert.InRange(stems.Vocals.Duration, seconds - 0.01, seconds + 0.01);
            Assert.Equal(mix.Frames, stems.Accompaniment.Frames);
        }
    }

    [Theory]
    [InlineData(AudioFormat.Flac24)]
    [InlineData(AudioFormat.WavFloat)]
    public async Task Written_and_read_again_they_still_add_up(AudioFormat format)
    {
        using var folder = new ScratchFolder();
        using var mix = await fixture.SongAsync();
        using var stems = await fixture.Spleeter.SeparateAsync(mix, null, Token);
        var encoder = new AudioEncoder(new ToolRunner());

        await encoder.EncodeAsync(stems.Vocals, folder["v"], format, null, Token);
        await encoder.EncodeAsync(stems.Accompaniment, folder["a"], format, null, Token);
        using var vocals = await fixture.Decoder.DecodeAsync(folder["v"], 44100, 2, null, Token);
        using var accompaniment = await fixture.Decoder.DecodeAsync(folder["a"], 44100, 2, null, Token);

        Assert.Equal((mix.Frames, mix.Frames), (vocals.Frames, accompaniment.Frames));
        var sum = Recordings.Sum(vocals.Samples(), accompaniment.Samples());
        Assert.InRange(Recordings.SignalToNoise(mix.Samples(), sum), 80, double.PositiveInfinity);
    }

    [Fact]
    public async Task A_folder_that_cannot_hold_them_is_named()
    {
        using var folder = new ScratchFolder();
        using var mix = Recordings.Stereo(new float[2000]);
        var separator = VocalSeparators.Open(fixture.DemucsFolder, fixture.Sessions, folder["missing"]);

        var error = await Assert.ThrowsAsync<AudioException>(() => separator.SeparateAsync(mix, null, Token));

        Assert.Equal("spool_failed", error.Code);
        Assert.Contains(folder["missing"], error.Message, StringComparison.Ordinal);
    }

    private IVocalSeparator Separator(string name) => name == "spleeter" ? fixture.Spleeter : fixture.Demucs;
}
