using Libretto.Acquire;
using Libretto.Settings;

namespace Libretto.Pipeline.Timing;

/// <summary>Looks up a song's lyrics while it is listened to. Whatever goes wrong costs a notice, never the song.</summary>
internal sealed class LyricsSearch(LyricsLookup library, LibrettoSettings settings)
{
    /// <summary>Looks.</summary>
    /// <param name="song">The song; told what came of it.</param>
    /// <param name="request">What its user says of it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>What was found; null when nothing was.</returns>
    public async Task<FoundLyrics?> FindAsync(Song song, SongRequest request, CancellationToken cancellationToken)
    {
        if (settings.Local)
            return Nothing(song, "Lyrics are not looked up: '--local' lets no title leave this machine.");
        var (artist, title) = Name(song, request);
        if (artist is null || title is null)
            return Nothing(song, "Lyrics are not looked up: the file says neither by its tags nor by its name which song it is. Name it 'Artist - Title'.");
        try
        {
            var seconds = song.Info.Duration ?? (await song.SpeechAsync(null, cancellationToken)).Duration;
            return await library.FindAsync(new WantedLyrics(title, artist, song.Info.Tag("album"), seconds), cancellationToken)
                ?? Nothing(song, $"No lyrics of '{title}' by {artist} were found, of a recording as long as this one.");
        }
        catch (AcquireException e)
        {
            return Nothing(song, e.Message);
        }
    }

    private static (string? Artist, string? Title) Name(Song song, SongRequest request)
    {
        var (artist, title) = (request.Artist ?? song.Info.Tag("artist"), request.Title ?? song.Info.Tag("title"));
        return artist is not null && title is not null
            ? (artist, title)
            : TitleCleaner.Clean(title ?? Path.GetFileNameWithoutExtension(song.Info.Path), artist);
    }

    private static FoundLyrics? Nothing(Song song, string notice)
    {
        song.Notice(notice);
        return null;
    }
}
