using Libretto.Karaoke.Video;
using Libretto.Lyrics;

namespace Libretto.Pipeline.Exports;

/// <summary>What karaoke is made as.</summary>
public enum KaraokeKind
{
    /// <summary>One HTML file that plays in any browser without a network.</summary>
    Html,

    /// <summary>A video: H.264 and AAC.</summary>
    Mp4,

    /// <summary>MP3+G in a ZIP, for karaoke players.</summary>
    Cdg,

    /// <summary>A folder for UltraStar and the games like it: a chart with notes, and the sounds.</summary>
    UltraStar,
}

/// <summary>What is heard in karaoke.</summary>
public enum KaraokeAudio
{
    /// <summary>The accompaniment alone; the whole recording, with a notice, where it cannot be separated.</summary>
    Instrumental,

    /// <summary>The whole recording.</summary>
    Mix,

    /// <summary>The accompaniment, and the voice at a low level.</summary>
    Guide,
}

/// <summary>Something to be made.</summary>
/// <param name="Kind">What.</param>
/// <param name="Path">The file to write, replaced if it exists; for <see cref="KaraokeKind.UltraStar"/> a folder, made if it does
/// not.</param>
public sealed record KaraokeOutput(KaraokeKind Kind, string Path);

/// <summary>One song to be made into karaoke.</summary>
/// <param name="Song">The song, and how its words are found where <see cref="Document"/> does not give them.</param>
/// <param name="Outputs">What is made of it.</param>
public sealed record KaraokeRequest(SongRequest Song, IReadOnlyList<KaraokeOutput> Outputs)
{
    /// <summary>The song's words with their times, perhaps corrected by hand; null listens to the song.</summary>
    public LyricsDocument? Document { get; init; }

    /// <summary>The song's voice and accompaniment, where they are there as files; null separates them if they are needed.</summary>
    public KaraokeStems? Stems { get; init; }

    /// <summary>What is heard; the accompaniment by default.</summary>
    public KaraokeAudio Audio { get; init; } = KaraokeAudio.Instrumental;

    /// <summary>How a video looks.</summary>
    public VideoOptions Video { get; init; } = new();

    /// <summary>
    /// What the files within a ZIP are called, without an ending; null takes artist and title, as an UltraStar folder always does.
    /// </summary>
    public string? Name { get; init; }
}

/// <summary>A song's stems as files.</summary>
/// <param name="Vocals">The voice.</param>
/// <param name="Instrumental">The rest.</param>
public sealed record KaraokeStems(string Vocals, string Instrumental);

/// <summary>What came of it.</summary>
/// <param name="Document">The words that are shown, with syllables and notes.</param>
/// <param name="Made">What was made; UltraStar is missing for a song without words.</param>
/// <param name="Notices">What the user should know, a sentence each.</param>
public sealed record KaraokeResult(LyricsDocument Document, IReadOnlyList<KaraokeOutput> Made, IReadOnlyList<string> Notices);
