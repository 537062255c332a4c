using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Lyrics that were copied out of web pages.</summary>
public sealed class HtmlRemainsTests
{
    [Theory]
    [InlineData("<p><b>One</b> &amp; two<br>\nthree</p>\n<p>four<br/>five", "One & two\nthree\nfour\nfive")]
    [InlineData("One\n<!-- an\nadvertisement --><div class=\"lyrics\" data-id='3'>two</div>", "One\ntwo")]
    [InlineData("It&#39;s &quot;fine&quot; &#x2764;&nbsp;you", "It's \"fine\" \u2764 you")]
    [InlineData("They sing <b> and </i> of R&amp;B", "They sing <b> and </i> of R&amp;B")]
    [InlineData("I <3 you & me; AT&T; a < b > c", "I <3 you & me; AT&T; a < b > c")]
    public void Plain_words_lose_it_and_keep_what_only_looks_like_it(string text, string words)
    {
        var reading = LyricsReader.Read(text, "song.txt");
        Assert.Equal(words, LyricsFormats.PlainText.Write(reading.Document).TrimEnd('\n').Replace("\n\n", "\n", StringComparison.Ordinal));
        Assert.Equal(words != text, reading.Notices.Any(notice => notice.Contains("HTML", StringComparison.Ordinal)));
    }

    [Fact]
    public void Lines_of_LRC_stay_lines_and_the_times_of_words_stay()
    {
        var reading = LyricsReader.Read("[00:01.00]<00:01.00><i>one</i> <00:02.00>two<br>three<00:03.00>\n[00:04.00]<b>four</b><br>\n");
        Assert.Equal(["one two three", "four"], reading.Document.Lines.Select(line => line.Text));
        Assert.Equal(2, reading.Document.Lines[0].Words[1].Start);
    }

    [Theory]
    [InlineData("<!--")]
    [InlineData("<br")]
    [InlineData("<br        ")]
    [InlineData("<b>x")]
    [InlineData(" ")]
    public void A_long_text_that_only_begins_what_a_page_has_is_read_to_its_end(string part)
    {
        var notices = new LyricsNotices();
        var text = "&nbsp;" + string.Concat(Enumerable.Repeat(part, 200_000 / part.Length)) + "\nend";
        Assert.EndsWith("\nend", HtmlRemains.Remove(text, breaksLines: true, notices), StringComparison.Ordinal);
    }
}
