using System.Text;
using Libretto.Library;

namespace Libretto.Tests.Library;

public class LyricsSurveyTests
{
    [Theory]
    [InlineData("a.lrc", "[00:01.00]<00:01.00>one <00:02.00>two", LyricsLevel.Words)]
    [InlineData("a.lrc", "[00:01.00]one two\n[00:02.00]three four", LyricsLevel.Lines)]
    [InlineData("a.lrc", "[00:01.00]one\n[00:02.00]two", LyricsLevel.Lines)]
    [InlineData("a.txt", "one two\nthree", LyricsLevel.Plain)]
    [InlineData("a.srt", "1\n00:00:01,000 --> 00:00:02,000\none two\n", LyricsLevel.Lines)]
    [InlineData("a.lrc", "[au: instrumental]", LyricsLevel.Instrumental)]
    [InlineData("a.lrc", "[00:00.00]Instrumental", LyricsLevel.Instrumental)]
    [InlineData("a.txt", "\u266a", LyricsLevel.Instrumental)]
    [InlineData("a.lrc", "[ti:only a title]", LyricsLevel.None)]
    public void Lyrics_are_worth_what_they_tell(string name, string text, LyricsLevel level) =>
        Assert.Equal(level, LyricsSurvey.Of(Encoding.UTF8.GetBytes(text), name));
}
