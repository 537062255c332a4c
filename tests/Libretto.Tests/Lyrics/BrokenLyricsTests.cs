using CsCheck;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

public class BrokenLyricsTests
{
    [Theory]
    [InlineData("lrc", "\nplain words", 2)]
    [InlineData("srt", "1\n00:00:01,000 --> soon\na", 1)]
    [InlineData("srt", "\nplain words", 2)]
    [InlineData("ttml", "<tt>\n<body>\n<p begin='1'>a</body></tt>", 3)]
    [InlineData("ttml", "<!DOCTYPE tt [<!ENTITY a 'aaa'>]>\n<tt><p begin='1'>&a;</p></tt>", 1)]
    [InlineData("json", "{\n\"schema\": \"libretto/1\",\n\"duration\": \"long\", \"lines\": []}", 3)]
    [InlineData("json", "{\n\"schema\": ", 2)]
    public void A_broken_text_is_told_with_its_line(string format, string text, int line)
    {
        var error = Assert.Throws<LyricsFormatException>(() => LyricsFormats.Named(format).Read(text));
        Assert.Equal(("lyrics_broken", (int?)line), (error.Code, error.Line));
        Assert.StartsWith($"Line {line} of the ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json", "{\"schema\":\"libretto/2\"}", "lyrics_schema")]
    [InlineData("json", "{\"text\":\"Hello\"}", "lyrics_broken")]
    [InlineData("json", "[]", "lyrics_broken")]
    [InlineData("json", "{\"schema\":\"libretto/1\",\"duration\":1,\"lines\":[{\"words\":[{\"text\":\"a\",\"start\":1,\"end\":2}]}]}", "lyrics_broken")]
    [InlineData("json", "{\"schema\":\"libretto/1\",\"duration\":1,\"lines\":[null]}", "lyrics_broken")]
    [InlineData("verbose_json", "{\"text\":\"Hello\"}", "lyrics_broken")]
    [InlineData("verbose_json", "{\"words\": 7}", "lyrics_broken")]
    [InlineData("ttml", "<html/>", "lyrics_broken")]
    [InlineData("ttml", "", "lyrics_broken")]
    [InlineData("vtt", "", "lyrics_broken")]
    public void What_is_not_the_format_is_refused(string format, string text, string code) =>
        Assert.Equal(code, Assert.Throws<LyricsFormatException>(() => LyricsFormats.Named(format).Read(text)).Code);

    [Fact]
    public void Damaged_texts_give_lawful_lyrics_or_a_clear_error()
    {
        var files = LyricsFormats.All.Where(format => format.CanRead).Select(format => (format, text: format.Write(Documents.Sample))).ToArray();
        const string Syntax = "0123456789:.,<>[]{}-\"\n& ";
        var syntax = Gen.Int[0, Syntax.Length - 1].Select(i => Syntax[i]).Array[0, 4].Select(characters => new string(characters));
        Gen.Select(Gen.Int[0, files.Length - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 30], Gen.OneOf(Gen.String[0, 4], syntax)).Array[1, 4])
            .Sample((file, damages) =>
            {
                var (format, text) = files[file];
                foreach (var (where, removed, inserted) in damages)
                {
                    var at = (int)(where * text.Length);
                    text = text.Remove(at, Math.Min(removed, text.Length - at)).Insert(at, inserted);
                }
                try
                {
                    Assert.Empty(DocumentRules.Validate(format.Read(text)));
                }
                catch (LyricsFormatException error)
                {
                    Assert.NotEmpty(error.Message);
                }
            }, iter: 2000);
    }
}
