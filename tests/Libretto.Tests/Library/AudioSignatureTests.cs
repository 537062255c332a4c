using System.Text;
using Libretto.Library.Files;
using Libretto.Tests.Support;

namespace Libretto.Tests.Library;

public sealed class AudioSignatureTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mp3")]
    [InlineData("flac")]
    [InlineData("ogg")]
    [InlineData("opus")]
    [InlineData("m4a")]
    [InlineData("wav")]
    [InlineData("aiff")]
    [InlineData("wma")]
    [InlineData("wv")]
    [InlineData("mka")]
    [InlineData("aac")]
    public void Sound_is_known_by_what_it_is_and_not_by_its_name(string kind)
    {
        var song = TestAudio.Tone(_folder, 1, name: $"tone.{kind}");
        Assert.Equal(kind, Find(song));
    }

    [Fact]
    public void An_mp3_without_tags_and_one_behind_junk_are_found()
    {
        var song = TestAudio.Ffmpeg(_folder["bare.mp3"], "-f", "lavfi", "-i", "sine=d=1", "-id3v2_version", "0", "-write_xing", "0");
        Assert.Equal("mp3", Find(song));
        var junk = _folder["junk.mp3"];
        File.WriteAllBytes(junk, [.. new byte[5000], .. File.ReadAllBytes(song)]);
        Assert.Equal("mp3", Find(junk));
    }

    [Theory]
    [InlineData("text", "just words")]
    [InlineData("a page", "<!doctype html><html></html>")]
    [InlineData("too short", "ID3")]
    public void What_is_no_sound_is_not_taken_for_it(string what, string text)
    {
        File.WriteAllText(_folder["a.mp3"], text);
        Assert.True(Find(_folder["a.mp3"]) is null, what);
        File.WriteAllText(_folder["a.mp3"], text, Encoding.Unicode);
        Assert.True(Find(_folder["a.mp3"]) is null, what);
    }

    private static string? Find(string path)
    {
        using var file = File.OpenRead(path);
        return AudioSignature.Find(file, path.EndsWith(".mp3", StringComparison.Ordinal));
    }
}
