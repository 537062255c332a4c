using System.Diagnostics;
using System.Text;
using Libretto.Audio;
using Libretto.Karaoke;
using Libretto.Karaoke.Video;
using Libretto.Lyrics;
using Libretto.Storage;
using Libretto.Tests.Support;
using Libretto.Tools;

namespace Libretto.Tests.Karaoke;

public sealed class VideoTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Words_change_their_colour_within_two_frames_of_their_time()
    {
        var song = Frames.Song();
        var video = await RenderAsync(song, new VideoOptions { Background = VideoBackgroundKind.Color, Color = "#101820" });
        var counts = Frames.Count(video, 1280, 720, (red, green, blue) => red > 200 && green is > 120 and < 220 && blue < 110);
        Assert.Equal(song.Duration, counts.Count / (double)Frames.Rate, 0.1);
        Frames.AssertInTime(song, counts);
    }

    [Fact]
    public async Task The_file_is_what_televisions_take()
    {
        var video = await RenderAsync(Frames.Song(lines: 1), new VideoOptions { Height = 1080 });
        var info = await new AudioDecoder(new ToolRunner()).ProbeAsync(video, TestContext.Current.CancellationToken);
        Assert.Equal(("aac", 44100, 2, true), (info.Codec, info.SampleRate, info.Channels, info.HasVideo));
        Assert.Equal("Frames", info.Tag("title"));
    }

    [Fact]
    public async Task A_picture_or_a_video_stands_behind_the_words()
    {
        var picture = TestAudio.Ffmpeg(_folder["red.png"], "-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1");
        var film = TestAudio.Ffmpeg(_folder["red.mp4"], "-f", "lavfi", "-i", "color=red:s=64x64:d=0.5");
        foreach (var file in new[] { picture, film })
        {
            var video = await RenderAsync(Frames.Song(lines: 1), new VideoOptions { Background = VideoBackgroundKind.File, File = file });
            var counts = Frames.Count(video, 1280, 720, (red, green, blue) => red > 100 && green < 60 && blue < 60);
            Assert.All(counts, count => Assert.True(count > 500_000));
        }
    }

    [Fact]
    public async Task What_is_no_picture_is_said_to_be_none()
    {
        File.WriteAllText(_folder["notes.png"], "no picture");
        var error = await Assert.ThrowsAsync<KaraokeException>(() =>
            RenderAsync(Frames.Song(lines: 1), new VideoOptions { Background = VideoBackgroundKind.File, File = _folder["notes.png"] }));
        Assert.Equal("not_a_picture", error.Code);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.mp4"));
    }

    [Fact]
    public async Task Styles_of_a_file_are_taken_and_a_file_without_any_is_an_error()
    {
        File.WriteAllText(_folder["style.ass"], """
            [V4+ Styles]
            Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
            Style: Default,DejaVu Sans,80,&H0000FF00,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,2,0,5,10,10,10,-1
            """);
        var video = await RenderAsync(Frames.Song(lines: 1), new VideoOptions { Background = VideoBackgroundKind.Color, StyleFile = _folder["style.ass"] });
        Assert.Contains(Frames.Count(video, 1280, 720, (red, green, blue) => green > 200 && red < 90 && blue < 90), count => count > 1000);

        File.WriteAllText(_folder["none.ass"], "[Script Info]\n");
        var error = await Assert.ThrowsAsync<KaraokeException>(() => RenderAsync(Frames.Song(lines: 1), new VideoOptions { StyleFile = _folder["none.ass"] }));
        Assert.Equal("style_broken", error.Code);
    }

    [Theory]
    [InlineData("a line without words at all")]
    [InlineData("m")]
    [InlineData("{\\an8}\\N{\\pos(0,0)}")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Any_words_make_a_video(string words)
    {
        var texts = words.Split(' ');
        LyricsLine[] lines = words == "a line without words at all"
            ? []
            : [LyricsLine.Of([.. texts.Select((text, i) => new LyricsWord(text, 1 + i * 0.1, 1.1 + i * 0.1))])];
        await RenderAsync(new LyricsDocument { Duration = 3, Title = "../../etc/passwd", Lines = lines }, new VideoOptions());
    }

    [Fact]
    public async Task A_line_of_two_hundred_columns_is_shown_in_parts_that_fit()
    {
        var words = Enumerable.Range(0, 40).Select(i => new LyricsWord("wording", 1 + i * 0.2, 1.2 + i * 0.2)).ToArray();
        var video = await RenderAsync(
            new LyricsDocument { Duration = 10, Lines = [LyricsLine.Of(words)] }, new VideoOptions { Background = VideoBackgroundKind.Color, Color = "#000000" });
        // Nothing reaches the edges.
        var edge = TestAudio.Ffmpeg(_folder["edge.mp4"], "-i", video, "-vf", "crop=40:720:0:0", "-an");
        Assert.All(Frames.Count(edge, 40, 720, (red, green, blue) => red > 128), count => Assert.Equal(0, count));
    }

    /// <summary>Of Tangut, the Khitan small script, Anatolian hieroglyphs, Kawi and Tulu-Tigalari: no machine has fonts for them all.</summary>
    private static readonly Rune[] s_rareLetters = [new(0x17000), new(0x18B00), new(0x14400), new(0x11F04), new(0x11380)];

    [Fact]
    public async Task A_letter_without_a_font_is_an_error_that_names_the_package()
    {
        var letter = s_rareLetters.First(rune => FontsWith(rune).Length == 0);
        var song = new LyricsDocument { Duration = 3, Lines = [LyricsLine.Of([new LyricsWord($"{letter}{letter}", 1, 2)])] };
        var error = await Assert.ThrowsAsync<KaraokeException>(() => RenderAsync(song, new VideoOptions()));

        Assert.Equal("font_missing", error.Code);
        Assert.Contains("apt-get install fonts-", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The names of the fonts that have a letter, as fontconfig knows them.</summary>
    private static string FontsWith(Rune letter)
    {
        using var list = Process.Start(new ProcessStartInfo("fc-list", [$":charset={letter.Value:x}"]) { RedirectStandardOutput = true })!;
        return list.StandardOutput.ReadToEnd().Trim();
    }

    private async Task<string> RenderAsync(LyricsDocument document, VideoOptions options)
    {
        var sound = TestAudio.Silence(_folder, document.Duration);
        var path = _folder[$"{Guid.NewGuid():N}.mp4"];
        var temporary = new TemporaryFolder(_folder["work"]);
        await new VideoRenderer(new ToolRunner(), temporary).RenderAsync(
            new KaraokeSong(document, document.Duration), new KaraokeSound(sound), null, options, path, null, TestContext.Current.CancellationToken);
        return path;
    }
}
