using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Audio;

public sealed class MonoMixTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly AudioDecoder _decoder = new(new ToolRunner());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("pan=stereo|c0=c0|c1=-1*c0")]
    [InlineData("pan=stereo|c0=c0|c1=-0.8*c0")]
    [InlineData("pan=stereo|c0=c0|c1=c0")]
    [InlineData("pan=stereo|c0=c0|c1=0*c0")]
    public async Task Speech_is_heard_however_its_channels_lie(string pan)
    {
        var speech = TestAudio.Speech(_folder, "The quick brown fox jumps over the lazy dog.");
        using var original = await _decoder.DecodeAsync(speech, 16000, 1, null, Token);
        var path = TestAudio.Ffmpeg(_folder["mixed.wav"], "-i", speech, "-af", pan);
        using var mixed = await _decoder.DecodeAsync(path, 16000, 1, null, Token);

        Assert.Equal(original.Duration, mixed.Duration, 0.001);
        Assert.InRange(Rms(mixed) / Rms(original), 0.45, 1.1);
        // Edges are where they were.
        var a = ActivityDetector.Detect(original, cancellationToken: Token);
        var b = ActivityDetector.Detect(mixed, cancellationToken: Token);
        Assert.Equal(a.Count, b.Count);
        Assert.All(a.Zip(b), pair => Assert.Equal(pair.First.Start, pair.Second.Start, 0.025));
    }

    [Fact]
    public async Task A_voice_with_opposed_channels_is_heard_over_music_with_equal_ones()
    {
        var speech = TestAudio.Speech(_folder, "The quick brown fox jumps over the lazy dog. We wait for rain beside the river tonight.");
        var mix = TestAudio.Ffmpeg(
            _folder["karaoke.wav"], "-i", speech, "-i", TestAudio.Tone(_folder, 8, 300), "-filter_complex",
            "[0:a]aresample=44100,pan=stereo|c0=c0|c1=-1*c0[v];[1:a]pan=stereo|c0=0.2*c0|c1=0.2*c0[m];" +
            "[v][m]amix=inputs=2:duration=first:normalize=0");
        using var original = await _decoder.DecodeAsync(speech, 16000, 1, null, Token);
        using var mixed = await _decoder.DecodeAsync(mix, 16000, 1, null, Token);

        Assert.InRange(Rms(mixed) / Rms(original), 0.7, 1.3);
    }

    [Fact]
    public void What_both_channels_have_is_added_as_it_is()
    {
        var mix = new MonoMix(16000, inQuadrature: false);
        Assert.Equal([0.75f, -0.25f], mix.Mix([1, 0.5f, 0, -0.5f]));
        Assert.Empty(mix.Finish());
        Assert.False(mix.Cancels);
    }

    [Fact]
    public void Independent_channels_are_no_opposites()
    {
        var random = new Random(1);
        var mix = new MonoMix(16000, inQuadrature: false);
        for (var i = 0; i < 100; i++)
            mix.Mix([.. Enumerable.Range(0, 2000).Select(_ => random.NextSingle() - 0.5f)]);
        mix.Finish();
        Assert.False(mix.Cancels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void In_quadrature_equal_and_opposed_channels_are_equally_loud_and_not_delayed(int sign)
    {
        var sine = Enumerable.Range(0, 16000)
            .Select(i => i is > 4000 and < 12000 ? MathF.Sin(2 * MathF.PI * 1000 * i / 16000) : 0).ToArray();
        var mix = new MonoMix(16000, inQuadrature: true);
        float[] mixed =
            [.. sine.Chunk(1000).SelectMany(part => mix.Mix([.. part.SelectMany(x => new[] { x, sign * x })])), .. mix.Finish()];

        Assert.Equal(sine.Length, mixed.Length);
        Assert.Equal(Math.Sqrt(0.5), Math.Sqrt(mixed[5000..11000].Average(x => (double)x * x)), 0.02);
        Assert.InRange(Array.FindIndex(mixed, x => Math.Abs(x) > 0.5), 3980, 4020);
    }

    [Theory]
    [InlineData(11025)]
    [InlineData(22050)]
    [InlineData(44100)]
    [InlineData(16000)]
    public async Task Activity_after_four_minutes_is_where_it_is_at_any_rate(int rate)
    {
        var path = TestAudio.Ffmpeg(
            _folder["late.wav"], "-f", "lavfi", "-i",
            $"aevalsrc='0.4*sin(2*PI*700*t)*(0.55+0.45*sin(6*PI*t))*between(mod(t,60),50,52)':s={rate}:d=240");
        using var pcm = await _decoder.DecodeAsync(path, rate, 1, null, Token);

        var ranges = ActivityDetector.Detect(pcm, cancellationToken: Token);

        Assert.Equal(4, ranges.Count);
        Assert.All(ranges.Select((range, i) => (range, i)), pair => Assert.InRange(pair.range.Start - ((60 * pair.i) + 50), -0.35, 0.02));
        Assert.Equal(ranges[0].Start - 50, ranges[3].Start - 230, 0.021);
        Assert.Equal(ranges[0].End - 52, ranges[3].End - 232, 0.021);
    }

    private static double Rms(PcmFile pcm)
    {
        var samples = new float[pcm.Frames];
        pcm.Read(0, samples);
        return Math.Sqrt(samples.Average(s => (double)s * s));
    }
}
