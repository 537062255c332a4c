using Libretto.Lyrics;
using Libretto.Pipeline;

namespace Libretto.Tests.Lyrics;

public class LyricsFormatsTests
{
    [Fact]
    public void Formats_are_found_by_their_names() =>
        Assert.All(
            ["json", "lrc", "elrc", "srt", "vtt", "ass", "ttml", "txt", "verbose_json", " LRC"],
            name => Assert.Equal(name.Trim(), LyricsFormats.Named(name).Name, ignoreCase: true));

    [Theory]
    [InlineData("song.json", "json")]
    [InlineData("out/My Song.LRC", "lrc")]
    [InlineData("song.elrc", "elrc")]
    [InlineData("song.verbose.json", "verbose_json")]
    public void Formats_are_found_by_the_end_of_a_file_s_name(string path, string name) => Assert.Equal(name, LyricsFormats.ForFile(path).Name);

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        var error = Assert.Throws<LyricsFormatException>(() => LyricsFormats.Named("mp3"));
        Assert.Equal("unknown_format", error.Code);
        Assert.Contains("json, lrc, elrc, srt, vtt, ass, ttml, txt", error.Message, StringComparison.Ordinal);
        Assert.Throws<LyricsFormatException>(() => LyricsFormats.ForFile("song"));
    }

    [Fact]
    public void Lyrics_without_times_become_text_json_or_a_Lyricsfile_and_nothing_else()
    {
        var words = LyricsFormats.PlainText.Read("\uFEFFHello again\r\n\r\n  今日は、 world \r\n");
        Assert.False(words.IsTimed);
        Assert.Equal(["Hello again", "今日は、world"], words.Lines.Select(line => line.Text));
        Assert.Equal(words.Lines.Select(line => line.Text), LyricsFormats.Json.Read(LyricsFormats.Json.Write(words)).Lines.Select(line => line.Text));
        foreach (var format in LyricsFormats.All.Except([LyricsFormats.PlainText, LyricsFormats.Json, LyricsFormats.Lyricsfile]))
            Assert.Equal("lyrics_untimed", Assert.Throws<LyricsFormatException>(() => format.Write(words)).Code);
    }

    [Fact]
    public void A_number_is_written_the_same_in_every_country()
    {
        var culture = Thread.CurrentThread.CurrentCulture;
        var comma = (System.Globalization.CultureInfo)culture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "minus";
        var expected = LyricsFormats.All.Select(format => format.Write(Documents.Sample)).ToList();
        try
        {
            Thread.CurrentThread.CurrentCulture = comma;
            Assert.Equal(expected, LyricsFormats.All.Select(format => format.Write(Documents.Sample)));
        }
        finally
        {
            Thread.CurrentThread.CurrentCulture = culture;
        }
    }
}
