using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>What of given lyrics is a heading, and what is sung though it looks like one.</summary>
public class HeadingsTests
{
    [Theory]
    [InlineData("[Verse 1]", "Verse 1")]
    [InlineData("Verse 2:", "Verse 2")]
    [InlineData("VERSE II", "VERSE II")]
    [InlineData("(Chorus x2)", "Chorus x2")]
    [InlineData("[Chorus] x2", "Chorus x2")]
    [InlineData("[Outro - fade]", "Outro - fade")]
    [InlineData("[Verse 1: Anna & Bea]", "Verse 1: Anna & Bea")]
    [InlineData("[Pre-Chorus]", "Pre-Chorus")]
    [InlineData("**Bridge**", "Bridge")]
    [InlineData("## Chorus", "Chorus")]
    [InlineData("--- Intro ---", "Intro")]
    [InlineData("[Guitar Solo]", "Guitar Solo")]
    [InlineData("Strophe 1", "Strophe 1")]
    [InlineData("[Refrain]", "Refrain")]
    [InlineData("Couplet 2 :", "Couplet 2")]
    [InlineData("[Estribillo]", "Estribillo")]
    [InlineData("(Coro 1)", "Coro 1")]
    [InlineData("Verso 3:", "Verso 3")]
    [InlineData("Припев:", "Припев")]
    [InlineData("[Zwrotka 1]", "Zwrotka 1")]
    [InlineData("【サビ】", "サビ")]
    [InlineData("2절", "2절")]
    public void Headings_are_kept_apart(string heading, string name)
    {
        var document = LyricsFormats.PlainText.Read($"{heading}\nfirst line\nsecond line\n");
        Assert.Equal([new LyricsSection(name, 0)], document.Sections!);
        Assert.Equal(["first line", "second line"], document.Lines.Select(line => line.Text));
    }

    [Theory]
    [InlineData("(ooh ooh)")]
    [InlineData("(Break, break my heart)")]
    [InlineData("(drop)")]
    [InlineData("A verse for you")]
    [InlineData("One bridge")]
    [InlineData("Solo")]
    [InlineData("The chorus of the birds")]
    [InlineData("Music, come on:")]
    [InlineData("I said: the bridge is burning")]
    [InlineData("[oh yeah]")]
    [InlineData("Part of me")]
    [InlineData("Chorus of angels, sing")]
    [InlineData("1999")]
    public void What_is_sung_stays(string line)
    {
        var document = LyricsFormats.PlainText.Read($"first line\n\n{line}\nlast line\n");
        Assert.Null(document.Sections);
        Assert.Equal(["first line", line, "last line"], document.Lines.Select(one => one.Text));
    }

    [Fact]
    public void Blank_lines_part_stanzas_and_bare_headings_head_them()
    {
        var document = LyricsFormats.PlainText.Read("Verse 1\na b\nc d\n\nChorus\ne f\n\n\n[Anna]\ng h\n");
        Assert.Equal([null, null, true, true], document.Lines.Select(line => line.Stanza));
        Assert.Equal([new("Verse 1", 0), new("Chorus", 2), new("Anna", 3)], document.Sections!);
        // And are there again after writing.
        var again = LyricsFormats.PlainText.Read(LyricsFormats.PlainText.Write(document));
        Assert.Equal(document.Sections, again.Sections);
        Assert.Equal(document.Lines.Select(line => (line.Text, line.Stanza)), again.Lines.Select(line => (line.Text, line.Stanza)));
    }

    [Fact]
    public void Headings_with_a_time_are_not_sung_either()
    {
        var document = LyricsReader.Read("[00:01.00][Verse 1]\n[00:02.00]Hello\n[Chorus]\n[00:06.00]again\n[00:09.00]\n", "a.lrc").Document;
        Assert.Equal(["Hello", "again"], document.Lines.Select(line => line.Text));
        Assert.Equal([new("Verse 1", 0), new("Chorus", 1)], document.Sections!);
    }

    [Fact]
    public void Text_after_a_heading_on_its_line_is_sung() =>
        Assert.Equal(["We wait for rain"], LyricsFormats.PlainText.Read("[Chorus] We wait for rain\n").Lines.Select(line => line.Text));
}
