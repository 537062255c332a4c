using CsCheck;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics;

/// <summary>Romanizations and translations: what each format keeps of them.</summary>
public class SecondLinesTests
{
    private static readonly (string Line, string Romanized, string Meaning)[] s_lines =
    [
        ("さよなら 君を 愛してる", "sayonara kimi o aishiteru", "Goodbye, I love you"),
        ("Привет мой город", "Privet moy gorod", "Hello my town"),
        ("我 爱 你", "wǒ ài nǐ", "[00:12.34] I love you"),
        ("사랑해 너를", "salanghae neoleul", "v2: Je t'aime"),
        ("夜 に", "yo ru ni", "#1 in the night"),
    ];

    /// <summary>Lines of other scripts in any order, with a romanization, a translation, or both.</summary>
    private static readonly Gen<LyricsDocument> s_documents =
        from picks in Gen.Int[0, s_lines.Length - 1].Array[1, 8]
        from what in Gen.Int[1, 3]
        from gap in Gen.Int[0, 4000]
        select new LyricsDocument
        {
            Duration = picks.Length * 10 + 10,
            Lines = [.. picks.Select((pick, i) => Line(s_lines[pick].Line, i * 10 + gap / 1000.0) with
            {
                Romanized = (what & 1) != 0 ? s_lines[pick].Romanized : null,
                Translation = (what & 2) != 0 ? new LyricsTranslation(null, s_lines[pick].Meaning) : null,
            })],
        };

    [Theory]
    [InlineData("json")]
    [InlineData("ttml")]
    [InlineData("lrc")]
    [InlineData("elrc")]
    public void They_are_read_as_they_were_written(string name) => s_documents.Sample(document =>
    {
        var format = LyricsFormats.Named(name);
        var read = format.Read(format.Write(document));
        Assert.Empty(DocumentRules.Validate(read));
        Assert.Equal(
            document.Lines.Select(line => (line.Text, line.Romanized, line.Translation)),
            read.Lines.Select(line => (line.Text, line.Romanized, line.Translation)));
    });

    [Fact]
    public void Formats_without_a_place_for_them_say_so()
    {
        var document = new LyricsDocument { Duration = 10, Lines = [Line("Привет", 1) with { Romanized = "Privet" }] };
        foreach (var format in (ILyricsFormat[])[LyricsFormats.SubRip, LyricsFormats.WebVtt])
        {
            var notices = new LyricsNotices();
            format.Write(document, notices);
            Assert.Contains(notices.Messages, notice => notice.Contains("romanizations are left out", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Ttml_has_a_time_for_each_word_of_a_romanization_that_stands_for_one_of_the_line()
    {
        var document = new LyricsDocument { Duration = 10, Language = "ru", Lines = [Line("Привет мир", 1) with { Romanized = "Privet mir" }] };
        var ttml = LyricsFormats.Ttml.Write(document);
        Assert.Contains("begin=\"00:00:01.000\" end=\"00:00:01.500\">Privet</span> <span", ttml, StringComparison.Ordinal);
        Assert.Equal("Privet mir", Assert.Single(LyricsFormats.Ttml.Read(ttml).Lines).Romanized);
    }

    [Fact]
    public void A_background_keeps_its_own_in_ttml()
    {
        var document = new LyricsDocument
        {
            Duration = 10,
            Lines =
            [
                Line("Привет", 1) with { Translation = new LyricsTranslation("en", "Hello") },
                Line("(мир)", 1.2) with { Background = true, Romanized = "(mir)", Translation = new LyricsTranslation("en", "(world)") },
            ],
        };
        var read = LyricsFormats.Ttml.Read(LyricsFormats.Ttml.Write(document));
        Assert.Equal(
            document.Lines.Select(line => (line.Text, line.Background, line.Romanized, line.Translation)),
            read.Lines.Select(line => (line.Text, line.Background, line.Romanized, line.Translation)));
    }

    [Fact]
    public void A_third_text_at_the_time_of_a_line_is_kept_but_not_sung()
    {
        var read = LyricsFormats.Lrc.Read("[00:01.00]Привет\n[00:01.00]Privet\n[00:01.00]Hello\n[00:01.00]Hallo\n");
        Assert.Equal([("Привет", null, "Privet", "Hello"), ("Hallo", (bool?)false, null, null)],
            read.Lines.Select(line => (line.Text, line.Sung, line.Romanized, line.Translation?.Text)));
    }

    private static LyricsLine Line(string text, double start) => LyricsLine.Of(
        [.. text.Split(' ').Select((word, i) => new LyricsWord(word, Math.Round(start + i * 0.5, 2), Math.Round(start + i * 0.5 + 0.5, 2)))]);
}
