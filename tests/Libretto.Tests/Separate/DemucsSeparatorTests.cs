namespace Libretto.Tests.Separate;

public class DemucsSeparatorTests(SeparationFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_vocals_equal_the_reference()
    {
        using var mix = await fixture.DecodeAsync("golden", "demucs", "input.wav");
        using var expected = await fixture.DecodeAsync("golden", "demucs", "expected-vocals.wav");

        using var stems = await fixture.Demucs.SeparateAsync(mix, null, Token);

        Assert.Equal(expected.Frames, stems.Vocals.Frames);
        Assert.InRange(Recordings.LargestDifference(expected.Samples(), stems.Vocals.Samples()), 0, 1e-3);
    }
}
