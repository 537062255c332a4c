using Libretto.Acquire;

namespace Libretto.Tests.Acquire;

public class TitleCleanerTests
{
    [Theory]
    [InlineData("Adele - Hello (Official Music Video)", "Adele", "Hello")]
    [InlineData("Queen – Bohemian Rhapsody (Official Video Remastered)", "Queen", "Bohemian Rhapsody")]
    [InlineData("Nirvana - Smells Like Teen Spirit [Official Video] HD", "Nirvana", "Smells Like Teen Spirit")]
    [InlineData("a-ha - Take On Me (Official Video) [Remastered in 4K]", "a-ha", "Take On Me")]
    [InlineData("Rosalía - DESPECHÁ (Videoclip Oficial)", "Rosalía", "DESPECHÁ")]
    [InlineData("Stromae - Alors on danse (Clip Officiel)", "Stromae", "Alors on danse")]
    [InlineData("Coldplay - Yellow (Lyrics)", "Coldplay", "Yellow")]
    [InlineData("Oasis - Wonderwall | Official Audio", "Oasis", "Wonderwall")]
    [InlineData("The Beatles - Let It Be (Remastered 2009)", "The Beatles", "Let It Be")]
    [InlineData("Björk — \"Army of Me\" (Official HD Video)", "Björk", "Army of Me")]
    [InlineData("Dua Lipa - Levitating Official Video HD", "Dua Lipa", "Levitating")]
    [InlineData("Shakira - Waka Waka #shorts #fifa", "Shakira", "Waka Waka")]
    [InlineData("BLACKPINK - 'Pink Venom' M/V", "BLACKPINK", "'Pink Venom'")]
    public void A_title_loses_what_tells_of_the_video(string video, string artist, string title) =>
        Assert.Equal((artist, title), TitleCleaner.Clean(video));

    [Theory]
    [InlineData("Radiohead - Creep (Acoustic)", "Creep (Acoustic)")]
    [InlineData("Beyoncé - Halo (Live at Glastonbury)", "Halo (Live at Glastonbury)")]
    [InlineData("Eminem - Stan (feat. Dido) [Official Video]", "Stan (feat. Dido)")]
    [InlineData("Daft Punk - One More Time (Club Remix)", "One More Time (Club Remix)")]
    [InlineData("The Buggles - Video Killed The Radio Star", "Video Killed The Radio Star")]
    [InlineData("India Arie - Video", "Video")]
    [InlineData("Prince - 1999", "1999")]
    [InlineData("Lana Del Rey - Video Games", "Video Games")]
    [InlineData("Taylor Swift - 22 (Taylor's Version)", "22 (Taylor's Version)")]
    [InlineData("Phoebe Bridgers - Motion Sickness (1984)", "Motion Sickness (1984)")]
    public void A_title_keeps_what_tells_recordings_apart(string video, string title) =>
        Assert.Equal(title, TitleCleaner.Clean(video).Title);

    [Theory]
    [InlineData("Hello", null, "Adele - Topic", "Adele", "Hello")]
    [InlineData("Umbrella (Official Video)", null, "RihannaVEVO", "Rihanna", "Umbrella")]
    [InlineData("Umbrella", null, "Some Uploader", null, "Umbrella")]
    [InlineData("Adele - Hello", "Adele", null, "Adele", "Hello")]
    [InlineData("Self-Control", "Raf", null, "Raf", "Self-Control")]
    [InlineData("(Official Video)", null, null, null, "(Official Video)")]
    [InlineData(null, "Adele", null, "Adele", null)]
    public void The_artist_is_taken_from_where_it_is_sure(string? video, string? artist, string? channel, string? expectedArtist, string? expectedTitle) =>
        Assert.Equal((expectedArtist, expectedTitle), TitleCleaner.Clean(video, artist, channel));

    [Fact]
    public void A_title_made_to_be_slow_is_not() =>
        Assert.NotNull(TitleCleaner.Clean("(" + string.Concat(Enumerable.Repeat("official ", 200)) + "x").Title);
}
