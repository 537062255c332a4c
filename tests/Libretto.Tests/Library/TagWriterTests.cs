using System.Diagnostics;
using Libretto.Library;
using Libretto.Library.Tags;
using Libretto.Lyrics;
using Libretto.Output;
using Libretto.Tests.Support;

namespace Libretto.Tests.Library;

/// <summary>Lyrics inside songs' files, read by ffprobe, which is not ours.</summary>
public sealed class TagWriterTests : IDisposable
{
    private static readonly LyricsDocument s_lyrics = LyricsFormats.EnhancedLrc.Read(
        "[la:es]\n[00:00.25]<00:00.25>el <00:00.50>sol\n[00:01.00]<00:01.00>sale <00:01.50>ya\n");

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mp3", TagLyrics.Synced)]
    [InlineData("flac", TagLyrics.Synced)]
    [InlineData("ogg", TagLyrics.Synced)]
    [InlineData("opus", TagLyrics.Synced)]
    [InlineData("m4a", TagLyrics.Synced)]
    [InlineData("mp3", TagLyrics.Plain)]
    [InlineData("flac", TagLyrics.Plain)]
    [InlineData("m4a", TagLyrics.Plain)]
    public void The_sound_stays_bit_by_bit_and_so_do_times_and_permissions(string kind, TagLyrics wanted)
    {
        var song = Song(kind);
        var sound = Packets(song);
        var modified = new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(song, modified);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(song, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        TagWriter.Write(song, kind, s_lyrics, wanted, (_, _) => { });

        Assert.Equal(sound, Packets(song));
        Assert.Equal(modified, File.GetLastWriteTimeUtc(song));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.GroupRead, File.GetUnixFileMode(song));
        Assert.Equal([$"song.{kind}"], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        var probed = Probe(song);
        Assert.Contains("sale ya", probed, StringComparison.Ordinal);
        Assert.Contains("Sol", probed, StringComparison.Ordinal);
        if (wanted == TagLyrics.Synced && kind != "mp3")
            Assert.Contains("[00:01.00]sale ya", probed, StringComparison.Ordinal);
        var level = TagReader.Read(song, kind).Lyrics.Max(LyricsSurvey.Of);
        Assert.Equal(wanted == TagLyrics.Synced ? LyricsLevel.Lines : LyricsLevel.Plain, level);
    }

    [Fact]
    public void Lines_in_an_mp3_have_milliseconds_and_the_language()
    {
        var song = Song("mp3");
        TagWriter.Write(song, "mp3", s_lyrics, TagLyrics.Synced, (_, _) => { });
        using var file = TagLib.File.Create(song);
        var frame = Assert.Single(((TagLib.Id3v2.Tag)file.GetTag(TagLib.TagTypes.Id3v2)).GetFrames<TagLib.Id3v2.SynchronisedLyricsFrame>());
        Assert.Equal("spa", frame.Language);
        Assert.Equal([(250L, "el sol"), (1000L, "sale ya")], frame.Text.Select(text => (text.Time, text.Text)));
    }

    [Fact]
    public void A_full_disk_leaves_the_song_as_it_is()
    {
        using var disk = TinyDisk.Mount(_folder["disk"], 400_000);
        var song = Path.Combine(disk.Path, "song.flac");
        File.Copy(Song("flac"), song);
        var before = File.ReadAllBytes(song);
        using (var filler = File.Create(Path.Combine(disk.Path, "filler")))
            Fill(filler);
        var error = Assert.Throws<OutputException>(() => TagWriter.Write(song, "flac", s_lyrics, TagLyrics.Synced, (_, _) => { }));
        Assert.Equal("disk_full", error.Code);
        Assert.Equal(before, File.ReadAllBytes(song));
        Assert.Empty(Directory.EnumerateFiles(disk.Path, ".libretto-*"));
    }

    private static void Fill(FileStream file)
    {
        try
        {
            while (true)
                file.Write(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private string Song(string kind) => TestAudio.Ffmpeg(
        _folder[$"song.{kind}"], "-f", "lavfi", "-i", "sine=d=2", "-metadata", "title=Sol", "-metadata", "artist=Luna");

    private static string Packets(string song) => Output("ffmpeg", "-v", "error", "-i", song, "-map", "0:a", "-c", "copy", "-f", "hash", "-");

    private static string Probe(string song) =>
        Output("ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", song);

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return text;
    }
}
