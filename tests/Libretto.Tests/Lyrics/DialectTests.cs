using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

/// <summary>What other programs write, and what they write wrongly. All texts are made for these tests.</summary>
public class DialectTests
{
    [Fact]
    public void Lrc_lines_with_several_times_are_sung_several_times() =>
        Assert.Equal(
            [(5, "Intro"), (10, "La la"), (80, "La la")],
            Starts(LyricsFormats.Lrc.Read("[00:10.00][01:20.00]La la\n[00:05]Intro\n")));

    [Theory]
    [InlineData("[1:02]a", 62)]
    [InlineData("[01:02.5]a", 62.5)]
    [InlineData("[01:02.05]a", 62.05)]
    [InlineData("[01:02.345]a", 62.345)]
    [InlineData("[01:02:34]a", 62.34)]
    [InlineData("[01:02,34]a", 62.34)]
    [InlineData("[123:02.34]a", 7382.34)]
    [InlineData("[1:02:03.45]a", 3723.45)]
    [InlineData("\uFEFF[01:02.00] a\r\n", 62)]
    [InlineData("[offset:+500]\n[01:02.00]a", 61.5)]
    [InlineData("[offset: -500]\n[01:02.00]a", 62.5)]
    public void Lrc_times_come_in_many_shapes(string lrc, double start) => Assert.Equal([(start, "a")], Starts(LyricsFormats.Lrc.Read(lrc)));

    [Fact]
    public void Lrc_fields_are_read_and_comments_are_not()
    {
        var document = LyricsFormats.Lrc.Read("[ti: A Title]\n[AR:Someone]\n[by:me]\n[length: 2:58]\nmade by hand\n[Verse 1]\n\n[00:01.00]Hello\n");
        Assert.Equal(("A Title", "Someone", 178.0), (document.Title, document.Artist, document.Duration));
        Assert.Equal("Hello", Assert.Single(document.Lines).Text);
    }

    [Fact]
    public void Lrc_lines_end_where_an_empty_one_clears_them()
    {
        var document = LyricsFormats.Lrc.Read("[00:01.00]Hello\n[00:03.00]\n[00:20.00]again\n");
        Assert.Equal([3, 21.5], document.Lines.Select(line => line.End));
    }

    [Fact]
    public void A_second_lrc_line_at_the_same_time_is_a_translation()
    {
        var document = LyricsFormats.Lrc.Read("[00:01.00]Bonjour\n[00:01.00]Hello\n[00:04.00]toi\n[00:04.00]you\n");
        Assert.Equal([("Bonjour", "Hello"), ("toi", "you")], document.Lines.Select(line => (line.Text, line.Translation!.Text)));
        Assert.Empty(DocumentRules.Validate(document));
    }

    [Theory]
    [InlineData("[00:10.00] <00:10.00> Some <00:10.50> more <00:11.00> words <00:12.00>")]
    [InlineData("[00:10.00]Some <00:10.50>more <00:11.00>words<00:12.00>")]
    [InlineData("[00:10.00]Some [00:10.50]more [00:11.00]words[00:12.00]")]
    [InlineData("[00:10.00]<00:10.00>So<00:10.20>me <00:10.50>more <00:11.00>words\n[00:12.00]")]
    public void Word_times_of_lrc_come_in_many_shapes(string lrc)
    {
        var line = Assert.Single(LyricsFormats.EnhancedLrc.Read(lrc).Lines);
        Assert.Equal([("Some", 10, 10.5), ("more", 10.5, 11), ("words", 11, 12)], line.Words.Select(word => (word.Text, word.Start, word.End)));
    }

    [Fact]
    public void Word_times_go_along_with_a_repeated_line()
    {
        var document = LyricsFormats.EnhancedLrc.Read("[00:10.00][01:10.00]<00:10.00>La <00:10.50>li<00:11.00>");
        Assert.Equal([10, 10.5, 70, 70.5], Documents.Words(document).Select(word => word.Start));
    }

    [Fact]
    public void SubRip_is_read_with_styles_coordinates_points_and_without_numbers()
    {
        var document = LyricsFormats.SubRip.Read(
            "\uFEFF1\r\n00:00:01,000 --> 00:00:02,500  X1:100 X2:200\r\n{\\an8}<i>Hello</i>\r\n<font color=\"#fff\">again</font>\r\n\r\n" +
            "0:00:03.5-->00:00:04.5\r\nI <3 you\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\n1999\r\n");
        Assert.Equal([(1, "Hello again"), (3.5, "I <3 you"), (5, "1999")], Starts(document));
        Assert.Equal(2.5, document.Lines[0].End);
        Assert.All(Documents.Words(document), word => Assert.True(word.Estimated));
    }

    [Fact]
    public void WebVtt_is_read_with_notes_styles_names_and_entities()
    {
        var document = LyricsFormats.WebVtt.Read(
            "WEBVTT - made by hand\nKind: captions\n\nNOTE\nnot --> this\n\nSTYLE\n::cue { color: red }\n\nfirst\n00:01.000 --> 00:02.500 align:start\n" +
            "<v Anna><b>R&amp;B</b> &#233;t&eacute;\n\n00:03.000 --> 00:05.000\nBig <00:04.000><c.x>wor</c><00:04.500>ld\n");
        Assert.Equal([(1, "R&B été"), (3, "Big world")], Starts(document));
        Assert.Equal([3, 4], document.Lines[1].Words.Select(word => word.Start));
    }

    [Fact]
    public void Rolling_captions_hold_every_word_once()
    {
        var document = LyricsFormats.WebVtt.Read(
            "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n \nhello<00:00:01.500><c> my</c><00:00:02.000><c> friend</c>\n\n" +
            "00:00:03.000 --> 00:00:03.010\nhello my friend\n \n\n" +
            "00:00:03.010 --> 00:00:05.000\nhello my friend\nhow<00:00:03.500><c> are</c><00:00:04.000><c> you</c>\n");
        Assert.Equal([(1, "hello my friend"), (3.01, "how are you")], Starts(document));
    }

    [Fact]
    public void Ttml_times_come_in_many_shapes()
    {
        var document = LyricsFormats.Ttml.Read(
            """
            <tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" ttp:frameRate="25" ttp:tickRate="1000">
              <body><div>
                <p begin="1.5s" dur="500ms">one</p><p begin="00:00:03:05" end="4s">two<br/>more</p><p begin="0:05.250" end="6000t">three</p>
                <p begin="7" end="8.5">four</p>
              </div></body></tt>
            """);
        Assert.Equal([(1.5, "one"), (3.2, "two more"), (5.25, "three"), (7, "four")], Starts(document));
        Assert.Equal(2, document.Lines[0].End);
    }

    [Theory]
    [InlineData("10", "10.5", "10.5", "11")]
    [InlineData("0", "0.5", "0.5", "1")]
    public void Ttml_times_of_words_may_count_from_the_song_or_from_the_line(string begin1, string end1, string begin2, string end2)
    {
        var document = LyricsFormats.Ttml.Read(
            $"<tt><body><div><p begin='10' end='12'><span begin='{begin1}' end='{end1}'>Hel</span><span begin='{begin2}' end='{end2}'>lo</span> " +
            "<span xmlns:m='x#metadata' m:role='x-translation'>Salut</span></p></div></body></tt>");
        var word = Assert.Single(Documents.Words(document));
        Assert.Equal(("Hello", 10, 11), (word.Text, word.Start, word.End));
        Assert.Equal([new("Hel", 10, 10.5), new("lo", 10.5, 11)], word.Syllables!);
        Assert.Equal("Salut", document.Lines[0].Translation!.Text);
    }

    [Fact]
    public void Ttml_without_times_is_read_as_words() => Assert.False(LyricsFormats.Ttml.Read("<tt><body><div><p>Hello again</p></div></body></tt>").IsTimed);

    [Theory]
    [InlineData("\"words\":[{\"word\":\" And\",\"start\":0.32,\"end\":0.5},{\"word\":\"so\",\"start\":0.5,\"end\":0.7}],\"segments\":[{\"id\":0,\"start\":0,\"end\":10.4,\"text\":\" And so\"}]")]
    [InlineData("\"segments\":[{\"start\":0,\"end\":10.4,\"text\":\" And so\",\"words\":[{\"word\":\" And\",\"start\":0.32,\"end\":0.5},{\"word\":\"so\",\"start\":0.5,\"end\":0.7}]}]")]
    [InlineData("\"words\":[{\"word\":\"And\",\"start\":0.32,\"end\":0.5},{\"word\":\"so\",\"start\":0.5,\"end\":0.7}]")]
    public void Verbose_json_has_its_words_in_many_places(string fields)
    {
        var document = LyricsFormats.VerboseJson.Read($"{{\"language\":\"English\",\"duration\":11.0,{fields},\"x_groq\":{{\"id\":\"req_1\"}}}}");
        Assert.Equal(("en", 11.0), (document.Language, document.Duration));
        Assert.Equal([new("And", 0.32, 0.5), new("so", 0.5, 0.7)], Assert.Single(document.Lines).Words);
    }

    [Fact]
    public void Json_ignores_fields_it_does_not_know_and_spreads_lines_without_words()
    {
        var document = LyricsFormats.Json.Read(
            "{\"new\":{\"a\":[1]},\"lines\":[{\"start\":1,\"end\":2,\"text\":\"la la\",\"voice\":\"Anna\"}],\"duration\":3.00049,\"schema\":\"libretto/1\"}");
        Assert.Equal(3, document.Duration);
        Assert.Equal([(1, 1.5, true), (1.5, 2, true)], document.Lines[0].Words.Select(word => (word.Start, word.End, word.Estimated!.Value)));
    }

    private static IEnumerable<(double, string)> Starts(LyricsDocument document) => document.Lines.Select(line => (line.Start, line.Text));
}
