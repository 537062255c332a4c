using Libretto.Lyrics;
using Libretto.Transcribe.Hosted;

namespace Libretto.Tests.Transcribe.Hosted;

public class WordMarksTests
{
    [Theory]
    [InlineData("and so my love", " And so, my love!", "And so, my love!")]
    [InlineData("rock n roll is here", "Rock-n-roll is here.", "rock n roll is here.")]
    [InlineData("one three", "One, two, three.", "One, three.")]
    [InlineData("l'été à paris", "L'été, à Paris ?", "L'été, à Paris")]
    [InlineData("something else", "Not that at all", "something else")]
    [InlineData("no text", null, "no text")]
    public void Words_get_the_marks_and_capitals_of_the_text_where_they_are_its_words(string words, string? text, string expected)
    {
        var given = words.Split(' ').Select((word, i) => new LyricsWord(word, i, i + 0.5)).ToList();
        var restored = WordMarks.Restore(given, text);
        Assert.Equal(expected, string.Join(' ', restored.Select(word => word.Text)));
        Assert.Equal(given.Select(word => (word.Start, word.End)), restored.Select(word => (word.Start, word.End)));
    }
}
