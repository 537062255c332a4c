using Libretto.Library.Tags;

namespace Libretto.Tests.Library;

public class SongNameTests
{
    [Theory]
    [InlineData("Avercage_-_Embers", null, null, "Avercage", "Embers")]
    [InlineData("01 - Blue Night", null, null, null, "Blue Night")]
    [InlineData("1-03. Artist - Title", null, null, "Artist", "Title")]
    [InlineData("Artist - 03 - Title", null, null, "Artist", "Title")]
    [InlineData("99 Luftballons", null, null, null, "99 Luftballons")]
    [InlineData("Nena - 99 Luftballons (Official Video)", null, null, "Nena", "99 Luftballons")]
    [InlineData("whatever", "Title", "Artist", "Artist", "Title")]
    [InlineData("Artist - something", "Title", null, "Artist", "Title")]
    public void A_song_is_called_by_its_tags_else_by_its_file(string file, string? title, string? artist, string? expectedArtist, string expected)
    {
        var name = SongName.Of($"/music/{file}.mp3", title, artist);
        Assert.Equal((expectedArtist, expected), (name.Artist, name.Title));
    }
}
