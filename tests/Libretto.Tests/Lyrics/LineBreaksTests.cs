using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

public class LineBreaksTests
{
    [Fact]
    public void Lines_are_broken_where_recognized_words_are_and_stanzas_headings_and_voices_stay()
    {
        var song = new LyricsDocument
        {
            Duration = 60,
            Lines =
            [
                Line(1, "Morning light is on the water. And the"),
                Line(4.3, "birds begin to sing.") with { Translation = new LyricsTranslation("de", "Vögel") },
                Line(20, "Second verse") with { Stanza = true },
                Line(20.8, "of ours"),
                Line(30, "answer") with { Voice = LyricsVoice.Second },
                Line(31, "alone"),
            ],
            Sections = [new LyricsSection("Verse", 2), new LyricsSection("End", 5)],
        };
        var broken = LineBreaks.Again(song, 0, 6);

        Assert.Empty(DocumentRules.Validate(broken));
        Assert.Equal(["Morning light is on the water.", "And the birds begin to sing.", "Second verse of ours", "answer", "alone"],
            broken.Lines.Select(line => line.Text));
        Assert.Equal(Documents.Words(song), Documents.Words(broken));
        Assert.Equal([2, 4], broken.Sections!.Select(section => section.Line));
        Assert.Equal([null, null, true, null, null], broken.Lines.Select(line => line.Stanza));
        Assert.Equal(LyricsVoice.Second, broken.Lines[3].Voice);
        Assert.Null(broken.Lines[1].Translation);
        Assert.Same(broken, LineBreaks.Again(broken, 0, 5));
    }

    [Fact]
    public void Only_the_lines_that_are_named_are_broken_and_one_that_stays_keeps_all()
    {
        var whole = Line(1, "Morning light.") with { Romanized = "morning light", Translation = new LyricsTranslation("de", "Licht") };
        var song = new LyricsDocument { Duration = 60, Lines = [Line(0.1, "Oh"), whole, Line(4, "it"), Line(4.4, "is"), Line(4.8, "on the water")] };
        var broken = LineBreaks.Again(song, 1, 4);

        Assert.Equal(["Oh", "Morning light.", "it is on the water"], broken.Lines.Select(line => line.Text));
        Assert.Same(whole, broken.Lines[1]);
    }

    private static LyricsLine Line(double start, string text) =>
        LyricsLine.Of([.. text.Split(' ').Select((word, i) => new LyricsWord(word, Math.Round(start + (i * 0.4), 3), Math.Round(start + (i * 0.4) + 0.4, 3)))]);
}
