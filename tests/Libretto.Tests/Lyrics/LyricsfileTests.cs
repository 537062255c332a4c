using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics;

public class LyricsfileTests
{
    // As lrcget writes it (src-tauri/src/lyricsfile.rs): lines with times, no words.
    private const string OfLines = """
        version: '1.0'
        metadata:
          title: Morning
          artist: Someone
          duration_ms: 12000
          instrumental: false
        lines:
        - text: Hello again
          start_ms: 1000
          end_ms: 3000
        - text: 'yes: no'
          start_ms: 4000
        plain: |
          Hello again
          yes: no
        """;

    [Fact]
    public void Lines_of_other_writers_are_read()
    {
        var reading = LyricsReader.Read(OfLines, "song.yaml");
        Assert.Equal(LyricsFormats.Lyricsfile, reading.Format);
        Assert.Equal(["Hello again", "yes: no"], reading.Document.Lines.Select(line => line.Text));
        Assert.Equal([1.0, 4.0], reading.Document.Lines.Select(line => line.Start));
        Assert.Equal(("Morning", "Someone", 12.0), (reading.Document.Title, reading.Document.Artist, reading.Document.Duration));
    }

    [Fact]
    public void Words_put_together_are_the_line()
    {
        var text = LyricsFormats.Lyricsfile.Write(Documents.Sample);
        var read = LyricsReader.Read(text).Document;
        Assert.Contains("\"Hello \"", text, StringComparison.Ordinal);
        Assert.Equal(Documents.Words(Documents.Sample).Select(word => word.Text), Documents.Words(read).Select(word => word.Text));
    }

    [Fact]
    public void An_instrumental_says_so_and_comes_back_empty()
    {
        var text = LyricsFormats.Lyricsfile.Write(new LyricsDocument { Title = "Quiet", Duration = 60, Lines = [] });
        Assert.Contains("instrumental: true", text, StringComparison.Ordinal);
        Assert.Empty(LyricsFormats.Lyricsfile.Read(text).Lines);
    }

    [Theory]
    [InlineData("version: '1.0'\nlines: [}\n")]
    [InlineData("just: a map\n")]
    [InlineData("- a\n- list\n")]
    public void What_is_no_lyricsfile_says_why(string text) =>
        Assert.Equal("lyrics_broken", Assert.Throws<LyricsFormatException>(() => LyricsFormats.Lyricsfile.Read(text)).Code);

    [Fact]
    public void A_file_far_too_deep_is_no_danger() =>
        Assert.Throws<LyricsFormatException>(() => LyricsFormats.Lyricsfile.Read("lines: " + new string('[', 20_000)));
}
