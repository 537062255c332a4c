using Libretto.Lyrics;
using Libretto.Lyrics.Scoring;

namespace Libretto.Tests.Lyrics.Scoring;

public class LyricsScoreTests
{
    private static readonly string[] s_words = ["don't", "look", "back"];
    private static readonly string[] s_table = ["word_start,word_end,line_end", "1.0,1.4,nan", "2.0,2.4,nan", "3.0,3.5,3.5"];

    [Fact]
    public void What_is_right_scores_full()
    {
        var score = Score("[00:01.00]<00:01.00>Don\u2019t <00:02.00>look <00:03.00>back!<00:03.50>");
        Assert.Equal((4, 0, 3, 1, 1, 0, 1, 1), (score.Words, score.WordErrorRate, score.Matched, score.CorrectOnsets, score.SharpOnsets,
            score.FarOff, score.LineEnds, score.LineBreaks));
    }

    [Fact]
    public void Wrong_words_and_wrong_times_are_counted_apart()
    {
        var score = Score("[00:01.20]<00:01.20>don't <00:03.50>look\n[00:04.00]<00:04.00>now<00:04.50>");
        Assert.Equal(0.25, score.WordErrorRate);
        Assert.Equal((2, 0.5, 0, 0.5), (score.Matched, score.CorrectOnsets, score.SharpOnsets, score.FarOff));
        Assert.Equal(0.85, score.MeanError!.Value, 0.001);
    }

    [Fact]
    public void Words_and_times_that_do_not_belong_together_are_refused() =>
        Assert.Throws<LyricsFormatException>(() => ScoredWords.OfTable(s_words, s_table[..2], "song"));

    private static LyricsScore Score(string lyrics) =>
        LyricsScore.Of(ScoredWords.OfTable(s_words, s_table, "song"), ScoredWords.Of(LyricsFormats.EnhancedLrc.Read(lyrics)));
}
