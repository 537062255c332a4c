using Libretto.Acquire;
using Libretto.Settings;

namespace Libretto.Pipeline.Timing;

/// <summary>Looks up a song's lyrics while it is transcribed. Whatever goes wrong costs a notice, never the song.</summary>
internal sealed class LyricsSearch(LyricsLookup library, LibrettoSettings settings)
{
    /// <summary>Starts a search, where the request asks for one.</summary>
    /// <param name="song">The song; told what came of it.</param>
    /// <param name="request">What its user says of it.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The search; who disposes of it has ended it.</returns>
    public RunningSearch Start(Song song, SongRequest request, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new RunningSearch(
            request is { Lyrics: null, FindLyrics: true, Translate: false } ? FindAsync(song, request, stop.Token) : null, stop);
    }

    private async Task<FoundLyrics?> FindAsync(Song song, SongRequest request, CancellationToken cancellationToken)
    {
        if (settings.Local)
            return Nothing(song, "Lyrics are not looked up: '--local' lets no title leave this machine.");
        var (artist, title) = Name(song, request);
        if (artist is null || title is null)
            return Nothing(
                song,
                "Lyrics are not looked up: the file says neither by its tags nor by its name which song it is. Name it 'Artist - Title'.");
        try
        {
            var seconds = song.Info.Duration ?? (await song.SpeechAsync(null, cancellationToken)).Duration;
            var found = await library.FindAsync(new WantedLyrics(title, artist, song.Info.Tag("album"), seconds), cancellationToken);
            return found is { IsInstrumental: false } ? found : found is not null
                ? Nothing(song, $"'{title}' by {artist} is known as an instrumental; what is heard is kept.")
                : Nothing(song, $"No lyrics of '{title}' by {artist} were found, of a recording as long as this one.");
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

/// <summary>A search for lyrics that goes on beside other work.</summary>
/// <param name="found">What will be found; null where nothing is looked up.</param>
/// <param name="stop">Ends it.</param>
internal sealed class RunningSearch(Task<FoundLyrics?>? found, CancellationTokenSource stop) : IAsyncDisposable
{
    /// <summary>Whether lyrics are looked up at all.</summary>
    public bool IsStarted => found is not null;

    /// <summary>The lyrics; null when none were found or looked up.</summary>
    public Task<FoundLyrics?> ResultAsync() => found ?? Task.FromResult<FoundLyrics?>(null);

    /// <summary>Ends the search and waits until it has ended: it uses the song, which ends next.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (found is not null)
            await ((Task)found).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }
}
