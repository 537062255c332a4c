using CsCheck;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

public class DocumentRulesTests
{
    [Fact]
    public void Any_words_become_lawful() =>
        Gen.Select(Documents.BrokenWords, Gen.OneOf(Gen.Double[0, 80], Gen.Const(0.005), Gen.Const(0.0))).Sample((words, duration) =>
        {
            var normalized = DocumentRules.Normalize(words, duration);
            var document = new LyricsDocument
            {
                Duration = Milliseconds.Round(duration),
                Lines = [.. normalized.Select(word => LyricsLine.Of([word]))],
            };
            Assert.Empty(DocumentRules.Validate(document));
        });

    [Fact]
    public void Words_keep_their_order_and_their_texts() => Documents.BrokenWords.Sample(words =>
        Assert.Equal(words.SelectMany(word => WordText.Split(word.Text)), DocumentRules.Normalize(words, 3600).Select(word => word.Text)));

    [Fact]
    public void What_is_lawful_stays_as_it_is() => Documents.Normalized.Sample(document =>
        Assert.Equal(Documents.Words(document), DocumentRules.Normalize(Documents.Words(document), document.Duration)));

    [Fact]
    public void Where_there_is_room_no_word_is_shorter_than_twenty_milliseconds() => Documents.BrokenWords.Sample(words =>
        Assert.All(DocumentRules.Normalize(words, 3600), word => Assert.True(word.End - word.Start > DocumentRules.ShortestWord - 0.0005)));

    [Fact]
    public void One_start_far_off_moves_no_other_word()
    {
        var normalized = DocumentRules.Normalize(
            [new("a", 1, 1.5), new("b", 50, 50.5), new("c", 2, 2.5), new("d", 3, 3.5)], 60);
        Assert.Equal([1, 1.5, 2, 3], normalized.Select(word => word.Start));
        Assert.Equal([null, true, null, null], normalized.Select(word => word.Estimated));
    }

    [Fact]
    public void Overlapping_words_end_where_the_next_begins()
    {
        var normalized = DocumentRules.Normalize([new("a", 1, 2), new("b", 1.5, 2.5)], 60);
        Assert.Equal([1.5, 2.5], normalized.Select(word => word.End));
    }

    [Fact]
    public void Words_past_the_end_are_brought_back()
    {
        var normalized = DocumentRules.Normalize([new("a", 9, 9.5), new("b", 11, 12), new("c", 12, 13)], 10);
        Assert.Equal([9, 9.96, 9.98], normalized.Select(word => word.Start));
        Assert.Equal(10, normalized[^1].End);
    }

    [Theory]
    [InlineData("a", -1, 2, "not times")]
    [InlineData("a", 1.00049, 2, "not times")]
    [InlineData("a", 2, 2, "not after it starts")]
    [InlineData("a", 2, 61, "after the song's end")]
    [InlineData("a b", 2, 3, "white space")]
    [InlineData("", 2, 3, "is empty")]
    public void A_fault_is_told_with_its_place(string text, double start, double end, string expected)
    {
        var word = new LyricsWord(text, start, end);
        var document = new LyricsDocument { Duration = 60, Lines = [new LyricsLine(start, end, text, [word])] };
        Assert.Contains(DocumentRules.Validate(document), fault => fault.StartsWith("lines[0].words[0] ", StringComparison.Ordinal) && fault.Contains(expected, StringComparison.Ordinal));
    }
}
