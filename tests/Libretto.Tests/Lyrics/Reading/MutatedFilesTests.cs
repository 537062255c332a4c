using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Files made by us and changed as people's tools change them: the same words at the same times, or a notice of what was left out.</summary>
public partial class MutatedFilesTests
{
    /// <summary>A line that cannot be read, as it would stand in each format, and before what it may be put.</summary>
    private static readonly (ILyricsFormat Format, string Before, string Bad)[] s_badLines =
    [
        (LyricsFormats.Lrc, "\n[", "\n[00:xx.00]broken"), (LyricsFormats.EnhancedLrc, "\n[", "\n[soon]broken"),
        (LyricsFormats.SubRip, "\n\n", "\n\n7\n00:00:xx,000 --> later\nbroken"), (LyricsFormats.WebVtt, "\n\n", "\n\nsoon --> 00:later\nbroken"),
        (LyricsFormats.Ttml, "<p begin=", "<p begin=\"soon\"><span begin=\"x\">broken</span></p>"), (LyricsFormats.Ass, "\nDialogue:", "\nDialogue: 0,soon,later,Karaoke,,0,0,0,,broken"),
        (LyricsFormats.VerboseJson, "{\n      \"word\":", "{\"word\":7},"),
        (LyricsFormats.Json, "\n    {\n", "\n    {\"start\":\"soon\",\"words\":[{\"text\":\"broken\",\"start\":[]}]},"), (LyricsFormats.Json, "\n    {\n", "\n    \"broken\","),
        (LyricsFormats.Json, "\n        {\"text\":", "\n        {\"text\":\"broken\",\"start\":\"soon\",\"end\":1},"),
        (LyricsFormats.Lyricsfile, "\n- text:", "\n- text: broken\n  start_ms: soon\n  words: 7"), (LyricsFormats.Lyricsfile, "\n- text:", "\n- broken"),
        (LyricsFormats.UltraStar, "\nF ", "\nF soon later 0 broken"),
    ];

    public static TheoryData<string> Formats { get; } = [.. LyricsFormats.All.Select(format => format.Name)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Marks_line_ends_encodings_and_spaces_change_nothing(string name)
    {
        var format = LyricsFormats.Named(name);
        Gen.Select(Documents.Normalized, Gen.Int[0, 5], Gen.Int[0, 2], Gen.Bool).Sample((document, encoding, ends, spaces) =>
        {
            var text = format.Write(document);
            var expected = format.Read(text);
            if (spaces && format != LyricsFormats.Ttml && format != LyricsFormats.UltraStar)
                text = text.Replace("\n", " \n", StringComparison.Ordinal);
            text = text.Replace("\n", ((string[])["\n", "\r\n", "\r"])[ends], StringComparison.Ordinal);
            Same(expected, LyricsReader.Read(Encoded(text, encoding), "song" + format.Extension).Document);
        }, iter: 150);
    }

    [Theory]
    [InlineData("srt")]
    [InlineData("vtt")]
    public void Blank_lines_between_subtitles_may_be_missing(string name)
    {
        var format = LyricsFormats.Named(name);
        Documents.Normalized.Sample(document =>
        {
            var text = format.Write(document);
            // WebVTT's head ends with an empty line in any case.
            var head = Math.Min(text.Length, 8);
            var crowded = text[..head] + text[head..].Replace("\n\n", "\n", StringComparison.Ordinal);
            Same(format.Read(text), LyricsReader.Read(crowded, "song" + format.Extension).Document);
        }, iter: 150);
    }

    [Fact]
    public void A_bad_line_in_the_middle_costs_itself_only_and_is_said() =>
        Gen.Select(Documents.Normalized, Gen.Int[0, s_badLines.Length - 1], Gen.Double[0, 1]).Sample((document, bad, where) =>
        {
            var (format, before, line) = s_badLines[bad];
            var text = format.Write(document);
            var places = Regex.Matches(text, Regex.Escape(before)).Select(match => match.Index).ToList();
            if (document.Lines.Count < 2 || places.Count < 2)
                return;
            var reading = LyricsReader.Read(text.Insert(places[1 + (int)(where * (places.Count - 1.01))], line), "song" + format.Extension);
            Assert.NotEmpty(reading.Notices);
            var lines = reading.Document.Lines.Where(line => line.Sung != false && !line.Text.Contains("broken", StringComparison.Ordinal));
            Assert.Equal(format.Read(text).Lines.Select(line => (line.Text, line.Start)), lines.Select(line => (line.Text, line.Start)));
        }, iter: 500);

    [Theory]
    [InlineData("srt")]
    [InlineData("vtt")]
    [InlineData("ttml")]
    [InlineData("ass")]
    public void Ends_before_starts_by_rounding_cost_no_word(string name)
    {
        var format = LyricsFormats.Named(name);
        Gen.Select(Documents.Normalized, Gen.Int[1, 3]).Sample((document, every) =>
        {
            var text = format.Write(document);
            var count = 0;
            var rounded = Span().Replace(text, span => count++ % every == 0 && Earlier(span.Groups["start"].Value) is { } end
                ? span.Value[..(span.Groups["end"].Index - span.Index)] + end + span.Value[(span.Groups["end"].Index - span.Index + span.Groups["end"].Length)..]
                : span.Value);
            var reading = LyricsReader.Read(rounded, "song" + format.Extension);
            Assert.Equal(format.Read(text).Lines.Select(line => (line.Text, line.Start)), reading.Document.Lines.Select(line => (line.Text, line.Start)));
            if (rounded != text && name != "ttml")
                Assert.NotEmpty(reading.Notices);
        }, iter: 150);
    }

    [Fact]
    public void Any_soup_of_syntax_gives_lyrics_or_a_clear_error() => Soup.Text.Sample(Soup.Read, iter: 3000);

    /// <summary>A hair before a time as the formats write it; null at the song's start.</summary>
    private static string? Earlier(string time)
    {
        var (text, step) = time.Contains(',', StringComparison.Ordinal) ? (time.Replace(',', '.'), 0.001) : (time, time.Length - time.LastIndexOf('.') == 3 ? 0.01 : 0.001);
        var earlier = TimeSpan.Parse(text, CultureInfo.InvariantCulture) - TimeSpan.FromSeconds(step);
        if (earlier < TimeSpan.Zero)
            return null;
        var written = earlier.ToString(step == 0.01 ? "h\\:mm\\:ss\\.ff" : "hh\\:mm\\:ss\\.fff", CultureInfo.InvariantCulture);
        return time.Contains(',', StringComparison.Ordinal) ? written.Replace('.', ',') : written;
    }

    private static byte[] Encoded(string text, int encoding) => encoding switch
    {
        0 => Encoding.UTF8.GetBytes(text),
        1 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
        2 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
        3 => Encoding.Unicode.GetBytes(text),
        4 => [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(text)],
        _ => Encoding.BigEndianUnicode.GetBytes(text),
    };

    private static void Same(LyricsDocument expected, LyricsDocument read) =>
        Assert.Equal(expected.Lines.Select(line => (line.Text, line.Start, line.End)), read.Lines.Select(line => (line.Text, line.Start, line.End)));

    [GeneratedRegex("""(?<=^|begin="|^Dialogue: 0,)(?<start>[0-9]+:[0-9]{2}:[0-9]{2}[.,][0-9]+)(?: --> |" end="|,)(?<end>[0-9]+:[0-9]{2}:[0-9]{2}[.,][0-9]+)""", RegexOptions.Multiline)]
    private static partial Regex Span();
}
