using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Files as people have them, read through the one front door: what comes of them, and what is said.</summary>
public class OtherPeoplesFilesTests
{
    private const string Ttml = "<tt xmlns='http://www.w3.org/ns/ttml' xmlns:ttm='http://www.w3.org/ns/ttml#metadata' xmlns:tts='http://www.w3.org/ns/ttml#styling'><body><div>";

    [Fact]
    public void Ttml_times_are_not_doubled_by_one_word_that_leaves_its_line() => Reads(
        Ttml + "<p begin='30' end='32'><span begin='30' end='31'>Sing</span> <span begin='31' end='32.002'>out</span></p>" +
            "<p begin='40' end='42'><span begin='39.999' end='41'>sing</span> <span begin='41' end='42'>on</span></p></div></body></tt>",
        "30-32.002 Sing out | 39.999-42 sing on");

    [Fact]
    public void Ttml_times_count_from_the_line_where_most_of_them_can_only_be_meant_so() => Reads(
        Ttml + "<p begin='30s' end='33s'><span begin='0s' end='1s'>Sing</span> <span begin='1s' end='3s'>out</span></p></div></body></tt>", "30-33 Sing out");

    [Fact]
    public void An_empty_ttml_span_says_nothing_of_times() => Reads(
        Ttml + "<p begin='5' end='7'><span begin='5' end='6'>Sing</span><span begin='0' end='0'> </span><span begin='6' end='7'>out</span></p></div></body></tt>", "5-7 Sing out");

    [Fact]
    public void Ttml_backgrounds_and_duets_keep_their_own_times()
    {
        var reading = Reads(
            Ttml + "<p begin='5' end='9' ttm:agent='v1'><span begin='5' end='7'>Hold</span> <span begin='7' end='9'>on</span>" +
                "<span ttm:role='x-bg'><span begin='6' end='7'>(hold</span> <span begin='7' end='9.5'>on)</span></span></p>" +
                "<p begin='8' end='10' ttm:agent='v2'><span begin='8' end='10'>Yes</span></p></div></body></tt>",
            "5-9 Hold on | 6-9.5 (hold on) | 8-10 Yes");
        Assert.Equal([(LyricsVoice.First, null), (LyricsVoice.First, true), (LyricsVoice.Second, (bool?)null)],
            reading.Document.Lines.Select(line => (line.Voice!.Value, line.Background)));
        // What the format can hold is there again, and nothing has to be said.
        var notices = new LyricsNotices();
        Reads(LyricsFormats.Ttml.Write(reading.Document, notices), "5-9 Hold on | 6-9.5 (hold on) | 8-10 Yes");
        Assert.Empty(notices.Messages);
        LyricsFormats.Lrc.Write(reading.Document, notices);
        Assert.Contains(notices.Messages, notice => notice.Contains("while another does", StringComparison.Ordinal));
        Assert.Contains(notices.Messages, notice => notice.Contains("voice", StringComparison.Ordinal));
    }

    [Fact]
    public void Readings_above_ttml_characters_are_not_sung_twice() => Says("ruby", Reads(
        Ttml + "<p begin='1' end='4'><span tts:ruby='container'><span tts:ruby='base'>空</span><span tts:ruby='text' begin='1' end='2'>そら</span></span>" +
            "<span begin='2' end='3'>の</span><span begin='3' end='4'>下</span></p></div></body></tt>",
        "1-4 空の下"));

    [Fact]
    public void Readings_above_webvtt_characters_are_not_sung_twice() => Says("ruby", Reads(
        "WEBVTT\n\n00:01.000 --> 00:04.000\n<ruby>空<rp>(</rp><rt>そら</rt><rp>)</rp>青<rt>あお</ruby>い\n", "1-4 空青い"));

    [Fact]
    public void Ttml_times_count_from_the_division_where_they_can_only_be_meant_so()
    {
        const string Division = "<tt xmlns='http://www.w3.org/ns/ttml'><body><div begin='10s' end='20s'>";
        Reads(Division + "<p begin='1s' end='2s'>Sing</p><p begin='3s' end='4s'><span begin='3s' end='4s'>on</span></p></div></body></tt>", "11-12 Sing | 13-14 on");
        Reads(Division + "<p begin='11s' end='12s'>Sing</p><p begin='13s' end='14s'>on</p></div></body></tt>", "11-12 Sing | 13-14 on");
    }

    [Fact]
    public void A_segment_without_an_end_lasts_as_long_as_its_text_takes() => Reads(
        """[{"start":1,"text":"Sing out"},{"start":2,"end":3,"text":"louder"},{"start":5,"text":"now"}]""", "1-2 Sing out | 2-3 louder | 5-6.5 now");

    [Fact]
    public void What_a_karaoke_effect_cut_into_syllables_is_read_from_the_lines_it_was_made_from() => Says("effect", Reads(
        "[Script Info]\n[Events]\n" +
        "Comment: 0,0:00:01.00,0:00:03.00,K,,0,0,0,karaoke,{\\k50}Won{\\k50}der{\\k100}wall\n" +
        "Dialogue: 0,0:00:00.80,0:00:03.00,K,,0,0,0,fx,{\\pos(1,2)}Won\nDialogue: 0,0:00:00.80,0:00:03.00,K,,0,0,0,fx,{\\pos(3,2)}der\n" +
        "Dialogue: 0,0:00:04.00,0:00:05.00,K,,0,0,0,,by now\n", "1-3 Wonderwall | 4-5 by now"));

    [Fact]
    public void A_wrong_value_in_our_own_json_costs_its_word_or_line()
    {
        var reading = Reads(
            """
            {"schema":"libretto/1","duration":20,"title":["x"],"sections":[{"name":"End","line":4}],"lines":[
            {"start":1,"end":2,"text":"good one","words":[{"text":"good","start":1,"end":1.5},{"text":"one","start":1.5,"end":2}]},
            {"start":"soon","words":[{"text":"half","start":3,"end":4},{"text":"lost","start":"x","end":5}]},
            "oops",{"text":"no words","start":6,"end":8},
            {"start":8,"end":9,"text":"last","words":[{"text":"last","start":8,"end":9,"confidence":"high"}]}]}
            """,
            "1-2 good one | 3-4 half | 6-8 no words | 8-9 last");
        Says("lines[1].words[1]", reading);
        Says("lines[2]", reading);
        Says("title", reading);
        Assert.Equal(new LyricsSection("End", 3), Assert.Single(reading.Document.Sections!));
    }

    [Fact]
    public void A_wrong_value_in_a_lyricsfile_costs_its_word_or_line()
    {
        var reading = Reads(
            "version: '1.0'\nlines:\n- text: good\n  start_ms: 1000\n  end_ms: 2000\n- text: bad\n  start_ms: soon\n- oops\n" +
            "- text: last one\n  start_ms: 5000\n  end_ms: 7000\n  words: 7\n",
            "1-2 good | 5-7 last one");
        Says("lines[1].start_ms", reading);
        Says("lines[2]", reading);
        Says("lines[3].words", reading);
    }

    [Theory]
    [InlineData("- text: 'bro\n  start_ms: 3000\n")]
    [InlineData("- text: [bro}\n  start_ms: 3000\n")]
    [InlineData("- text: \"bro\\q\"\n  start_ms: 3000\n")]
    [InlineData("-\ttext: bro\n   - x: : y\n")]
    public void An_entry_that_breaks_the_yaml_of_a_lyricsfile_costs_itself(string entry)
    {
        var reading = LyricsReader.Read(
            "version: '1.0'\nlines:\n- text: one\n  start_ms: 1000\n  end_ms: 2000\n" + entry +
            "- text: two\n  start_ms: 4000\n  end_ms: 5000\n- text: three\n  start_ms: 6000\n  end_ms: 7000\n", "song.yaml");
        Assert.Contains("one", reading.Document.Lines.Select(line => line.Text));
        Assert.Contains("three", reading.Document.Lines.Select(line => line.Text));
        Says("YAML", reading);
    }

    [Fact]
    public void Plain_text_of_ours_is_read_as_such_whatever_its_lines_look_like()
    {
        foreach (var text in (string[])["WEBVTT", "[00:01.00] la", "{", "<tt>", "1:00 --> 2:00", "Dialogue: 0,1,2,3,4,5,6,7,8,9", "lines:", "#TITLE:x", "[100,200]a"])
        {
            LyricsLine[] lines = [.. Enumerable.Repeat(LyricsLine.Of([.. text.Split(' ').Select(word => new LyricsWord(word, 0, 0) { Estimated = true })]), 3)];
            var written = LyricsFormats.PlainText.Write(new LyricsDocument { Duration = 0, Lines = lines });
            Assert.Equal(lines.Select(line => line.Text), LyricsReader.Read(written, "song.txt").Document.Lines.Select(line => line.Text));
        }
    }

    [Fact]
    public void Ttml_that_was_indented_has_its_words_whole() => Reads(
        Ttml + "<p begin='1' end='4'>\n    <span begin='1' end='2'>Won</span>\n    <span begin='2' end='3'>der </span>\n    <span begin='3' end='4'>wall</span>\n  </p>" +
            "<p begin='5' end='7'>\n <span begin='5' end='6'>By</span>\n <span begin='6' end='7'>now</span>\n</p></div></body></tt>",
        "1-4 Wonder wall | 5-7 By now");

    [Fact]
    public void A_document_type_in_ttml_is_refused_in_our_own_words()
    {
        var error = Assert.Throws<LyricsFormatException>(() => LyricsReader.Read("<?xml version='1.0'?>\n<!DOCTYPE tt [<!ENTITY x 'y'>]><tt/>", "a.ttml"));
        Assert.Contains("document type", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Line);
    }

    [Fact]
    public void A_stray_ampersand_in_ttml_is_mended() =>
        Says("&", Reads(Ttml + "<p begin='1' end='2'>Rock & roll&nbsp;on</p></div></body></tt>", "1-2 Rock & roll\u00A0on"));

    [Fact]
    public void Ttml_translations_and_parts_are_kept_apart()
    {
        var document = LyricsReader.Read(
            "<tt xmlns='http://www.w3.org/ns/ttml' xmlns:itunes='http://music.apple.com/lyric-ttml-internal'><head><metadata><iTunesMetadata><translations>" +
            "<translation xml:lang='en'><text for='L1'>Good day</text></translation></translations></iTunesMetadata></metadata></head>" +
            "<body><div itunes:songPart='Verse'><p begin='1' end='2' itunes:key='L1'>Guten Tag</p></div></body></tt>").Document;
        Assert.Equal(new LyricsTranslation("en", "Good day"), document.Lines[0].Translation);
        Assert.Equal([new LyricsSection("Verse", 0)], document.Sections!);
    }

    [Fact]
    public void Lrc_voices_are_no_words()
    {
        var reading = Reads(
            "[00:10.00]v1: <00:10.00>Hello <00:11.00>there<00:12.00>\n[00:10.01]v2: <00:11.50>Good <00:12.00>day<00:13.00>\n[bg:<00:12.20>(oh <00:12.60>oh)<00:13.20>]\n",
            "10-12 Hello there | 11.5-13 Good day | 12.2-13.2 (oh oh)");
        Assert.Equal([LyricsVoice.First, LyricsVoice.Second, LyricsVoice.Second], reading.Document.Lines.Select(line => line.Voice!.Value));
        Assert.True(reading.Document.Lines[2].Background);
    }

    [Fact]
    public void Walaoke_marks_are_voices()
    {
        var reading = Reads("[00:10.00]One\n[00:12.00]M: Two\n[00:14.00]F: Three\n[00:16.00]D: Four\n[00:18.00]\n", "10-11.5 One | 12-13.5 Two | 14-15.5 Three | 16-18 Four");
        Assert.Equal([null, LyricsVoice.First, LyricsVoice.Second, LyricsVoice.Both], reading.Document.Lines.Select(line => line.Voice));
    }

    [Fact]
    public void An_lrc_line_without_a_time_is_kept_and_said()
    {
        var reading = LyricsReader.Read("[00:01.00]Good day\n(Guten Tag)\n[00:05.00]Bye\n", "a.lrc");
        Assert.Equal([("Good day", null), ("(Guten Tag)", false), ("Bye", (bool?)null)], reading.Document.Lines.Select(line => (line.Text, line.Sung)));
        Says("Line 2: the line has no time", reading);
    }

    [Theory]
    [InlineData("[01:60.00]a", 120)]
    [InlineData("[00:07.987654321]a", 7.987)]
    [InlineData("[-00:01.00]a", 0)]
    [InlineData("[00:07:50]a", 7.5)]
    [InlineData("[ 00:07.50 ]a", 7.5)]
    [InlineData("[offset:+250ms]\n[00:07.50]a", 7.25)]
    [InlineData("[offset:soon]\n[00:07.50]a", 7.5)]
    public void Odd_lrc_times_cost_no_file(string lrc, double start) =>
        Assert.Equal((start, "a"), LyricsReader.Read(lrc, "a.lrc").Document.Lines.Select(line => (line.Start, line.Text)).Single());

    [Fact]
    public void A_time_in_an_lrc_text_is_text() =>
        Reads("[00:10.00][9:30 am] coffee\n[00:14.00][2:12] she read\n[00:20.00]\n", "10-11.6 [9:30 am] coffee | 14-20 [2:12] she read");

    [Fact]
    public void Lrc_of_tags_only_is_read_and_said() => Says("no words", LyricsReader.Read("[ti:Quiet]\n[ar:Nobody]\n", "a.lrc"));

    [Fact]
    public void Thai_is_cut_into_clusters()
    {
        var line = LyricsReader.Read("[00:01.00]ฟ้าสวยเพราะเธอ\n[00:05.00]\n", "a.lrc").Document.Lines[0];
        Assert.Equal("ฟ้าสวยเพราะเธอ", line.Text);
        Assert.True(line.Words.Count > 4);
        Assert.All(line.Words, word => Assert.True(word.Text.Length <= 4));
    }

    [Fact]
    public void Subtitles_that_overlap_keep_their_times()
    {
        var reading = Reads(
            "1\n00:00:10,000 --> 00:00:16,000\nlong line goes on\n\n2\n00:00:12,000 --> 00:00:14,000\n(la la)\n\n3\n00:00:15,500 --> 00:00:18,000\nnext one\n",
            "10-16 long line goes on | 12-14 (la la) | 15.5-18 next one");
        Assert.Equal([null, true, null], reading.Document.Lines.Select(line => line.Background));
    }

    [Fact]
    public void An_empty_line_within_a_subtitle_ends_nothing() => Reads(
        "1\n00:00:01,000 --> 00:00:03,000\nfirst half,\n\nsecond half\n\n2\n00:00:04,000 --> 00:00:05,000\nend\n", "1-3 first half, second half | 4-5 end");

    [Fact]
    public void A_backward_subtitle_costs_itself_only()
    {
        var reading = Reads(
            "1\n00:00:04,000 --> 00:00:02,000\nbackward\n\n2\n-00:00:01,000 --> 00:00:02,000\nearly\n\n3\nsoon --> later\nlost\n\n4\n00:00:09,000 --> 00:00:10,000\nfine\n",
            "0-2 early | 4-5.5 backward | 9-10 fine");
        Says("Line 2: the subtitle ends before", reading);
        Says("begins before the song", reading);
        Says("left out", reading);
    }

    [Theory]
    [InlineData("Translated by nobody\n\n1\n00:00:01,000 --> 00:00:03,000\nHello\n", "1-3 Hello", "Line 1: the text stands under no times")]
    [InlineData("WEBVTT - a song\nKind: captions\n\nSTYLE\n::cue { color: red }\n\nby nobody\n\n00:01.000 --> 00:03.000\nHello\n", "1-3 Hello", "Line 7: the text")]
    [InlineData("WEBVTT\n\nNOTE by nobody\n\nname\n00:01.000 --> 00:03.000\nHello\n", "1-3 Hello", "Line 3: comments")]
    [InlineData("1\n00:00:01,000 --> 00:00:03,000\nHello\n\n2\n00:00:01,000 --> 00:00:03,000\nyou\n", "1-3 Hello you", "Line 6: the subtitle has the times of another")]
    [InlineData("1\n00:00:01,000 --> 00:00:03,000\nHello\n\n2\n00:00:01,000 --> 00:00:03,000\nHello\n", "1-3 Hello", "Line 6: the subtitle was there already")]
    public void What_no_subtitle_of_its_own_holds_is_said(string text, string expected, string notice) => Says(notice, Reads(text, expected));

    [Fact]
    public void Head_and_names_of_subtitles_are_not_worth_a_word()
    {
        Assert.Empty(LyricsReader.Read("WEBVTT - a song\nKind: captions\nLanguage: en\n\nname\n00:01.000 --> 00:03.000\nHello\n").Notices);
        Assert.Empty(LyricsReader.Read("\n\n1\n00:00:01,000 --> 00:00:03,000\nHello\n\n\n2\n00:00:04,000 --> 00:00:05,000\nyou\n").Notices);
    }

    [Fact]
    public void A_rolling_caption_of_one_word_is_kept() => Reads(
        "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n \nstay<00:00:01.500><c> with</c><00:00:02.000><c> me</c>\n\n00:00:03.000 --> 00:00:03.010\nstay with me\n \n\n" +
        "00:00:03.010 --> 00:00:04.000\nstay with me\nalways\n\n00:00:04.000 --> 00:00:04.010\nalways\n \n",
        "1-3 stay with me | 3.01-4 always");

    [Fact]
    public void A_spoken_number_gets_the_time_that_is_free()
    {
        var words = LyricsReader.Read(
            "{\"segments\":[{\"start\":1,\"end\":4,\"text\":\" At 24 hours\",\"words\":[{\"word\":\"At\",\"start\":1,\"end\":1.8,\"score\":0.9},{\"word\":\"24\"}," +
            "{\"word\":\"hours\",\"start\":2.5,\"end\":4,\"score\":0.8}]}]}", "a.json").Document.Lines[0].Words;
        Assert.Equal([(1, 1.8), (1.8, 2.5), (2.5, 4)], words.Select(word => (word.Start, word.End)));
        Assert.Equal(0.9, words[0].Confidence);
    }

    [Theory]
    [InlineData("[{\"start\":1,\"end\":2,\"text\":\" Hello\"}]")]
    [InlineData("{\"transcription\":[{\"timestamps\":{\"from\":\"00:00:01,000\",\"to\":\"00:00:02,000\"},\"text\":\" Hello\"}]}")]
    [InlineData("{\"text\":\"Hello\",\"chunks\":[{\"timestamp\":[1.0,2.0],\"text\":\" Hello\"}]}")]
    [InlineData("{\"word_segments\":[{\"word\":\"Hello\",\"start\":\"1.0\",\"end\":2}],\"segments\":[{\"start\":1,\"end\":2,\"text\":\"Hello\"}]}")]
    public void Relatives_of_whisper_are_read(string json) => Reads(json, "1-2 Hello");

    [Fact]
    public void Karaoke_of_aegisub_is_read()
    {
        var reading = Reads(
            "[Script Info]\nTitle: A Song\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
            "Comment: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,karaoke,{\\k50}Sa{\\k50}ku{\\kf100}ra\n" +
            "Dialogue: 0,0:00:01.00,0:00:03.00,Default,,0,0,0,fx,{\\k50}Sa{\\k50}ku{\\kf100}ra\n" +
            "Dialogue: 0,0:00:04.00,0:00:06.00,Default,,0,0,0,,{\\an8\\pos(1,2)}well, so\\Nit goes\n",
            "1-3 Sakura | 4-6 well, so it goes");
        Assert.Equal([1, 1.5, 2], reading.Document.Lines[0].Words[0].Syllables!.Select(syllable => syllable.Start));
        Assert.Equal("A Song", reading.Document.Title);
    }

    [Theory]
    [InlineData("song.txt", "[ar:x]\n[00:01.00]Hello\n[00:03.00]\n", "elrc")]
    [InlineData("song.lrc", "Hello\nagain\n", "txt")]
    [InlineData(null, "\n\n1\n00:00:01,000 --> 00:00:03,000\nHello\n", "srt")]
    [InlineData("song.srt", "WEBVTT\n\n00:01.000 --> 00:03.000\nHello\n", "vtt")]
    [InlineData("words.txt", "#TITLE:x\n#BPM:100\n: 0 4 60 Hel\n: 4 4 62 lo\n- 9\n: 12 4 60 you\nE\n", "ultrastar")]
    [InlineData(null, "[Script Info]\nDialogue: 0,0:00:01.00,0:00:03.00,a,,0,0,0,,Hello\n", "ass")]
    [InlineData("words.txt", "Meet me at [4:30] or not\nHello\nI wait\nand I wait\n", "txt")]
    public void The_text_tells_its_format_not_its_name(string? name, string text, string format) => Assert.Equal(format, LyricsReader.Read(text, name).Format.Name);

    [Fact]
    public void Headers_of_any_length_hide_no_times() => Assert.Equal(
        "elrc", LyricsReader.Read("[ti:x]\n" + string.Concat(Enumerable.Repeat("[al:" + new string('x', 300) + "]\n", 20)) + "[00:01.00]Hello\n").Format.Name);

    [Fact]
    public void What_would_be_sung_as_syntax_is_refused()
    {
        const string Karaoke = "[1000,2000]<0,500,0>Hello <500,500,0>you\n[4000,2000]<0,500,0>again\n";
        Assert.Contains("does not read", Assert.Throws<LyricsFormatException>(() => LyricsReader.Read(Karaoke, "a.txt")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_song_is_as_long_as_is_refused()
    {
        foreach (var text in (string[])[new('愛', 50_001), string.Concat(Enumerable.Repeat("la\n", 50_001)), "[00:01.00]" + string.Concat(Enumerable.Repeat("la ", 50_001))])
            Assert.Equal("lyrics_too_large", Assert.Throws<LyricsFormatException>(() => LyricsReader.Read(text)).Code);
    }

    private static LyricsReading Reads(string text, string expected)
    {
        var reading = LyricsReader.Read(text);
        Assert.Equal(expected, string.Join(" | ", reading.Document.Lines.Select(line => FormattableString.Invariant($"{line.Start}-{line.End} {line.Text}"))));
        Assert.Empty(DocumentRules.Validate(reading.Document));
        return reading;
    }

    private static void Says(string what, LyricsReading reading) =>
        Assert.Contains(reading.Notices, notice => notice.Contains(what, StringComparison.Ordinal));
}
