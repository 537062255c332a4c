using Libretto.Lyrics.Writing;

namespace Libretto.Tests.Lyrics;

public class ScriptNamesTests
{
    [Theory]
    [InlineData("Déjà vu, 99", "Latin letters")]
    [InlineData("И вот (yeah)", "Cyrillic letters")]
    [InlineData("問うてはならない", "Chinese or Japanese characters")]
    [InlineData("사랑해", "Korean letters")]
    [InlineData("99 !", null)]
    [InlineData("ꦲꦤꦕꦫꦏ", null)]
    public void A_script_is_what_most_letters_are_in(string words, string? name) => Assert.Equal(name, ScriptNames.Of(words.Split(' ')));
}
