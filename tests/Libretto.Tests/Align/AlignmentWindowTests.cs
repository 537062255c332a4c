using CsCheck;
using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Tests.Align;

public class AlignmentWindowTests
{
    [Fact]
    public void Every_word_is_kept_by_exactly_one_window_and_windows_fit_the_network() =>
        Gen.Int[1, 9].Array[1, 30].Select(Gen.Double[0, 1].Array[300]).Sample((lengths, steps) =>
        {
            var text = new GivenText([.. lengths.Select(Line)]);
            var time = 0.0;
            var times = new double[text.Words.Count + 1];
            for (var i = 0; i < times.Length; i++)
                times[i] = time += steps[i % steps.Length] * (i % 17 == 0 ? 8 : 0.8);

            var windows = AlignmentWindow.Plan(text, times, 1.5, time + 5);

            Assert.Equal(Enumerable.Range(0, text.Words.Count), windows.SelectMany(window => Enumerable.Range(window.FirstKept, window.EndKept - window.FirstKept)));
            Assert.All(windows, window => Assert.InRange(window.Audio.Length, 0.5, 29.001));
            Assert.All(windows, window => Assert.True(window.FirstWord <= window.FirstKept && window.EndKept <= window.EndWord));
        }, iter: 200);

    [Fact]
    public void Words_between_anchors_never_fall_into_silence()
    {
        var text = new GivenText([Line(10)]);
        var clock = new VocalClock([new TimeRange(0, 2), new TimeRange(8, 10)], 12);
        var times = WordTimeEstimator.Make(text, [new Anchor(0, 0, 1, 0.5), new Anchor(9, 1, 1, 9.5)], clock, 12);
        Assert.Equal(times.Order(), times);
        Assert.DoesNotContain(times[..10], time => time is > 2.3 and < 7.7);
    }

    private static LyricsLine Line(int words) =>
        LyricsLine.Of([.. Enumerable.Range(0, words).Select(i => new LyricsWord("word" + i, 0, 0))]);
}
