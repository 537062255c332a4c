using System.Text.Json;
using Libretto.Align.Ctc;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Speech.Ctc;
using Libretto.Tests.Support;

namespace Libretto.Tests.Align.Ctc;

public class CtcTextTests
{
    private const string English = "|abcdefghijklmnopqrstuvwxyz'";

    [Theory]
    [InlineData("Don't stop!", "don't|stop")]
    [InlineData("Don’t", "don't")]
    [InlineData("Señor café", "senor|cafe")]
    [InlineData("Sen\u0303or", "senor")]
    [InlineData("Straße, Œuvre", "strasse|oeuvre")]
    [InlineData("ＡＢ１", "abone")]
    [InlineData("24/7", "twentyfourseven")]
    [InlineData("rock & roll", "rock|and|roll")]
    [InlineData("100% 1st '90s 1999 1,000 007", "onehundredpercent|first|'nineties|nineteenninetynine|onethousand|zerozeroseven")]
    [InlineData("$20", "twentydollars")]
    [InlineData("ÉTÉ", "ete")]
    [InlineData("a – b ♪", "a|b")]
    [InlineData("да", "??")]
    [InlineData("愛 you", "?|you")]
    [InlineData("x|y", "xy")]
    public void Words_become_the_characters_an_English_network_knows(string words, string characters) =>
        Assert.Equal(characters, Written(words, English, "en"));

    [Theory]
    [InlineData("Été à 20 €", "été|à|vingt|euros")]
    [InlineData("L'œil", "loeil")]
    public void Another_network_keeps_its_letters(string words, string characters) =>
        Assert.Equal(characters, Written(words, "|abcdefghijklmnopqrstuvwxyzéà", "fr"));

    [Theory]
    [InlineData("cy")]
    [InlineData(null)]
    public void In_a_language_whose_numbers_are_not_known_they_are_wildcards(string? language) =>
        Assert.Equal("mae|??|?", Written("mae 20 €", English, language));

    [Fact]
    public void Something_else_may_be_sung_around_the_words_and_before_each_line()
    {
        var text = CtcText.Write(["hi", "–", "yo", "ah"], Vocabulary(English), "en");
        Assert.Equal([0, 8], text.Gaps(null).Order());
        Assert.Equal([0, 2, 3, 8], text.Gaps(new HashSet<int> { 0, 1, 2 }).Order());
    }

    [Fact]
    public void Case_is_the_networks_own() => Assert.Equal("DON'T|STOP", Written("don't Stop", English.ToUpperInvariant(), "en-US"));

    [Fact]
    public void A_network_without_a_delimiter_gets_none() => Assert.Equal("abc", Written("a b c", "abc", null));

    [Fact]
    public void A_network_that_knows_digits_keeps_them() => Assert.Equal("3|a", Written("3 a", "|a3102456789", "en"));

    [Fact]
    public void A_word_without_a_sound_has_no_tokens_and_no_delimiter()
    {
        var text = CtcText.Write(["–", "hi", "…", "yo"], Vocabulary(English), "en");
        Assert.Equal([0, 2, 0, 2], text.Words.Select(word => word.Count));
        Assert.Equal(5, text.Tokens.Length);
    }

    [Theory]
    [InlineData("e\u0301", "é")]
    [InlineData("A\u0302\u0301", "ấ")]
    [InlineData("か\u3099", "が")]
    [InlineData("Ё", "ё")]
    public void Marks_join_their_letters(string parts, string whole) => Assert.Equal(whole, Accents.Compose(parts));

    [Theory]
    [InlineData('ấ', "ấ â a")]
    [InlineData('ß', "ß ss")]
    [InlineData('ǿ', "ǿ ø o")]
    [InlineData('k', "k")]
    public void Letters_are_spelled_plainer_step_by_step(char letter, string spellings) =>
        Assert.Equal(spellings.Split(' '), Accents.Spellings(letter));

    private static string Written(string words, string characters, string? language)
    {
        var text = CtcText.Write(words.Split(' '), Vocabulary(characters), language);
        return string.Concat(text.Tokens.Select(token => token == CtcTrellis.Wildcard ? '?' : characters[token - 1]));
    }

    private static CtcVocabulary Vocabulary(string characters)
    {
        using var folder = new ScratchFolder();
        var names = new[] { "<pad>" }.Concat(characters.Select(c => c.ToString()));
        File.WriteAllText(folder["vocab.json"], JsonSerializer.Serialize(names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i)));
        return CtcVocabulary.Read(folder.Path);
    }
}
