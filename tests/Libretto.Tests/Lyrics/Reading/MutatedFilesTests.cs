using System.Text;
using CsCheck;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Files made by us and changed as people's tools change them: the same words and times.</summary>
public class MutatedFilesTests
{
    [Fact]
    public void Marks_line_ends_encodings_and_spaces_change_no_words()
    {
        var formats = LyricsFormats.All.Where(format => format != LyricsFormats.PlainText).ToArray();
        Gen.Select(Gen.Int[0, formats.Length - 1], Gen.Int[0, 4], Gen.Int[0, 2], Gen.Bool).Sample((at, encoding, ends, spaces) =>
        {
            var format = formats[at];
            var text = format.Write(Documents.Sample);
            var expected = format.Read(text);
            if (spaces && format != LyricsFormats.Ttml)
                text = text.Replace("\n", " \n", StringComparison.Ordinal);
            text = text.Replace("\n", ((string[])["\n", "\r\n", "\r"])[ends], StringComparison.Ordinal);
            byte[] bytes = encoding switch
            {
                0 => Encoding.UTF8.GetBytes(text),
                1 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
                2 => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(text)],
                3 => Encoding.Unicode.GetBytes(text),
                _ => Encoding.BigEndianUnicode.GetBytes(text),
            };
            var read = LyricsReader.Read(bytes, "song" + format.Extension).Document;
            Assert.Equal(expected.Lines.Select(line => (line.Text, line.Start, line.End)), read.Lines.Select(line => (line.Text, line.Start, line.End)));
        }, iter: 200);
    }
}
