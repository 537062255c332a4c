using Libretto.Acquire;

namespace Libretto.Tests.Acquire;

public class FileTitleTests
{
    [Theory]
    [InlineData("Avercage_-_Embers.mp3", "Avercage", "Embers")]
    [InlineData("03 Avercage - Embers.flac", "Avercage", "Embers")]
    [InlineData("03. Embers.flac", null, "Embers")]
    [InlineData("7-Embers.ogg", null, "Embers")]
    [InlineData("99 Luftballons.mp3", null, "99 Luftballons")]
    [InlineData("1979.mp3", null, "1979")]
    [InlineData("07.wav", null, "07")]
    [InlineData("Queen - Bohemian Rhapsody (Official Video).mp4", "Queen", "Bohemian Rhapsody")]
    [InlineData("snake_case_song", null, "snake case song")]
    public void A_files_name_says_artist_and_title(string name, string? artist, string title) =>
        Assert.Equal((artist, title), FileTitle.Read(name));
}
