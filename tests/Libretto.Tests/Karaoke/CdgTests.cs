using System.IO.Compression;
using Libretto.Karaoke;
using Libretto.Karaoke.Cdg;
using Libretto.Karaoke.Fonts;
using Libretto.Lyrics;
using Libretto.Storage;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Karaoke;

public sealed class CdgTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Words_change_their_colour_within_two_frames_of_their_time()
    {
        var song = Frames.Song();
        var counts = Count(await DrawAsync(song), song, IsSung);
        Frames.AssertInTime(song, counts);
    }

    [Fact]
    public async Task Packets_are_three_hundred_a_second_to_the_end()
    {
        var song = Frames.Song(lines: 2);
        Assert.Equal((long)Math.Ceiling(song.Duration * 300) * 24, new FileInfo(await DrawAsync(song)).Length);
    }

    [Fact]
    public async Task Fast_words_are_wiped_more_coarsely_but_every_line_is_there_in_time_and_sung_at_its_end()
    {
        // Eight words in two seconds, line after line: about as fast as people rap.
        var song = new LyricsDocument
        {
            Duration = 40,
            Lines =
            [
                .. Enumerable.Range(0, 16).Select(line => LyricsLine.Of(
                    [.. Enumerable.Range(0, 8).Select(word => new LyricsWord("mwmwm", 4 + line * 2 + word * 0.25, 4 + line * 2 + word * 0.25 + 0.24))])),
            ],
        };
        var file = await DrawAsync(song);
        var sung = Count(file, song, IsSung);
        var shown = Count(file, song, (red, green, blue) => red > 200);
        for (var line = 0; line < song.Lines.Count; line++)
        {
            var (start, end) = ((int)(song.Lines[line].Start * Frames.Rate), (int)(song.Lines[line].End * Frames.Rate));
            Assert.True(shown[start] > 1500, $"line {line} is not there when it begins");
            // Four lines are seen, of which the last is sung; how much ink that is depends on the font.
            Assert.True(sung[end + 3] > sung[start] || sung[end + 3] > shown[end + 3] / 10, $"line {line} is not sung when it ends");
        }
    }

    [Theory]
    [InlineData("ضوء الصباح على الماء", true)]
    [InlineData("אור הבוקר על המים", true)]
    [InlineData("今日 は 朝 の 光 が", false)]
    [InlineData("Привет и доброе утро", false)]
    public async Task A_line_is_sung_from_the_side_its_script_begins_on(string words, bool fromTheRight)
    {
        var song = new LyricsDocument
        {
            Duration = 9, Lines = [LyricsLine.Of([.. words.Split(' ').Select((word, i) => new LyricsWord(word, 4 + i, 4.8 + i))])],
        };
        string file;
        try
        {
            file = await DrawAsync(song);
        }
        catch (KaraokeException e) when (e.Code == "font_missing")
        {
            Assert.Skip(e.Message);
            return;
        }
        var (left, right) = (Frames.Count(file, 150, 216, IsSung), Frames.Count(file, 150, 216, IsSung, left: 150));
        var first = (int)(4.9 * Frames.Rate);
        Assert.Equal(fromTheRight, right[first] > left[first]);
        Assert.True(Math.Max(left[first], right[first]) > 20, $"{left[first]}, {right[first]}");
        Assert.True(Math.Min(left[^1], right[^1]) > 20, $"at the end {left[^1]}, {right[^1]}");
    }

    [Fact]
    public async Task A_title_page_comes_first_where_there_is_time()
    {
        var song = Frames.Song(from: 12, lines: 1);
        var shown = Frames.Count(await DrawAsync(song), 300, 216, (red, green, blue) => red > 200 && green > 200);
        Assert.True(shown[4 * Frames.Rate] > 300);
        Assert.True(shown[^1] > 0);
    }

    [Fact]
    public async Task A_song_without_words_says_so()
    {
        var shown = Frames.Count(await DrawAsync(new LyricsDocument { Title = "Quiet", Duration = 5, Lines = [] }), 300, 216, (red, green, blue) => red > 200);
        Assert.True(shown[^1] > 300);
    }

    [Fact]
    public async Task The_package_holds_both_files_under_one_name()
    {
        var song = Frames.Song(lines: 1);
        var path = _folder["song.zip"];
        await new CdgPackage(new ToolRunner(), new TemporaryFolder(_folder["work"])).WriteAsync(
            new KaraokeSong(song, song.Duration), new KaraokeSound(TestAudio.Silence(_folder, song.Duration)), "Tests - Frames", path, null,
            TestContext.Current.CancellationToken);
        using var zip = ZipFile.OpenRead(path);
        Assert.Equal(["Tests - Frames.cdg", "Tests - Frames.mp3"], zip.Entries.Select(entry => entry.FullName).Order());
    }

    /// <summary>ffmpeg gives no frame after the last that differs: it is seen to the end.</summary>
    private static List<int> Count(string file, LyricsDocument song, Func<byte, byte, byte, bool> isCounted)
    {
        var counts = Frames.Count(file, 300, 216, isCounted);
        while (counts.Count < song.Duration * Frames.Rate)
            counts.Add(counts[^1]);
        return counts;
    }

    private static bool IsSung(byte red, byte green, byte blue) => red > 200 && green is > 120 and < 220 && blue < 90;

    private async Task<string> DrawAsync(LyricsDocument document)
    {
        var song = new KaraokeSong(document, document.Duration);
        using var fonts = await new FontFinder(new ToolRunner()).FindAsync(song.Texts, TestContext.Current.CancellationToken);
        var path = _folder[$"{Guid.NewGuid():N}.cdg"];
        await using var file = File.Create(path);
        CdgShow.Write(song, fonts, file, null, TestContext.Current.CancellationToken);
        return path;
    }
}
