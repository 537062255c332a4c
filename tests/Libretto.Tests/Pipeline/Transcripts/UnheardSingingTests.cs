using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Tests.Pipeline.Transcripts;

public class UnheardSingingTests
{
    private static readonly TimeRange[] Singing = [new(10, 30), new(40, 44), new(60, 90)];

    [Fact]
    public void Long_singing_without_words_is_found_between_words_and_beside_them()
    {
        LyricsWord[] words = [new("a", 11, 12), new("b", 12, 13), new("c", 25, 30), new("d", 60, 61), new("e", 78, 80)];
        Assert.Equal([(13, 25), (61, 78), (80, 90)], UnheardSinging.Find(words, Singing).Select(check => ((int)check.Start, (int)check.End)));
    }

    [Fact]
    public void A_song_with_words_wherever_someone_sings_is_not_in_doubt()
    {
        LyricsWord[] words = [.. Enumerable.Range(0, 20).Select(i => new LyricsWord("la", 5 * i, 5 * i + 3))];
        var unheard = UnheardSinging.Find(words, Singing);
        Assert.Empty(unheard);
        Assert.Null(UnheardSinging.Doubt(unheard, Singing));
    }

    [Fact]
    public void A_song_that_lacks_a_verse_is_in_doubt_and_says_how_much_is_missing()
    {
        LyricsWord[] words = [.. Enumerable.Range(0, 9).Select(i => new LyricsWord("la", 10 + 4 * i, 13 + 4 * i))];
        var doubt = UnheardSinging.Doubt(UnheardSinging.Find(words, Singing), Singing);
        Assert.Contains("30 of the 54 s", doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_without_singing_is_not_in_doubt() => Assert.Null(UnheardSinging.Doubt(UnheardSinging.Find([], []), []));
}
