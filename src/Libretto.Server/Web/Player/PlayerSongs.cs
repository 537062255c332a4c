using Libretto.Karaoke.Html;
using Libretto.Lyrics;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Web.Player;

/// <summary>Songs of jobs as the player needs them.</summary>
internal static class PlayerSongs
{
    /// <summary>Tells one state of a job's song from another.</summary>
    public static string VersionOf(Job job) => $"{job.DocumentKey}-{job.DocumentVersion}-{job.VocalsKey}-{job.InstrumentalKey}";

    /// <summary>The song of a job.</summary>
    /// <param name="job">A job with lyrics.</param>
    /// <param name="document">Its lyrics.</param>
    /// <param name="root">The address below which its recordings lie.</param>
    public static PlayerSong Of(Job job, LyricsDocument document, string root) => new(document, $"{root}/audio/mix")
    {
        Title = job.Title ?? job.FileName,
        Artist = job.Artist,
        Vocals = job.VocalsKey is null ? null : $"{root}/sound/vocals",
        Instrumental = job.InstrumentalKey is null ? null : $"{root}/sound/instrumental",
        Waveform = $"{root}/waveform",
        Cover = job.HasCover ? $"{root}/cover" : null,
        Version = VersionOf(job),
    };
}
