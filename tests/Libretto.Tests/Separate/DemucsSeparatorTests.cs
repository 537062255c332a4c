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

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(8820)]
    [InlineData(257_985)]
    [InlineData(257_986)]
    [InlineData(343_981)]
    public async Task Any_length_gives_stems_of_that_length(int frames)
    {
        var random = new Random(frames);
        using var mix = Recordings.Stereo([.. Enumerable.Range(0, frames * 2).Select(_ => (random.NextSingle() - 0.5f) / 4)]);

        using var stems = await fixture.Demucs.SeparateAsync(mix, null, Token);

        Assert.Equal((frames, frames), (stems.Vocals.Frames, stems.Accompaniment.Frames));
        Assert.InRange(stems.Vocals.Samples().Peak(), 0, 1);
    }
}
