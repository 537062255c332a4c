namespace Libretto.Tests;

public class LanguagesTests
{
    [Theory]
    [InlineData("en-US", "en")]
    [InlineData("EN", "en")]
    [InlineData("en_GB.UTF-8", "en")]
    [InlineData("pt-BR", "pt")]
    [InlineData("Portuguese (Brazil)", "pt")]
    [InlineData("zh-TW", "zh")]
    [InlineData("zh-Hans", "zh")]
    [InlineData("zh-Hant-HK", "zh")]
    [InlineData("cmn-Hans-CN", "zh")]
    [InlineData("zh-yue", "yue")]
    [InlineData("yue-HK", "yue")]
    [InlineData("iw", "he")]
    [InlineData("jp", "ja")]
    [InlineData("in", "id")]
    [InlineData("nb-NO", "no")]
    [InlineData("sr-Latn-RS", "sr")]
    [InlineData("de-CH-1996", "de")]
    [InlineData("fil", "tl")]
    [InlineData("jv", "jw")]
    [InlineData("spa", "es")]
    [InlineData("ger", "de")]
    [InlineData("fre", "fr")]
    [InlineData("Spanish", "es")]
    [InlineData("español", "es")]
    [InlineData("Espanol", "es")]
    [InlineData("ESPAÑOL", "es")]
    [InlineData("Deutsch", "de")]
    [InlineData("Français", "fr")]
    [InlineData("日本語", "ja")]
    [InlineData("русский", "ru")]
    [InlineData("РУССКИЙ", "ru")]
    [InlineData("中文", "zh")]
    [InlineData("한국어", "ko")]
    [InlineData("Türkçe", "tr")]
    [InlineData("haitian creole", "ht")]
    [InlineData(" burmese ", "my")]
    public void A_language_is_understood_as_people_write_it(string text, string code) => Assert.Equal(code, Languages.Find(text));

    [Theory]
    [InlineData("klingon")]
    [InlineData("tlh-Latn")]
    [InlineData("en US")]
    [InlineData("en-")]
    [InlineData("e")]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("(en)")]
    public void What_is_none_is_not_taken_for_one(string text) => Assert.Null(Languages.Find(text));

    [Fact]
    public void Every_language_is_found_by_its_code_and_its_English_name()
    {
        Assert.Equal(100, Languages.All.Count);
        Assert.All(Languages.All, language =>
        {
            Assert.Equal(language.Code, Languages.Find(language.Code));
            Assert.Equal(language.Code, Languages.Find(language.Name));
            Assert.Equal(language.Name, Languages.EnglishName(language.Code));
        });
    }
}
