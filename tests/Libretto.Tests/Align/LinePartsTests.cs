using Libretto.Align;
using Libretto.Lyrics;

namespace Libretto.Tests.Align;

public class LinePartsTests
{
    [Fact]
    public void Lines_that_anyone_writes_stay_as_they_are()
    {
        LyricsLine[] given = [Line("we sing"), Line(string.Join(' ', Enumerable.Repeat("la", 50)))];
        var parts = new LineParts(given, "en");
        Assert.Equal(given, parts.Lines);
        Assert.Null(parts.Notices);
        Assert.Equal(given, parts.Joined(given, null).Lines);
    }

    [Fact]
    public void A_text_without_line_breaks_is_broken_where_the_singer_pauses_and_that_is_told()
    {
        var text = string.Join(' ', Enumerable.Range(0, 60).Select(word => $"word{word}"));
        var parts = new LineParts([Line("we sing"), Line(text) with { Stanza = true }, Line("and so on")], "en");
        Assert.All(parts.Lines, part => Assert.InRange(part.Words.Count, 1, 12));

        // Five words at a time, with a pause after them.
        var at = 0;
        var timed = parts.Lines.Select(part => part.WithWords([.. part.Words.Select(word =>
            word with { Start = Time(at), End = Time(at++) + 0.4 })])).ToArray();
        var (lines, sections) = parts.Joined(timed, [new LyricsSection("Verse", 1), new LyricsSection("End", 2)]);

        Assert.Equal(["we sing", .. text.Split(' ').Chunk(5).Select(five => string.Join(' ', five)), "and so on"], lines.Select(line => line.Text));
        Assert.Equal([1], lines.Index().Where(line => line.Item.Stanza == true).Select(line => line.Index));
        Assert.Equal([1, 13], sections!.Select(section => section.Line));
        Assert.Contains("line breaks are missing", Assert.Single(parts.Notices!), StringComparison.Ordinal);

        static double Time(int word) => word < 2 ? word / 2.0 : 3 + ((word - 2) / 5 * 3.5) + ((word - 2) % 5 * 0.5);
    }

    [Fact]
    public void A_line_of_letters_that_take_many_bytes_is_read_in_parts_and_whole_again()
    {
        var line = Line(string.Join(' ', Enumerable.Repeat("საქართველო", 15)));
        var parts = new LineParts([line], "ka");
        Assert.Equal([12, 3], parts.Lines.Select(part => part.Words.Count));
        Assert.Equal(line.Text, Assert.Single(parts.Joined(parts.Lines, null).Lines).Text);
        Assert.Null(parts.Notices);
    }

    private static LyricsLine Line(string text) => LyricsLine.Of([.. text.Split(' ').Select(word => new LyricsWord(word, 0, 0))]);
}
