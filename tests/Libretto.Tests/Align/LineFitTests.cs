using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Tests.Align;

public class LineFitTests
{
    private const double Duration = 60;

    [Fact]
    public void A_line_that_is_hardly_heard_goes_on_at_the_songs_pace_and_never_begins_elsewhere()
    {
        var (text, lines) = Song("one two three four five");
        var (placed, times) = Placed(text, focus: 0.1, at: [10, 11, 12, 13, 14]);
        new LineFit(text, lines, [new(0, Duration)], isVoice: false).Apply(placed, times, [], TestContext.Current.CancellationToken);
        var words = Starts(text, placed, times);
        Assert.Equal(10, words[0]);
        Assert.Equal(words.Order(), words);
        Assert.InRange(words[^1], 10.8, 12);
    }

    [Fact]
    public void A_line_that_is_heard_stays_where_it_is_heard()
    {
        var (text, lines) = Song("one two three four five");
        var (placed, times) = Placed(text, focus: 0.9, at: [10, 11, 12, 13, 14]);
        new LineFit(text, lines, [new(0, Duration)], isVoice: true).Apply(placed, times, [], TestContext.Current.CancellationToken);
        Assert.Equal([10, 11, 12, 13, 14], Starts(text, placed, times));
    }

    [Fact]
    public void Equal_sounds_share_the_voice_up_to_the_next_line_where_the_voice_is_known()
    {
        TimeRange[] voice = [new(0, 14), new(20, 24), new(30, 34)];
        foreach (var (isVoice, expected) in ((bool, double[])[])[(true, [10, 20, 30]), (false, [10, 10.2, 10.4])])
        {
            var (text, lines) = Song("ooh ooh ooh");
            var (placed, times) = Placed(text, focus: 0.9, at: [10, 10.2, 10.4]);
            new LineFit(text, lines, voice, isVoice).Apply(placed, times, [], TestContext.Current.CancellationToken);
            Assert.Equal(expected, Starts(text, placed, times));
        }
    }

    [Fact]
    public void A_word_is_looked_for_before_the_next_line_and_no_farther_than_anyone_sings_it()
    {
        var (text, lines) = Song("one two three four five");
        Assert.Equal(2.1, lines.BoundsOf(1, isFirst: false).To, 0.001);
        Assert.InRange(lines.BoundsOf(text.Words.Count - 1, isFirst: false).To, 13, 20);
        (text, lines) = Song("ooh ooh ooh");
        Assert.Equal(Duration + 0.1, lines.BoundsOf(text.Words.Count - 1, isFirst: false).To, 0.001);
    }

    /// <summary>Five lines that begin every two seconds, and a last one with the rest of a minute to itself.</summary>
    private static (GivenText Text, LineStarts Lines) Song(string last)
    {
        LyricsLine[] lines = [.. Enumerable.Range(0, 5).Select(i => Line("one two three four five", 2 * i)), Line(last, 10)];
        var text = new GivenText(lines);
        return (text, LineStarts.Of(lines, text, later: 0, Duration));
    }

    private static LyricsLine Line(string words, double start) =>
        LyricsLine.Of([.. words.Split(' ').Select(word => new LyricsWord(word, start, start))]);

    /// <summary>All lines as they are given, the last one's words at some times.</summary>
    private static (PlacedWord?[] Placed, double[] Times) Placed(GivenText text, double focus, double[] at)
    {
        var first = text.Words.Count - at.Length;
        var starts = Enumerable.Range(0, first).Select(word => word / 5 * 2 + word % 5 * 0.3).Concat(at).ToArray();
        return (
            [.. starts.Select((start, word) => (PlacedWord?)new PlacedWord(start, start + 0.1, 0.5, 1, word < first ? 0.9 : focus))],
            [.. starts, Duration]);
    }

    private static double[] Starts(GivenText text, PlacedWord?[] placed, double[] times) =>
        [.. Enumerable.Range(text.First(text.Lines - 1), text.Words.Count - text.First(text.Lines - 1))
            .Select(word => placed[word]?.Start ?? times[word])];
}
