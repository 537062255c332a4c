using Libretto.Lyrics;
using Libretto.Separate;

namespace Libretto.Pipeline;

/// <summary>One song to be worked on.</summary>
/// <param name="Path">An audio or video file.</param>
public sealed record SongRequest(string Path)
{
    /// <summary>Which of the file's audio tracks, from 1; null (the default) takes the one that players take.</summary>
    public int? Track { get; init; }

    /// <summary>The language sung, by BCP 47 tag, ISO 639 code or name, or <c>auto</c>; null takes the setting.</summary>
    public string? Language { get; init; }

    /// <summary><c>auto</c>, <c>moonshine</c> or <c>whisper</c>; null takes the setting.</summary>
    public string? Engine { get; init; }

    /// <summary>A model's name or folder; null takes the setting.</summary>
    public string? Model { get; init; }

    /// <summary>How much time the song may take; null takes the setting.</summary>
    public SongQuality? Quality { get; init; }

    /// <summary>True to get the words in English whatever language is sung; false by default.</summary>
    public bool Translate { get; init; }

    /// <summary>True to get lines of other scripts in Latin letters too, as far as they can be told; false by default.</summary>
    public bool Romanize { get; init; }

    /// <summary>Names and spellings the song may hold; null by default.</summary>
    public string? Prompt { get; init; }

    /// <summary>Beams of Whisper's search, 1 to 10; null, the default, leaves it to the engine.</summary>
    public int? BeamSize { get; init; }

    /// <summary>
    /// The words, where they are known: they are kept, line by line, and only timed. Lines that have times keep them if those are found to
    /// be this recording's, and get word times within them. Null (the default) takes what is heard.
    /// </summary>
    public LyricsDocument? Lyrics { get; init; }

    /// <summary>
    /// True where <see cref="Lyrics"/> only lie with the song and may be another's: they are used if they are what is sung. False (the
    /// default) takes the words as given.
    /// </summary>
    public bool CheckLyrics { get; init; }

    /// <summary>
    /// What was changed or left out when <see cref="Lyrics"/> were read, a sentence each: told to the user and kept with the result.
    /// </summary>
    public IReadOnlyList<string>? LyricsNotices { get; init; }

    /// <summary>
    /// True to look the words up where <see cref="Lyrics"/> does not give them: title and artist are sent to a library of lyrics, and what
    /// is found is used if it is what is sung. False by default.
    /// </summary>
    public bool FindLyrics { get; init; }

    /// <summary>
    /// Whether the voice is separated before words are timed; null takes the setting, which unless set means never, or always where
    /// <see cref="KeepStems"/> asks for stems and the engine's own times are not to be trusted.
    /// </summary>
    public SeparationMode? Separate { get; init; }

    /// <summary>True to get the stems in <see cref="SongResult.Stems"/>; false by default.</summary>
    public bool KeepStems { get; init; }

    /// <summary>True to do everything anew, even what was kept from an earlier time; false by default.</summary>
    public bool Fresh { get; init; }

    /// <summary>The song's title; null takes the file's tag, if it has one.</summary>
    public string? Title { get; init; }

    /// <summary>The song's artist; null takes the file's tag, if it has one.</summary>
    public string? Artist { get; init; }

    /// <summary>Where the song came from, for the document; null (the default) says from a file.</summary>
    public LyricsSource? Source { get; init; }
}
