using CsCheck;
using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Tests.Align;

public class PhraseFitterTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Lines_that_nobody_understands_begin_with_the_phrases_of_the_voice()
    {
        var text = Text("ba da da da", "ba da da dam", "ba da dam da dam");
        var times = PhraseFitter.Fit(text, 0, 13, [new(10, 12), new(20, 22), new(30, 33)], followsWord: false, Token)!;
        Assert.Equal([10, 20, 30], [times[0], times[4], times[8]]);
        Assert.InRange(times[^1], 32.8, 33.2);
    }

    [Fact]
    public void Long_notes_take_a_phrase_each()
    {
        var times = PhraseFitter.Fit(Text("ooh ooh ooh"), 0, 3, [new(5, 9), new(14, 19), new(25, 29)], followsWord: false, Token)!;
        Assert.Equal([5, 14, 25], times[..3]);
    }

    [Fact]
    public void What_the_line_before_may_have_held_is_left_to_it()
    {
        var voice = new TimeRange[] { new(1, 3), new(10, 12) };
        Assert.Equal(10, PhraseFitter.Fit(Text("la la la la"), 0, 4, voice, followsWord: true, Token)![0]);
        Assert.Equal(1, PhraseFitter.Fit(Text("la la la la"), 0, 4, [voice[0]], followsWord: true, Token)![0], 0.5);
    }

    [Fact]
    public void Where_there_is_no_voice_there_is_no_fit() => Assert.Null(PhraseFitter.Fit(Text("la la"), 0, 2, [], followsWord: false, Token));

    [Fact]
    public void Words_stay_in_order_and_in_the_voice() =>
        Gen.Int[1, 8].Array[1, 4].Select(Gen.Double[0.5, 6].Array[2, 8]).Sample((lengths, gaps) =>
        {
            var text = Text([.. lengths.Select(length => string.Join(' ', Enumerable.Repeat("word", length)))]);
            var voice = new List<TimeRange>();
            var time = 0.0;
            for (var i = 0; i + 1 < gaps.Length; i += 2)
                voice.Add(new TimeRange(time += gaps[i], time += gaps[i + 1]));
            if (PhraseFitter.Fit(text, 0, text.Words.Count, voice, followsWord: false, Token) is not { } times)
                return;
            Assert.Equal(times.Order(), times);
            Assert.All(times[..^1], start => Assert.Contains(voice, range => range.Start <= start && start < range.End + 0.1));
        }, iter: 200);

    [Fact]
    public void An_hour_of_lyrics_that_nobody_hears_takes_little_memory_and_can_be_stopped()
    {
        var text = Text([.. Enumerable.Repeat("la la la la la la", 1000)]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var times = PhraseFitter.Fit(text, 0, 600, [.. Enumerable.Range(0, 360).Select(i => new TimeRange(i * 10, i * 10 + 9))], false, Token)!;
        Assert.Equal(times.Order(), times);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50_000_000);
        Assert.Throws<OperationCanceledException>(() => PhraseFitter.Fit(
            text, 0, 6000, [.. Enumerable.Range(0, 360).Select(i => new TimeRange(i * 10, i * 10 + 9))], false, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Lines_between_heard_ones_are_placed_and_those_stay()
    {
        var text = Text("we sing", "ooh", "and so on");
        double[] times = [1, 1.5, 2, 20, 20.5, 21, 22];
        var placed = UnheardLineTiming.Apply(text, times, line => line != 1, [new(0.5, 2), new(10, 14), new(20, 22)], 30, Token);
        Assert.Equal([1, 1.5, 10, 20, 20.5, 21, 22], placed);
    }

    private static GivenText Text(params string[] lines) =>
        new([.. lines.Select(line => LyricsLine.Of([.. line.Split(' ').Select(word => new LyricsWord(word, 0, 0))]))]);
}
