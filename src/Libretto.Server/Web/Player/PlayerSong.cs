using Libretto.Lyrics;
using Libretto.Server.Data.Entities;

namespace Libretto.Server.Web.Player;

/// <summary>A song as the player needs it: its words and where its sounds are.</summary>
/// <param name="Document">The words.</param>
/// <param name="Mix">Address of the recording.</param>
public sealed record PlayerSong(LyricsDocument Document, string Mix)
{
    public string? Title { get; init; }

    public string? Artist { get; init; }

    /// <summary>Addresses of the stems, where there are any.</summary>
    public string? Vocals { get; init; }

    public string? Instrumental { get; init; }

    /// <summary>Address of the waveform; null where it is not to be had.</summary>
    public string? Waveform { get; init; }

    /// <summary>Tells one state of the song from another.</summary>
    public string Version { get; init; } = "";

    internal static string VersionOf(Job job) => $"{job.DocumentKey}-{job.DocumentVersion}-{job.VocalsKey}-{job.InstrumentalKey}";

    /// <summary>The song of a job.</summary>
    /// <param name="job">A job with lyrics.</param>
    /// <param name="document">Its lyrics.</param>
    /// <param name="root">The address below which its recordings lie.</param>
    internal static PlayerSong Of(Job job, LyricsDocument document, string root) => new(document, $"{root}/audio/mix")
    {
        Title = job.Title ?? job.FileName,
        Artist = job.Artist,
        Vocals = job.VocalsKey is null ? null : $"{root}/audio/vocals",
        Instrumental = job.InstrumentalKey is null ? null : $"{root}/audio/instrumental",
        Waveform = $"{root}/waveform",
        Version = VersionOf(job),
    };
}
