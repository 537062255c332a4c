using System.Text;
using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics.Reading;

/// <summary>Texts in the encodings that people's editors and players have left them in.</summary>
public class TextDecoderTests
{
    [Theory]
    [InlineData("windows-1252", "[00:01.00]Où étais-tu l’été dernier\n[00:04.00]déjà si loin… là-bas")]
    [InlineData("windows-1252", "Über den Dächern hängen Träume\nund alle Ängste sind so groß")]
    [InlineData("windows-1250", "[00:01.00]Żółty księżyc śpi nad łąką\n[00:04.00]gdzieś płynie cicha rzeka, świt się zbliża")]
    [InlineData("windows-1251", "[00:01.00]Тихо падает снег\n[00:04.00]на пустые дороги")]
    [InlineData("koi8-r", "Тихо падает снег на пустые дороги\nи никто не идёт домой")]
    [InlineData("windows-1253", "Η θάλασσα κοιμάται απόψε\nκαι το φεγγάρι ξαγρυπνά")]
    [InlineData("windows-1255", "הירח עולה מעל הים\nואני שר לך שיר")]
    [InlineData("windows-1256", "القمر يطلع فوق البحر\nوأنا أغني لك أغنية")]
    [InlineData("windows-874", "[00:01.00]ดวงจันทร์ขึ้นเหนือทะเล\n[00:04.00]ฉันร้องเพลงให้เธอฟัง")]
    [InlineData("shift_jis", "[00:01.00]月が海に昇る\n[00:04.00]君に歌を歌うよ")]
    [InlineData("euc-jp", "[00:01.00]月が海に昇る\n[00:04.00]君に歌を歌うよ")]
    [InlineData("iso-2022-jp", "月が海に昇る\n君に歌を歌うよ")]
    [InlineData("gb18030", "[00:01.00]月亮从海上升起\n[00:04.00]我为你唱一首歌")]
    [InlineData("big5", "[00:01.00]月亮從海上升起\n[00:04.00]我為你唱一首歌")]
    [InlineData("euc-kr", "[00:01.00]달이 바다 위로 떠오르고\n[00:04.00]나는 너에게 노래를 불러")]
    public void An_encoding_that_is_not_utf8_is_found_and_said(string encoding, string text)
    {
        var notices = new LyricsNotices();
        Assert.Equal(text, TextDecoder.Decode(Named(encoding).GetBytes(text), notices));
        Assert.Contains("not UTF-8", Assert.Single(notices.Messages), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    [InlineData("utf-8")]
    public void Unicode_is_read_with_and_without_a_mark(string encoding)
    {
        const string Text = "[00:01.00]月が昇る\n[00:04.00]the moon — rises\n";
        foreach (var mark in encoding == "utf-32" ? (bool[])[true] : [true, false])
        {
            var notices = new LyricsNotices();
            byte[] bytes = [.. mark ? Named(encoding).Preamble : [], .. Named(encoding).GetBytes(Text)];
            Assert.Equal(Text, TextDecoder.Decode(bytes, notices));
            Assert.Empty(notices.Messages);
        }
    }

    [Fact]
    public void A_few_damaged_characters_are_said()
    {
        var bytes = Encoding.UTF8.GetBytes("été après été, là où tu étais\nça et là");
        bytes[1] = (byte)'x';
        var reading = LyricsReader.Read(bytes);
        Assert.Contains("damaged", Assert.Single(reading.Notices), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0x49, 0x48, 0x44, 0x52, 1, 2, 3, 4, 5, 6, 7, 8 })]
    [InlineData(new byte[] { 0x52, 0x49, 0x46, 0x46, 0x24, 0, 0, 0, 0x57, 0x41, 0x56, 0x45, 1, 2, 0xFF, 0, 1, 3, 4, 0, 0x10, 0x11 })]
    public void A_picture_or_a_song_is_no_text(byte[] bytes) =>
        Assert.Equal("lyrics_not_text", Assert.Throws<LyricsFormatException>(() => LyricsReader.Read(bytes, "a.txt")).Code);

    [Fact]
    public void Lyrics_have_a_largest_size() =>
        Assert.Equal("lyrics_too_large", Assert.Throws<LyricsFormatException>(() => LyricsReader.Read(new byte[LyricsReader.LargestFile + 1])).Code);

    [Fact]
    public void Given_lyrics_have_words() =>
        Assert.Equal("lyrics_empty", Assert.Throws<LyricsFormatException>(() => LyricsReader.WithWords(LyricsReader.Read(" \n\n[Verse]\n"))).Code);

    private static Encoding Named(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
}
