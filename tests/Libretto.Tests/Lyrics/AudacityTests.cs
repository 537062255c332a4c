using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics;

public class AudacityTests
{
    [Fact]
    public void A_label_track_from_elsewhere_is_known_and_its_words_are_broken_into_lines()
    {
        var reading = LyricsReader.Read("1.000000\t1.400000\tMorning\r\n1.500000\t2.000000\tlight.\r\n\\\t100.5\t2000.0\r\n6.000000\t6.500000\tAgain\r\n", "Label Track.txt");

        Assert.Equal(LyricsFormats.Audacity, reading.Format);
        Assert.Equal(["Morning light.", "Again"], reading.Document.Lines.Select(line => line.Text));
        Assert.Equal((1.5, 2.0), (reading.Document.Lines[0].Words[1].Start, reading.Document.Lines[0].Words[1].End));
    }

    [Fact]
    public void Labels_of_whole_lines_are_lines_and_headings_are_headings()
    {
        var document = LyricsReader.Read("0,5\t0,5\t[Verse 1]\n1,0\t3,0\tMorning light again\n4.5\t6\tand the day\n").Document;

        Assert.Equal(["Morning light again", "and the day"], document.Lines.Select(line => line.Text));
        Assert.Equal((1, 3), (document.Lines[0].Start, document.Lines[0].End));
        Assert.Equal("Verse 1", Assert.Single(document.Sections!).Name);
        Assert.All(document.Lines[0].Words, word => Assert.True(word.Estimated));
    }

    [Fact]
    public void Lines_and_stanzas_go_where_their_marked_words_go()
    {
        var song = new LyricsDocument
        {
            Duration = 9,
            Lines =
            [
                LyricsLine.Of([new("/slash", 1, 1.2), new("\\back", 1.2, 2), new("/", 2, 3)]),
                LyricsLine.Of([new("next", 4, 5)]) with { Stanza = true },
            ],
        };
        var labels = LyricsFormats.Audacity.Write(song);
        var read = LyricsFormats.Audacity.Read(labels.Replace("4.000000", "4.250000", StringComparison.Ordinal));

        Assert.StartsWith("1.000000\t1.200000\t/ ", labels, StringComparison.Ordinal);
        Assert.Contains("4.000000\t5.000000\t\\ next\n", labels, StringComparison.Ordinal);
        Assert.Equal(["/slash \\back /", "next"], read.Lines.Select(line => line.Text));
        Assert.Equal((true, 4.25), (read.Lines[1].Stanza, read.Lines[1].Start));
        // By hand nobody writes the space.
        Assert.Equal(["one", "two"], LyricsFormats.Audacity.Read("1\t2\t/one\n3\t4\t/two\n").Lines.Select(line => line.Text));
    }

    [Fact]
    public void What_is_no_label_is_told_and_costs_only_itself()
    {
        var notices = new LyricsNotices();
        var read = LyricsFormats.Audacity.Read("1\t2\tone\nnonsense\n3\t4\ttwo\n99999999\t999999999\tfar\n", notices);

        Assert.Equal("one two far", string.Join(' ', read.Lines.Select(line => line.Text)));
        Assert.Contains(notices.Messages, message => message.Contains("no label", StringComparison.Ordinal));
        Assert.Equal(1, Assert.Throws<LyricsFormatException>(() => LyricsFormats.Audacity.Read("words\n1\t2\tone\n")).Line);
    }
}
