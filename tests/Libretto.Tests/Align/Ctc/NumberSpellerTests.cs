using Libretto.Align.Ctc;

namespace Libretto.Tests.Align.Ctc;

public class NumberSpellerTests
{
    [Theory]
    [InlineData("en", "1978", "nineteenseventyeight")]
    [InlineData("en", "2005", "twothousandfive")]
    [InlineData("en", "1905", "nineteenohfive")]
    [InlineData("en", "1,250", "onethousandtwohundredfifty")]
    [InlineData("en", "80s", "eighties")]
    [InlineData("en", "21st", "twentyfirst")]
    [InlineData("en", "2.5", "twopointfive")]
    [InlineData("en", "$20", "twentydollars")]
    [InlineData("de", "99", "neunundneunzig")]
    [InlineData("de", "1978", "neunzehnhundertachtundsiebzig")]
    [InlineData("de", "2,5", "zweikommafünf")]
    [InlineData("de-AT", "1.000", "eintausend")]
    [InlineData("fr", "99", "quatrevingtdixneuf")]
    [InlineData("fr", "1er", "premier")]
    [InlineData("fr", "3e", "troisième")]
    [InlineData("fr", "1978", "milleneufcentsoixantedixhuit")]
    [InlineData("es", "99", "noventaynueve")]
    [InlineData("es", "100%", "cienporciento")]
    [InlineData("pt", "3ª", "terceira")]
    [InlineData("it", "23", "ventitré")]
    [InlineData("no", "99", "nittini")]
    [InlineData("ru", "40", "сорок")]
    [InlineData("tr", "15", "onbeş")]
    [InlineData("ko", "7", "칠")]
    [InlineData("ar", "٣", "ثلاثة")]
    public void Numbers_are_said_in_the_language_of_the_song(string language, string written, string said) =>
        Assert.Equal(said, string.Concat(NumberSpeller.Of(language)!.Spell(written).Where(char.IsLetter)));

    [Theory]
    [InlineData("en", "0044", "zerozerofourfour")]
    [InlineData("de", "007", "nullnullsieben")]
    public void What_begins_with_a_nought_is_said_digit_by_digit(string language, string written, string said) =>
        Assert.Equal(said, NumberSpeller.Of(language)!.Spell(written));

    [Fact]
    public void What_no_number_can_hold_is_said_digit_by_digit() =>
        Assert.StartsWith("nineninenine", NumberSpeller.Of("en")!.Spell(new string('9', 40)), StringComparison.Ordinal);

    [Theory]
    [InlineData("zh")]
    [InlineData("cy")]
    [InlineData("x-klingon")]
    [InlineData("")]
    [InlineData(null)]
    public void A_language_whose_numbers_are_not_known_has_no_speller(string? language) => Assert.Null(NumberSpeller.Of(language));
}
