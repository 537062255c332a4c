using System.Numerics;
using CsCheck;
using Libretto.Audio;

namespace Libretto.Tests.Audio;

public class StereoStftTests
{
    [Theory]
    [InlineData(256)]
    [InlineData(512)]
    [InlineData(4096)]
    public void The_transform_equals_the_sum_it_stands_for(int size)
    {
        var random = new Random(size);
        var signal = Enumerable.Range(0, size).Select(_ => new Complex((random.NextSingle() * 2) - 1, (random.NextSingle() * 2) - 1)).ToArray();
        float[] real = [.. signal.Select(s => (float)s.Real)];
        float[] imaginary = [.. signal.Select(s => (float)s.Imaginary)];

        new ComplexFft(size).Transform(real, imaginary);

        for (var k = 0; k < size; k += 17)
        {
            var expected = signal.Select((s, n) => s * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((long)k * n % size) / size))
                .Aggregate(Complex.Add);
            Assert.Equal(expected.Real, real[k], 2e-4);
            Assert.Equal(expected.Imaginary, imaginary[k], 2e-4);
        }
    }

    [Fact]
    public void Left_and_right_do_not_leak_into_each_other()
    {
        // A cosine that fits the window 10 times on the left, silence on the right: a Hann window spreads it over three bins.
        var stft = new StereoStft(1024);
        var frames = new float[2048];
        for (var i = 0; i < 1024; i++)
            frames[2 * i] = (float)Math.Cos(2 * Math.PI * 10 * i / 1024);
        var planes = Planes(513);

        stft.Analyse(frames, Spectra(planes));

        Assert.Equal(256, planes[0][10], 1e-2);
        Assert.Equal(-128, planes[0][9], 1e-2);
        Assert.Equal(-128, planes[0][11], 1e-2);
        Assert.All(planes[2].Concat(planes[3]), bin => Assert.Equal(0, bin, 1e-3));
    }

    [Fact]
    public void Windows_taken_apart_and_put_together_are_the_recording()
    {
        var recordings =
            from frames in Gen.Int[1, 6000]
            from seed in Gen.Int
            from dense in Gen.Bool
            select (frames, seed, hop: dense ? 128 : 256);
        recordings.Sample(
            each =>
            {
                var random = new Random(each.seed);
                float[] signal = [.. Enumerable.Range(0, each.frames * 2).Select(_ => (random.NextSingle() * 2) - 1)];
                var rebuilt = RoundTrip(signal, each.hop);
                for (var i = 0; i < signal.Length; i++)
                    Assert.Equal(signal[i], rebuilt[i], 1e-4);
            },
            iter: 30);
    }

    /// <summary>Windows of 512 frames, the first in the middle of frame 0; taken out hop by hop, as soon as they are done.</summary>
    private static float[] RoundTrip(float[] signal, int hop)
    {
        const int Size = 512;
        using var file = new PcmFile(44100, 2);
        file.Append(signal);
        var stft = new StereoStft(Size);
        var overlap = new OverlapAdd(2, Size);
        var planes = Planes((Size / 2) + 1);
        var window = new float[2 * Size];
        var result = new float[signal.Length];
        long taken = 0;
        for (long start = -Size / 2; taken < file.Frames; start += hop)
        {
            file.Read(start, window);
            stft.Analyse(window, Spectra(planes));
            stft.Synthesise(Spectra(planes), window);
            overlap.Add(start, window, stft.WindowSquared);
            var done = Math.Clamp(start + hop, taken, file.Frames);
            overlap.Take(result.AsSpan((int)(2 * taken), (int)(2 * (done - taken))));
            taken = done;
        }
        return result;
    }

    private static float[][] Planes(int bins) => [new float[bins], new float[bins], new float[bins], new float[bins]];

    private static StereoSpectra Spectra(float[][] planes) => new(planes[0], planes[1], planes[2], planes[3]);
}
