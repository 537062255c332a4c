using Libretto.Audio;
using Libretto.Speech.Whisper;

namespace Libretto.Tests.Speech.Whisper;

public class WindowPlanTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Windows_are_at_most_thirty_seconds_in_order_and_hold_all_activity()
    {
        using var audio = Bursts(100, gapEvery: 7);
        TimeRange[] activity = [new(1, 40), new(41, 77), new(85, 95)];
        var windows = new WindowPlan(audio, activity, Token).Windows;

        Assert.All(windows, w => Assert.InRange(w.Length, 0.1, WindowPlan.Longest));
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        for (var time = 1.0; time < 95; time += 0.5)
            if (activity.Any(a => a.Start <= time && time <= a.End))
                Assert.Contains(windows, w => w.Start <= time && time <= w.End);
    }

    [Fact]
    public void A_long_song_is_cut_where_it_is_quiet()
    {
        using var audio = Bursts(60, gapEvery: 7);
        var first = new WindowPlan(audio, [new TimeRange(0, 60)], Token).Windows[0];
        // Gaps of half a second end at 7, 14, 21, 28 s: one of the later two is taken.
        Assert.Contains(new[] { 21, 28 }, gap => first.End > gap - 0.5 && first.End <= gap);
    }

    [Theory]
    [InlineData(8.4005)]
    [InlineData(30.0001)]
    [InlineData(0.11)]
    public void Activity_past_the_end_ends_with_the_recording(double seconds)
    {
        using var audio = Bursts(seconds, gapEvery: 7);
        var window = Assert.Single(new WindowPlan(audio, [new TimeRange(0, seconds + 5)], Token).Windows.Take(1));
        Assert.InRange(window.End, 0.1, audio.Duration);
    }

    [Fact]
    public void Silence_has_no_windows()
    {
        using var audio = new PcmFile(16000, 1);
        audio.Append(new float[16000 * 40]);
        Assert.Empty(new WindowPlan(audio, null, Token).Windows);
    }

    /// <summary>A tone that pauses for half a second before each multiple of so many seconds.</summary>
    private static PcmFile Bursts(double seconds, int gapEvery)
    {
        var samples = new float[(int)(seconds * 16000)];
        for (var i = 0; i < samples.Length; i++)
            samples[i] = i / 16000.0 % gapEvery < gapEvery - 0.5 ? 0.3f * MathF.Sin(i * 0.2f) : 0;
        var audio = new PcmFile(16000, 1);
        audio.Append(samples);
        return audio;
    }
}
