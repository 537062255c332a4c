using Libretto.Acquire;

namespace Libretto.Tests.Acquire;

public class SongLinkTests
{
    [Theory]
    [InlineData("https://www.youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("http://youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=43s")]
    [InlineData("https://music.youtube.com/watch?v=dQw4w9WgXcQ&list=RDAMVM")]
    [InlineData("https://www.youtube.com/watch?list=PLxyz&index=3&v=dQw4w9WgXcQ")]
    [InlineData("https://youtu.be/dQw4w9WgXcQ?si=abcdef")]
    [InlineData("https://www.youtube.com/shorts/dQw4w9WgXcQ")]
    [InlineData("https://www.youtube.com/live/dQw4w9WgXcQ?feature=share")]
    [InlineData("https://www.youtube.com/embed/dQw4w9WgXcQ")]
    [InlineData("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?rel=0")]
    [InlineData("https://www.youtube.com/v/dQw4w9WgXcQ")]
    [InlineData("https://www.youtube.com/attribution_link?a=x&u=%2Fwatch%3Fv%3DdQw4w9WgXcQ%26feature%3Dshare")]
    [InlineData("HTTPS://WWW.YOUTUBE.COM/watch?v=dQw4w9WgXcQ#t=1m")]
    [InlineData("  https://youtu.be/dQw4w9WgXcQ  ")]
    [InlineData("youtu.be/dQw4w9WgXcQ")]
    [InlineData("www.youtube.com/watch?v=dQw4w9WgXcQ")]
    [InlineData("M.YouTube.com/watch?v=dQw4w9WgXcQ&t=4")]
    [InlineData("//youtu.be/dQw4w9WgXcQ")]
    public void Every_address_of_a_YouTube_video_is_the_same_song(string text)
    {
        var link = SongLink.Parse(text);
        Assert.Equal(("youtube:dQw4w9WgXcQ", "dQw4w9WgXcQ"), (link.Key, link.VideoId));
        Assert.Equal("https://www.youtube.com/watch?v=dQw4w9WgXcQ", link.Address.AbsoluteUri);
    }

    [Theory]
    [InlineData("https://vimeo.com/76979871", "vimeo:76979871")]
    [InlineData("https://player.vimeo.com/video/76979871?h=8272103f6e", "vimeo:76979871")]
    [InlineData("https://vimeo.com/76979871/8272103f6e", "vimeo:76979871")]
    [InlineData("https://soundcloud.com/artist/track?utm_source=clipboard&utm_medium=text", "soundcloud.com/artist/track")]
    [InlineData("http://Example.COM:80/a/song.mp3#part", "example.com/a/song.mp3")]
    [InlineData("https://example.com/play?id=3&fbclid=x", "example.com/play?id=3")]
    [InlineData("example.com/song.mp3", "example.com/song.mp3")]
    [InlineData("example.com:8443/song.mp3", "example.com:8443/song.mp3")]
    [InlineData("https://user:secret@example.com/song.mp3", "example.com/song.mp3")]
    public void Other_links_are_known_by_their_address_without_what_only_tracks_visitors(string text, string key) =>
        Assert.Equal(key, SongLink.Parse(text).Key);

    [Theory]
    [InlineData("https://www.youtube.com/playlist?list=PLxyz")]
    [InlineData("https://www.youtube.com/@artist")]
    [InlineData("https://www.youtube.com/channel/UCxyz/videos")]
    [InlineData("https://www.youtube.com/results?search_query=song")]
    [InlineData("https://soundcloud.com/artist/sets/album")]
    [InlineData("https://artist.bandcamp.com/album/some-album")]
    public void A_list_of_songs_is_refused_with_a_hint(string text)
    {
        var error = Assert.Throws<AcquireException>(() => SongLink.Parse(text));
        Assert.Equal("link_playlist", error.Code);
        Assert.Contains("one song", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/song.mp3")]
    [InlineData("gopher://example.com/")]
    [InlineData("data:audio/wav;base64,AAAA")]
    [InlineData("javascript:alert(1)")]
    [InlineData("song.mp3")]
    [InlineData("music/song.mp3")]
    [InlineData("./example.com/song.mp3")]
    [InlineData("http://")]
    [InlineData("")]
    public void Only_addresses_of_the_web_are_links(string text) =>
        Assert.Equal("link_invalid", Assert.Throws<AcquireException>(() => SongLink.Parse(text)).Code);

    [Theory]
    [InlineData("https://example.com/song", true)]
    [InlineData("file:///tmp/song.mp3", true)]
    [InlineData("song.mp3", false)]
    [InlineData("C:\\music\\song.mp3", false)]
    [InlineData("./http/song.mp3", false)]
    [InlineData("youtu.be/dQw4w9WgXcQ", true)]
    [InlineData("www.example.com/song", true)]
    [InlineData("artist.bandcamp.com/track/song", true)]
    [InlineData("example.com/song.mp3", false)]
    [InlineData("Smith.Jr/song.mp3", false)]
    [InlineData("youtu.be", false)]
    public void A_word_of_the_command_line_is_a_link_when_it_names_a_scheme_or_a_site_of_songs(string text, bool isLink) =>
        Assert.Equal(isLink, SongLink.LooksLikeLink(text));
}
