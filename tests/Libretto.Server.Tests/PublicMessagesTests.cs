namespace Libretto.Server.Tests;

/// <summary>Messages for users name files, and never where they lie.</summary>
public sealed class PublicMessagesTests
{
    [Theory]
    [InlineData("/var/lib/libretto/work/1/2/song goes on for too long.", "Hello.mp3 goes on for too long.")]
    [InlineData("The model file /opt/models/whisper-base/encoder.onnx is missing.", "The model file encoder.onnx is missing.")]
    [InlineData("'/home/me/cookies.txt' (see /etc/libretto/a.json) cannot be read.", "'cookies.txt' (see a.json) cannot be read.")]
    [InlineData("https://example.org/a/b.mp3 is no song; see docs/links.md and and/or.", "https://example.org/a/b.mp3 is no song; see docs/links.md and and/or.")]
    [InlineData("127.0.0.1:80/a/b lies inside a network.", "127.0.0.1:80/a/b lies inside a network.")]
    [InlineData(@"C:\Users\me\song.wav is empty.", "song.wav is empty.")]
    public void Paths_become_names(string message, string shown) =>
        Assert.Equal(shown, PublicMessages.Of(message, "/var/lib/libretto/work/1/2/song", "Hello.mp3"));
}
