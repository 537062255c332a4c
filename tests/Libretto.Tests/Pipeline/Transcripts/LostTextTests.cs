using Libretto.Lyrics;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Tests.Pipeline.Transcripts;

public class LostTextTests
{
    [Fact]
    public void Long_gaps_are_found_in_windows_that_lost_text_and_nowhere_else()
    {
        var song = Song([new("a", 1, 2), new("b", 12, 13), new("c", 31, 32), new("d", 40, 41), new("e", 88, 89)], lost: [30, 60]);
        Assert.Equal([(32, 40), (41, 60), (60, 88)], LostText.Find(song).Select(range => ((int)range.Start, (int)range.End)));
    }

    [Fact]
    public void A_recording_without_any_words_is_taken_for_music() => Assert.Empty(LostText.Find(Song([], lost: [0, 30, 60])));

    [Fact]
    public void A_song_that_lost_one_line_is_not_in_doubt()
    {
        var song = Song([.. Words(0, 75), new("b", 84, 90)], lost: [60]);
        var lost = LostText.Find(song);
        Assert.Single(LostText.Checks(lost));
        Assert.Null(LostText.Doubt(song, lost));
    }

    [Fact]
    public void A_song_that_lost_a_verse_is_in_doubt_and_says_how_much_is_missing()
    {
        var song = Song([.. Words(0, 60)], lost: [60]);
        Assert.Contains("In 30 of the 90 s", LostText.Doubt(song, LostText.Find(song)), StringComparison.Ordinal);
    }

    private static IEnumerable<LyricsWord> Words(int from, int to) =>
        Enumerable.Range(from, to - from).Select(second => new LyricsWord("la", second, second + 1));

    /// <summary>Three windows of half a minute, some of which lost text.</summary>
    private static Transcript Song(IReadOnlyList<LyricsWord> words, int[] lost) => new()
    {
        Duration = 90, Words = words, SentenceEnds = [],
        Windows = [.. new[] { 0, 30, 60 }.Select(start =>
            new TranscriptWindow(start, start + 30, -0.5) { LostText = lost.Contains(start) ? true : null })],
    };
}
