using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Tests.Align;

public class SyncedLyricsTests
{
    private const string Song =
        """
        [00:10.00] walking down the river
        [00:14.00] waiting for the morning
        [00:18.00] every bird is singing
        [00:22.00] every window open
        [00:26.00] nothing keeps me from you
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(2.4)]
    [InlineData(-1.3)]
    public void Times_of_the_same_recording_are_believed_wherever_it_begins(double later)
    {
        var compared = Compare(Song, Sung(shift: later));
        Assert.True(compared.TimesFit);
        Assert.Equal(later, compared.Offset, 0.05);
        Assert.Equal(1, compared.Matched);
    }

    [Fact]
    public void Another_songs_words_do_not_fit()
    {
        var compared = Compare(Song, Sung("I had a dream of silver / lost in the crowded city / tell me what you wanted / counting all my money"));
        Assert.False(compared.WordsFit);
        Assert.False(compared.TimesFit);
    }

    [Fact]
    public void Times_of_another_recording_do_not_fit_but_its_words_do()
    {
        // Sung half as fast.
        var compared = Compare(Song, Sung(pace: 2));
        Assert.True(compared.WordsFit);
        Assert.False(compared.TimesFit);
    }

    [Fact]
    public void Plain_lyrics_have_no_times_to_believe()
    {
        var plain = LyricsFormats.PlainText.Read("walking down the river\nwaiting for the morning\nevery bird is singing");
        var compared = new SyncedLyrics(plain, Sung());
        Assert.True(compared.WordsFit);
        Assert.False(compared.TimesFit);
    }

    [Fact]
    public void Words_that_were_heard_stand_where_they_were_heard_and_the_others_between_them()
    {
        // "bird" is not understood, nor is the last line.
        var heard = Sung(shift: 1).Where(word => word.Text != "bird" && word.Start < 26.5).ToList();
        var aligned = Compare(Song, heard).ToAligned("lrclib", 40);

        Assert.Equal(["walking down the river", "waiting for the morning", "every bird is singing", "every window open", "nothing keeps me from you"],
            aligned.Lines.Select(line => line.Text));
        var bird = aligned.Lines[2].Words[1];
        Assert.True(bird.Estimated);
        Assert.InRange(bird.Start, aligned.Lines[2].Words[0].End, aligned.Lines[2].Words[2].Start);
        Assert.Null(aligned.Lines[2].Words[0].Estimated);
        Assert.Equal(19, aligned.Lines[2].Start, 0.05);
        // By the time of its line, moved as the others were.
        Assert.Equal(27, aligned.Lines[4].Start, 0.1);
        Assert.All(aligned.Lines[4].Words, word => Assert.True(word.Estimated));
        Assert.Equal("lrclib", aligned.Fit.Source);
        Assert.Equal(14.0 / 20, aligned.Fit.Matched, 0.1);
        Assert.Empty(DocumentRules.Validate(DocumentRules.Normalize(new LyricsDocument { Duration = 40, Lines = aligned.Lines })));
    }

    private static SyncedLyrics Compare(string lrc, IReadOnlyList<LyricsWord> heard) => new(LyricsFormats.Lrc.Read(lrc), heard);

    /// <summary>What an engine hears: lines of four seconds from the tenth on, a word every three quarters of a second.</summary>
    private static List<LyricsWord> Sung(
        string words = "walking down the river / waiting for the morning / every bird is singing / every window open / nothing keeps me from you",
        double shift = 0, double pace = 1)
    {
        var heard = new List<LyricsWord>();
        foreach (var (line, number) in words.Split('/').Select((line, number) => (line, number)))
            foreach (var (word, i) in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((word, i) => (word, i)))
            {
                var start = 10 + (pace * ((4 * number) + (0.75 * i))) + shift;
                heard.Add(new LyricsWord(word, start, start + 0.5));
            }
        return heard;
    }
}
