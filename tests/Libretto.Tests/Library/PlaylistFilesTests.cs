using Libretto.Library.Files;
using Libretto.Tests.Support;

namespace Libretto.Tests.Library;

public sealed class PlaylistFilesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly List<string> _troubles = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_songs_of_a_list_come_with_their_lyrics_and_no_others()
    {
        foreach (var name in new[] { "one.mp3", "one.lrc", "two.mp3", "three.mp3", "three.txt" })
            File.WriteAllText(_folder[name], "x");
        File.WriteAllText(_folder["list.m3u8"], "\uFEFF#EXTM3U\r\n#EXTINF:1,One\r\none.mp3\r\n.\\three.mp3\r\nmissing.mp3\r\nhttps://example.org/a\r\n");
        Assert.Equal(["one.lrc", "one.mp3", "three.mp3", "three.txt"], Read("list.m3u8"));
        Assert.Equal(2, _troubles.Count);
    }

    [Fact]
    public void A_list_that_contains_itself_is_read_once()
    {
        File.WriteAllText(_folder["one.mp3"], "x");
        File.WriteAllText(_folder["a.m3u"], "b.pls\none.mp3\n");
        File.WriteAllText(_folder["b.pls"], "[playlist]\nFile1=a.m3u\nFile2=one.mp3\nNumberOfEntries=2\n");
        Assert.Equal(["one.mp3"], Read("a.m3u"));
        Assert.Contains("contains itself", Assert.Single(_troubles), StringComparison.Ordinal);
    }

    private IEnumerable<string> Read(string list) => new PlaylistFiles(_troubles.Add)
        .Folders(_folder[list], TestContext.Current.CancellationToken).SelectMany(folder => folder.Files).Select(file => file.Name);
}
