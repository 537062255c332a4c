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
        TestContext.Current.TestOutputHelper!.WriteLine($"{snr:0.0} dB");
        Assert.True(snr >= 45, $"{snr:0.0} dB");
    }
}
