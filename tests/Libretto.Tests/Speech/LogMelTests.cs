using System.Runtime.InteropServices;
using Libretto.Audio;
using Libretto.Speech;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Speech;

public class LogMelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Features_equal_the_reference()
    {
        var reference = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Repository.SharedFile("golden", "whisper", "jfk.logmel-80x3000.f32"))).ToArray();
        using var audio = await new AudioDecoder(new ToolRunner()).DecodeAsync(Repository.SharedFile("audio", "jfk.wav"), 16000, 1, null, Token);
        var samples = new float[480_000];
        audio.Read(0, samples);

        var features = new float[reference.Length];
        new LogMel(80).Compute(samples, features);

        Assert.InRange(reference.Zip(features).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1e-4);
    }

    [Theory]
    [InlineData(80)]
    [InlineData(128)]
    public void A_tone_is_loudest_in_the_band_that_holds_it(int bins)
    {
        var samples = new float[16_000];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = 0.5f * MathF.Sin(2 * MathF.PI * 440 * i / 16_000);

        var features = new float[bins * 100];
        new LogMel(bins).Compute(samples, features);

        // 440 Hz is 6.6 on the Slaney scale, whose top at 8 kHz is 45.2.
        var middle = Enumerable.Range(0, bins).MaxBy(bin => features[bin * 100 + 50]);
        Assert.InRange(middle, (int)(6.6 / 45.2 * (bins + 1)) - 2, (int)(6.6 / 45.2 * (bins + 1)) + 1);
    }

    [Theory]
    [InlineData(160)]
    [InlineData(1600 * 3 + 160)]
    public void Any_number_of_frames_is_filled(int length)
    {
        var features = new float[80 * (length / 160) + 5];
        features.AsSpan().Fill(float.NaN);

        new LogMel(80).Compute(new float[length], features);

        Assert.All(features[..^5], value => Assert.Equal(-1.5f, value, 1e-5f));
        Assert.All(features[^5..], value => Assert.True(float.IsNaN(value)));
    }
}
