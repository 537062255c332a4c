using CsCheck;
using Libretto.Audio;

namespace Libretto.Tests.Audio;

public class WindowingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Short_ranges_close_together_share_a_window()
    {
        using var pcm = Loud(seconds: 20);
        var windows = Windowing.Cut(pcm, [new(0, 2), new(3, 5), new(7, 9)], 30, Token);
        Assert.Equal([new TimeRange(0, 9)], windows);
    }

    [Fact]
    public void A_long_pause_parts_windows()
    {
        using var pcm = Loud(seconds: 20);
        var windows = Windowing.Cut(pcm, [new(0, 2), new(12, 14)], 30, Token);
        Assert.Equal([new TimeRange(0, 2), new TimeRange(12, 14)], windows);
    }

    [Fact]
    public void Ranges_are_parted_at_the_longest_pause()
    {
        using var pcm = Loud(seconds: 20);
        var windows = Windowing.Cut(pcm, [new(0, 4), new(4.5, 7), new(9, 9.5), new(9.8, 12)], 10, Token);
        Assert.Equal([new TimeRange(0, 7), new TimeRange(9, 12)], windows);
    }

    [Fact]
    public void A_long_range_is_cut_where_it_is_quietest()
    {
        using var pcm = Loud(seconds: 40, quietFrom: 24, quietTo: 24.5);
        var windows = Windowing.Cut(pcm, [new(0, 40)], 30, Token);
        Assert.Equal(2, windows.Count);
        Assert.InRange(windows[0].End, 24, 24.5);
        Assert.Equal(windows[0].End, windows[1].Start);
        Assert.Equal(40, windows[1].End);
    }

    [Fact]
    public void Windows_hold_every_range_and_none_is_too_long_or_cuts_a_short_one()
    {
        using var pcm = Loud(seconds: 120);
        var gen = Gen.Double[0.1, 12].Array[2, 12].Select(lengths =>
        {
            // Pause, range, pause, range ...
            var ranges = new List<TimeRange>();
            var at = 0.0;
            for (var i = 0; i + 1 < lengths.Length; i += 2)
            {
                ranges.Add(new TimeRange(at + (lengths[i] / 3), at + (lengths[i] / 3) + lengths[i + 1]));
                at = ranges[^1].End;
            }
            return ranges;
        });
        gen.Sample(ranges =>
        {
            var windows = Windowing.Cut(pcm, ranges, 6, Token);
            Assert.All(windows, w => Assert.InRange(w.Length, 0.05, 6 + 1e-6));
            Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
            Assert.Equal(ranges.Sum(r => r.Length), ranges.Sum(r => windows.Sum(w => Overlap(r, w))), 6);
            Assert.All(ranges.Where(r => r.Length <= 6), r => Assert.Contains(windows, w => w.Start <= r.Start && r.End <= w.End));
        }, iter: 200);
    }

    private static double Overlap(TimeRange a, TimeRange b) => Math.Max(0, Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start));

    private static PcmFile Loud(int seconds, double quietFrom = 0, double quietTo = 0)
    {
        const int Rate = 8000;
        var pcm = new PcmFile(Rate, 1);
        var samples = new float[seconds * Rate];
        for (var i = 0; i < samples.Length; i++)
        {
            var time = (double)i / Rate;
            samples[i] = (float)((time >= quietFrom && time < quietTo ? 0.01 : 0.5) * Math.Sin(2 * Math.PI * 700 * time));
        }
        pcm.Append(samples);
        return pcm;
    }
}
