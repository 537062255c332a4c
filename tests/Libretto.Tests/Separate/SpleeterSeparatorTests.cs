using Libretto.Audio;

namespace Libretto.Tests.Separate;

public class SpleeterSeparatorTests(SeparationFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_vocals_equal_the_reference()
    {
        using var mix = await fixture.DecodeAsync("audio", "holiznacc0-excerpt.ogg");
        using var expected = await fixture.DecodeAsync("golden", "spleeter", "holiznacc0-vocals.wav");

        using var stems = await fixture.Spleeter.SeparateAsync(mix, null, Token);

        Assert.Equal(expected.Frames, stems.Vocals.Frames);
        var snr = Recordings.SignalToNoise(expected.Samples(), stems.Vocals.Samples());
        Assert.True(snr >= 45, $"{snr:0.0} dB");
    }

    [Fact]
    public async Task Blocks_leave_no_seams()
    {
        // What the networks cannot see (all above 11 kHz) must pass the edges of blocks unharmed. The tone's own edges are heard lower.
        using var mix = Whistle(seconds: 26);

        var reports = new List<double>();
        using var stems = await fixture.Spleeter.SeparateAsync(mix, new Reports(reports), Token);

        Assert.Equal(mix.Frames, stems.Accompaniment.Frames);
        var inside = new Range(8192, ^8192);
        Assert.InRange(Recordings.LargestDifference(mix.Samples()[inside], stems.Accompaniment.Samples()[inside]), 0, 1e-4);
        Assert.Equal(3, reports.Count);
        Assert.Equal(reports.Order(), reports);
        Assert.Equal(1, reports[^1]);
    }

    [Fact]
    public async Task A_recording_in_pieces_gives_the_stems_of_the_whole_block_by_block()
    {
        // What comes later than a block and half a window does not reach back into it: streaming needs no more.
        using var song = await fixture.DecodeSampleAsync("morning-light.ogg");
        using var longer = song.Cut(4, 26);
        using var shorter = song.Cut(4, 18);

        using var ofLonger = await fixture.Spleeter.SeparateAsync(longer, null, Token);
        using var ofShorter = await fixture.Spleeter.SeparateAsync(shorter, null, Token);

        var block = (512 * 1024) - 2048;
        Range shared = ..(2 * block);
        Assert.Equal(0, Recordings.LargestDifference(ofLonger.Vocals.Samples()[shared], ofShorter.Vocals.Samples()[shared]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8820)]
    [InlineData((512 * 1024) - 1)]
    [InlineData(512 * 1024)]
    public async Task Any_length_gives_stems_of_that_length(int frames)
    {
        var random = new Random(frames);
        using var mix = Recordings.Stereo([.. Enumerable.Range(0, frames * 2).Select(_ => (random.NextSingle() - 0.5f) / 4)]);

        using var stems = await fixture.Spleeter.SeparateAsync(mix, null, Token);

        Assert.Equal((frames, frames), (stems.Vocals.Frames, stems.Accompaniment.Frames));
        Assert.InRange(stems.Vocals.Samples().Peak(), 0, 1);
    }

    [Fact]
    public async Task Silence_stays_silent()
    {
        using var mix = Recordings.Stereo(new float[2 * 44100]);
        using var stems = await fixture.Spleeter.SeparateAsync(mix, null, Token);
        Assert.Equal(0, stems.Vocals.Samples().Peak());
        Assert.Equal(0, stems.Accompaniment.Samples().Peak());
    }

    [Fact]
    public async Task A_mono_or_slower_mix_is_refused()
    {
        using var mono = new PcmFile(44100, 1);
        using var slow = new PcmFile(16000, 2);
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Spleeter.SeparateAsync(mono, null, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Spleeter.SeparateAsync(slow, null, Token));
    }

    [Fact]
    public async Task Cancelled_after_the_first_block_it_stops_there()
    {
        using var mix = Whistle(seconds: 60);
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var reports = new List<double>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Spleeter.SeparateAsync(mix, new Reports(reports, source.Cancel), source.Token));

        Assert.Single(reports);
    }

    private static PcmFile Whistle(int seconds)
    {
        var samples = new float[2 * 44100 * seconds];
        for (var i = 0; i < samples.Length / 2; i++)
        {
            samples[2 * i] = 0.3f * (float)Math.Sin(2 * Math.PI * 15000 * i / 44100);
            samples[(2 * i) + 1] = 0.2f * (float)Math.Sin(2 * Math.PI * 13000 * i / 44100);
        }
        return Recordings.Stereo(samples);
    }

    private sealed class Reports(List<double> reports, Action? then = null) : IProgress<double>
    {
        public void Report(double value)
        {
            reports.Add(value);
            then?.Invoke();
        }
    }
}
