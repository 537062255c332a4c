using CsCheck;
using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

/// <summary>What each format promises to hold, over generated documents of all scripts and odd characters.</summary>
public class RoundTripTests
{
    private const double Millisecond = 0.0005;
    private const double Hundredth = 0.00501;

    [Fact]
    public void Json_holds_everything() => Documents.Normalized.Sample(document =>
    {
        var json = LyricsFormats.Json.Write(document);
        var read = LyricsFormats.Json.Read(json);
        Assert.Equal(json, LyricsFormats.Json.Write(read));
        SameWords(document, read, Millisecond, ends: true);
        Assert.Equal(Documents.Words(document), Documents.Words(read));
        Assert.Equal((document.Title, document.Artist, document.Language, document.Duration), (read.Title, read.Artist, read.Language, read.Duration));
    });

    [Fact]
    public void Json_holds_source_method_checks_and_lines_not_sung()
    {
        var read = LyricsFormats.Json.Read(LyricsFormats.Json.Write(Documents.Sample));
        Assert.Equal(Documents.Sample.Source, read.Source);
        Assert.Equal(Documents.Sample.Checks, read.Checks);
        Assert.Equal(Documents.Sample.Method!.Lyrics, read.Method!.Lyrics);
        Assert.Equal(1, read.Method.Guards!["loop"]);
        Assert.False(read.Lines[1].Sung);
    }

    [Fact]
    public void Ttml_holds_every_word_to_a_millisecond() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.Ttml.Read(LyricsFormats.Ttml.Write(document)));
        SameWords(document, read, Millisecond, ends: true);
        Assert.Equal(document.Duration, read.Duration);
        Assert.Equal((document.Title, document.Artist, document.Language), (read.Title, read.Artist, read.Language));
    });

    [Fact]
    public void Lyricsfile_holds_every_word_to_a_millisecond() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.Lyricsfile.Read(LyricsFormats.Lyricsfile.Write(document)));
        SameWords(document, read, Millisecond, ends: true);
        Assert.Equal((document.Title, document.Artist, document.Language, document.Duration), (read.Title, read.Artist, read.Language, read.Duration));
    });

    [Fact]
    public void Audacitys_labels_hold_every_word_to_a_millisecond() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.Audacity.Read(LyricsFormats.Audacity.Write(document)));
        SameLines(document, read, Millisecond, ends: true);
        SameWords(document, read, Millisecond, ends: true);
    });

    [Fact]
    public void Verbose_json_holds_every_word_to_a_millisecond() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.VerboseJson.Read(LyricsFormats.VerboseJson.Write(document)));
        SameWords(document, read, Millisecond, ends: true);
        Assert.Equal((document.Language, document.Duration), (read.Language, read.Duration));
    });

    [Fact]
    public void Enhanced_lrc_holds_the_starts_of_words_to_ten_milliseconds() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.EnhancedLrc.Read(LyricsFormats.EnhancedLrc.Write(document)));
        SameWords(document, read, Hundredth, ends: false);
        SameMetadata(document, read);
    });

    [Fact]
    public void Lrc_holds_the_starts_of_lines_to_ten_milliseconds() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.Lrc.Read(LyricsFormats.Lrc.Write(document)));
        SameLines(document, read, Hundredth, ends: false);
        SameMetadata(document, read);
    });

    [Fact]
    public void SubRip_holds_lines_to_a_millisecond() => Documents.Normalized.Sample(document =>
        SameLines(document, Normalized(LyricsFormats.SubRip.Read(LyricsFormats.SubRip.Write(document))), Millisecond, ends: true));

    [Fact]
    public void WebVtt_holds_lines_and_the_starts_of_words_to_a_millisecond() => Documents.Normalized.Sample(document =>
    {
        var read = Normalized(LyricsFormats.WebVtt.Read(LyricsFormats.WebVtt.Write(document)));
        SameLines(document, read, Millisecond, ends: true);
        // Only a file in which no line has a second word tells nothing of words.
        if (document.Lines.Any(line => line.Words.Count > 1))
            SameWords(document, read, Millisecond, ends: false);
    });

    [Fact]
    public void Plain_text_holds_words_and_lines() => Documents.Normalized.Sample(document =>
    {
        var read = LyricsFormats.PlainText.Read(LyricsFormats.PlainText.Write(document));
        Assert.Equal(document.Lines.Select(line => line.Text), read.Lines.Select(line => line.Text));
        Assert.Equal(document.Lines.Count == 0, read.IsTimed);
        Assert.All(read.Lines.SelectMany(line => line.Words), word => Assert.True(word is { Start: 0, End: 0, Estimated: true }));
    });

    [Fact]
    public void Broken_words_are_written_and_read_by_every_format() => Documents.BrokenWords.Sample(words =>
    {
        var document = new LyricsDocument
        {
            Duration = 60,
            Lines = words.Length == 0 ? [] : [LyricsLine.Of(words), LyricsLine.Of([new LyricsWord("end", 59, 60)])],
        };
        foreach (var format in LyricsFormats.All)
        {
            var text = format.Write(document);
            if (format.CanRead)
                Normalized(format.Read(text));
        }
    });

    [Fact]
    public void A_song_without_words_is_written_and_read_by_every_format()
    {
        var document = new LyricsDocument { Duration = 61.5, Lines = [] };
        foreach (var format in LyricsFormats.All.Where(format => format.CanRead))
            Assert.Empty(Normalized(format.Read(format.Write(document))).Lines);
    }

    private static LyricsDocument Normalized(LyricsDocument document)
    {
        Assert.Empty(DocumentRules.Validate(document));
        return document;
    }

    private static void SameMetadata(LyricsDocument expected, LyricsDocument actual)
    {
        Assert.Equal((expected.Title, expected.Artist, expected.Language), (actual.Title, actual.Artist, actual.Language));
        Assert.InRange(actual.Duration - expected.Duration, -0.0001, 0.0101);
    }

    private static void SameLines(LyricsDocument expected, LyricsDocument actual, double tolerance, bool ends)
    {
        Assert.Equal(expected.Lines.Select(line => line.Text), actual.Lines.Select(line => line.Text));
        Assert.All(expected.Lines.Zip(actual.Lines), pair =>
        {
            Assert.Equal(pair.First.Start, pair.Second.Start, tolerance);
            if (ends)
                Assert.Equal(pair.First.End, pair.Second.End, tolerance);
        });
    }

    private static void SameWords(LyricsDocument expected, LyricsDocument actual, double tolerance, bool ends)
    {
        SameLines(expected, actual, tolerance, ends);
        var (before, after) = (Documents.Words(expected), Documents.Words(actual));
        Assert.Equal(before.Select(word => word.Text), after.Select(word => word.Text));
        Assert.All(before.Zip(after), pair =>
        {
            Assert.Equal(pair.First.Start, pair.Second.Start, tolerance);
            if (ends)
                Assert.Equal(pair.First.End, pair.Second.End, tolerance);
        });
    }
}
