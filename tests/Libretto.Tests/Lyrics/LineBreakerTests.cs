using CsCheck;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

public class LineBreakerTests
{
    [Fact]
    public void Every_word_is_in_one_line_and_in_order() => Documents.Normalized.Sample(document =>
    {
        var words = Documents.Words(document);
        var lines = LineBreaker.Break(words);
        Assert.Equal(words, lines.SelectMany(line => line.Words));
    });

    [Fact]
    public void Lines_are_no_longer_than_can_be_sung() =>
        Gen.String[Gen.Char['a', 'z'], 1, 10].Array[1, 60].Sample(texts =>
            Assert.All(LineBreaker.Break(Words(string.Join(' ', texts))), line => Assert.True(line.Text.Length <= LineBreaker.LongestLine)));

    [Theory]
    [InlineData(0.4, 42)]
    [InlineData(0.26, 60)]
    [InlineData(0.1, 64)]
    public void Words_of_a_rapper_share_longer_lines_that_last_as_long_as_others(double pace, int longest)
    {
        LyricsWord[] words = [.. Enumerable.Range(0, 60).Select(i => new LyricsWord("rhyme", i * pace, (i + 1) * pace))];

        var lines = LineBreaker.Break(words);

        Assert.All(lines, line => Assert.InRange(line.Text.Length, longest - 18, longest));
    }

    [Fact]
    public void Phrases_of_a_second_are_no_lines_though_the_engine_ends_a_segment_after_each()
    {
        LyricsWord[] words = [.. Enumerable.Range(0, 24).Select(i => new LyricsWord("rhyme", i * 0.25, (i + 1) * 0.25))];

        var lines = LineBreaker.Break(words, [3, 7, 11, 15, 19, 23]);

        Assert.Equal([8, 8, 8], lines.Select(line => line.Words.Count));
    }

    [Fact]
    public void No_word_stands_alone_where_it_can_be_helped() =>
        Gen.String[Gen.Char['a', 'z'], 1, 10].Array[2, 60].Sample(texts =>
            Assert.All(LineBreaker.Break(Words(string.Join(' ', texts))), line => Assert.True(line.Words.Count > 1)));

    [Fact]
    public void A_short_run_is_one_line() =>
        Assert.Equal(["They say nothing makes sense"], Texts(Words("They say nothing makes sense")));

    [Fact]
    public void A_long_run_breaks_after_its_comma() =>
        Assert.Equal(
            ["ask not what your country can do,", "ask what you can do for it"],
            Texts(Words("ask not what your country can do, ask what you can do for it")));

    [Fact]
    public void A_long_run_breaks_before_its_conjunction() =>
        Assert.Equal(
            ["they say nothing here makes any sense", "but everything under heaven does"],
            Texts(Words("they say nothing here makes any sense but everything under heaven does")));

    [Fact]
    public void A_long_run_breaks_at_its_longest_gap()
    {
        var words = Words("one two three four five six seven eight nine ten");
        words = [.. words.Select((word, i) => i < 6 ? word : word with { Start = word.Start + 0.6, End = word.End + 0.6 })];
        Assert.Equal(["one two three four five six", "seven eight nine ten"], Texts(words));
    }

    [Fact]
    public void No_line_goes_across_a_silence()
    {
        var words = Words("ooh baby baby");
        words[2] = words[2] with { Start = 9, End = 10 };
        Assert.Equal(["ooh baby", "baby"], Texts(words));
    }

    [Fact]
    public void The_engine_s_sentences_are_lines() =>
        Assert.Equal(
            ["hello my friend", "how are you"],
            LineBreaker.Break(Words("hello my friend how are you"), [2]).Select(line => line.Text));

    [Theory]
    [InlineData("fr", "La tête dans les cieux ma conscience Sous terre un soleil de plus", new[] { "La tête dans les cieux ma conscience", "Sous terre un soleil de plus" })]
    [InlineData("en", "Tell me when I go and I will Wait for you here", new[] { "Tell me when I go and I will", "Wait for you here" })]
    [InlineData("de", "Wir sehen die Sonne und Ich gehe mit dem Wind", new[] { "Wir sehen die Sonne und", "Ich gehe mit dem Wind" })]
    [InlineData("de", "wir sehen die Sonne gehen mit dem Wind", new[] { "wir sehen die Sonne gehen mit dem Wind" })]
    public void A_capital_that_begins_a_line_of_verse_begins_a_line(string language, string text, string[] lines) =>
        Assert.Equal(lines, LineBreaker.Break(Words(text), language: language).Select(line => line.Text));

    [Fact]
    public void Capitals_everywhere_say_nothing() =>
        Assert.Single(LineBreaker.Break(Words("Come On And Sing With Me"), language: "en"));

    [Fact]
    public void Japanese_is_joined_without_spaces_and_counted_double()
    {
        var words = Words(string.Join(' ', "夢ならばどれほどよかったでしょう未だにあなたのことを夢にみる".Select(character => character.ToString())));
        var lines = LineBreaker.Break(words);
        Assert.Equal(2, lines.Count);
        Assert.All(lines, line => Assert.InRange(line.Text.Length, 10, 21));
    }

    private static IEnumerable<string> Texts(LyricsWord[] words) => LineBreaker.Break(words).Select(line => line.Text);

    private static LyricsWord[] Words(string text) =>
        [.. text.Split(' ').Select((word, i) => new LyricsWord(word, i * 0.7, (i + 1) * 0.7))];
}
