using Libretto.Karaoke.Html;
using Libretto.Lyrics;
using Libretto.Server.Data.Entities;
using Libretto.Server.Jobs;
using Libretto.Storage;

namespace Libretto.Server.Web.Player;

/// <summary>
/// Songs that are still worked on, for the player: the recording, and the words that came with it or were heard so far. None of them
/// lights up yet: their times are not known, or not exactly.
/// </summary>
internal sealed class LiveSongs(IContentStore store)
{
    /// <summary>The song as far as it is; null while its recording is not here.</summary>
    /// <param name="job">A job that is not over.</param>
    /// <param name="before">What was shown of it before.</param>
    /// <param name="ct">Stops.</param>
    public async Task<PlayerSong?> OfAsync(Job job, PlayerSong? before, CancellationToken ct)
    {
        if (job is not { InputKey: not null, Duration: { } duration })
            return null;
        var version = job.LyricsKey ?? $"heard-{job.Heard?.Length}";
        if (before?.Version == version)
            return before;
        var lines = job.LyricsKey is { } key ? await GivenAsync(key, ct) : HeardLines.Read(job.Heard).Select(Untimed);
        var document = new LyricsDocument { Duration = duration, Lines = [.. lines] };
        return PlayerSongs.Of(job, document, $"api/jobs/{job.Id}") with
        {
            Version = version,
            NoWords = "The words come here as they are heard. The song can be played already.",
        };
    }

    private async Task<IEnumerable<LyricsLine>> GivenAsync(string key, CancellationToken ct) =>
        (await GivenLyrics.ReadAsync(store, key, ct))?.Document.Lines.Select(
            line => line.WithWords([.. line.Words.Select(word => new LyricsWord(word.Text, 0, 0))])) ?? [];

    private static LyricsLine Untimed(HeardLine line) =>
        LyricsLine.Of([.. line.Text.Split(' ').Select(word => new LyricsWord(word, 0, 0))]);
}
