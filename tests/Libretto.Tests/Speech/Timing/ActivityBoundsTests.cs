using CsCheck;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Timing;

namespace Libretto.Tests.Speech.Timing;

public class ActivityBoundsTests
{
    private static readonly TimeRange[] Phrases = [new(1, 3), new(5, 9)];

    [Fact]
    public void A_word_that_starts_in_silence_moves_to_the_onset()
    {
        var words = ActivityBounds.Apply([new("late", 4.4, 5.5), new("and", 5.5, 6)], Phrases);
        Assert.Equal(5, words[0].Start);
    }

    [Fact]
    public void A_word_ends_with_the_sound_and_a_held_note_stays_whole()
    {
        var words = ActivityBounds.Apply([new("hold", 1.1, 5.2), new("long", 5.2, 20)], Phrases);
        Assert.Equal((1.1, 3.0), (words[0].Start, words[0].End));
        Assert.Equal((5.2, 9.0), (words[1].Start, words[1].End));
    }

    [Fact]
    public void A_word_that_starts_within_a_phrase_stays_where_it_is()
    {
        var words = ActivityBounds.Apply([new("a", 1.05, 1.15), new("b", 1.15, 2)], Phrases);
        Assert.Equal(1.05, words[0].Start);
        Assert.Equal(1.15, words[1].Start);
    }

    [Fact]
    public void Words_stay_in_order_and_last_longer_than_nothing() =>
        Gen.Double[0, 12].Array[1, 12].Select(starts => starts.Order().ToArray()).Sample(starts =>
        {
            var words = starts.Select((s, i) => new LyricsWord("w", s, i + 1 < starts.Length ? starts[i + 1] : s + 1)).ToArray();
            var bounded = ActivityBounds.Apply(words, Phrases);
            for (var i = 0; i < bounded.Length; i++)
            {
                Assert.True(bounded[i].End > bounded[i].Start);
                Assert.True(i == 0 || bounded[i].Start >= bounded[i - 1].End - 1e-9);
            }
        });
}
