using Libretto.Lyrics;
using Libretto.Server.Web.Edit;

namespace Libretto.Page.Tests.Edit;

public sealed class LyricsEditTests
{
    private static readonly LyricsDocument s_song = new()
    {
        Duration = 20,
        Lines =
        [
            LyricsLine.Of([new("Hello", 1, 1.5) { Confidence = 0.3 }, new("again", 1.6, 2.2)]),
            LyricsLine.Of([new("my", 3, 3.2), new("friend", 3.2, 4)]),
        ],
    };

    [Fact]
    public void A_word_is_replaced_by_several_that_share_its_time()
    {
        var edited = LyricsEdit.SetText(s_song, 0, "  Oh  hello ");

        Assert.Equal("Oh hello again", edited.Lines[0].Text);
        Assert.Equal([(1, 1.25), (1.25, 1.5)], edited.Lines[0].Words.Take(2).Select(word => (word.Start, word.End)));
    }

    [Fact]
    public void A_word_without_text_goes_and_a_line_without_words_with_it()
    {
        var edited = LyricsEdit.SetText(LyricsEdit.SetText(s_song, 3, ""), 2, " ");

        Assert.Equal(["Hello again"], edited.Lines.Select(line => line.Text));
    }

    [Fact]
    public void What_is_written_below_a_line_in_other_letters_goes_with_its_words()
    {
        var song = s_song with
        {
            Lines = [LyricsLine.Of([new("君", 1, 2), new("の", 2, 3), new("名", 3, 4)]) with { Romanized = "kimi no na" }, s_song.Lines[1]],
        };

        Assert.Null(LyricsEdit.SetText(song, 2, "声").Lines[0].Romanized);
        Assert.Null(LyricsAdd.WordsAfter(song, 2, "は").Lines[0].Romanized);
        Assert.Null(LyricsAdd.Replace(song, "名", "声").Document.Lines[0].Romanized);
        Assert.Equal("kimi na", LyricsEdit.SetText(song, 1, "").Lines[0].Romanized);
        Assert.Equal(["kimi", "no na", null], LyricsEdit.SplitLine(song, 1).Lines.Select(line => line.Romanized));
        Assert.Equal("kimi no na", LyricsEdit.MoveStart(song, 1, 2.2).Lines[0].Romanized);
    }

    [Fact]
    public void Lines_are_split_and_joined()
    {
        var split = LyricsEdit.SplitLine(s_song, 1);

        Assert.Equal(["Hello", "again", "my friend"], split.Lines.Select(line => line.Text));
        Assert.Equal(["Hello again", "my friend"], LyricsEdit.JoinLine(split, 0).Lines.Select(line => line.Text));
        Assert.Same(s_song, LyricsEdit.SplitLine(s_song, 2));
        Assert.Same(s_song, LyricsEdit.JoinLine(s_song, 3));
    }

    [Fact]
    public void Lines_are_replaced_wherever_they_stand_by_now()
    {
        LyricsLine[] anew = [LyricsLine.Of([new("Dear", 3.1, 3.3)]), LyricsLine.Of([new("friend", 3.4, 4)])];
        var moved = LyricsEdit.SplitLine(s_song, 1);

        Assert.Equal(["Hello", "again", "Dear", "friend"], LyricsEdit.ReplaceLines(moved, 1, ["my friend"], anew)!.Lines.Select(line => line.Text));
        Assert.Null(LyricsEdit.ReplaceLines(LyricsEdit.SetText(s_song, 3, "foe"), 1, ["my friend"], anew));
    }

    [Theory]
    [InlineData(1.4, 1.4)]
    [InlineData(0, 1.02)]
    [InlineData(9, 2.18)]
    public void A_start_moves_no_further_than_its_neighbours(double wanted, double start)
    {
        var words = LyricsEdit.Words(LyricsEdit.MoveStart(s_song, 1, wanted));

        Assert.Equal(start, words[1].Start, 3);
        Assert.True(words[0].End <= words[1].Start);
    }

    [Fact]
    public void What_comes_after_a_word_moves_with_it()
    {
        var later = LyricsEdit.Words(LyricsEdit.ShiftFrom(s_song, 2, 0.5));
        var earlier = LyricsEdit.Words(LyricsEdit.ShiftFrom(s_song, 2, -5));

        Assert.Equal([1, 1.6, 3.5, 3.7], later.Select(word => word.Start));
        Assert.Equal([1, 1.6, 1.62, 1.82], earlier.Select(word => Math.Round(word.Start, 3)));
    }

    [Fact]
    public void Tapped_starts_replace_those_there_were()
    {
        var words = LyricsEdit.Words(LyricsEdit.Retime(s_song, 1, [5, 5.4, 9]));

        Assert.Equal([1, 5, 5.4, 9], words.Select(word => word.Start));
        Assert.Equal(5.4, words[1].End);
        Assert.Equal(7.4, words[2].End);
    }

    [Fact]
    public void Whatever_is_done_the_document_stays_lawful()
    {
        var random = new Random(7);
        var document = s_song;
        for (var i = 0; i < 500; i++)
        {
            var word = random.Next(LyricsEdit.Words(document).Count);
            var time = random.NextDouble() * 25 - 2;
            document = random.Next(7) switch
            {
                0 => LyricsEdit.SetText(document, word, LyricsEdit.Words(document).Count < 12 ? "la la" : "la"),
                1 => LyricsEdit.SplitLine(document, word),
                2 => LyricsEdit.JoinLine(document, word),
                3 => LyricsEdit.MoveStart(document, word, time),
                4 => LyricsEdit.MoveEnd(document, word, time),
                5 => LyricsEdit.ShiftFrom(document, word, (time - 10) / 10),
                _ => LyricsEdit.Retime(document, word, [Math.Max(0, time)]),
            };
            Assert.Empty(DocumentRules.Validate(document));
        }
    }

    [Fact]
    public void Steps_are_undone_and_done_again()
    {
        var history = new EditHistory(s_song);
        history.Do(LyricsEdit.SetText(s_song, 0, "Hi"));
        history.Undo();

        Assert.Same(s_song, history.Now);
        Assert.False(history.IsChanged);
        history.Redo();
        Assert.Equal("Hi again", history.Now.Lines[0].Text);
        Assert.True(history.IsChanged);
    }

    [Fact]
    public void Edits_keep_voices_headings_and_lines_that_overlap()
    {
        var duet = new LyricsDocument
        {
            Duration = 20,
            Lines =
            [
                LyricsLine.Of([new("Hold", 1, 3), new("on", 3, 6)]) with { Voice = LyricsVoice.First, Stanza = true },
                LyricsLine.Of([new("answer", 4, 5)]) with { Voice = LyricsVoice.Second },
                LyricsLine.Of([new("End", 7, 8)]) with { Voice = LyricsVoice.First },
            ],
            Sections = [new LyricsSection("Outro", 2)],
        };

        // The second voice limits the first one's words neither way.
        Assert.Equal(6.5, LyricsEdit.MoveEnd(duet, 1, 6.5).Lines[0].End);
        Assert.Equal(2, LyricsEdit.MoveStart(duet, 2, 2).Lines[1].Start);
        Assert.Equal((1, 6), (LyricsEdit.MoveStart(duet, 2, 2).Lines[0].Start, LyricsEdit.MoveStart(duet, 2, 2).Lines[0].End));
        Assert.Equal(LyricsVoice.Second, LyricsEdit.SetText(duet, 2, "reply").Lines[1].Voice);
        Assert.Equal(3, LyricsEdit.SplitLine(duet, 1).Sections![0].Line);
        Assert.Equal([true, null], LyricsEdit.SplitLine(duet, 1).Lines.Take(2).Select(line => line.Stanza));
        Assert.Equal(1, LyricsEdit.SetText(duet, 2, "").Sections![0].Line);
    }
}
