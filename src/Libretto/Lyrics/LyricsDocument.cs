using System.Text.Json.Serialization;

namespace Libretto.Lyrics;

/// <summary>
/// Word-timed lyrics of one song: the product's contract (<c>libretto/1</c>). Immutable; operations live beside it.
/// Times are seconds from the start of the song, with millisecond precision, in order within a line, never negative, never past the end;
/// <see cref="DocumentRules"/> says so exactly.
/// </summary>
public sealed record LyricsDocument
{
    /// <summary>The schema's name and major version, the value of <c>schema</c> in the JSON.</summary>
    public const string SchemaName = "libretto/1";

    /// <summary>Always <see cref="SchemaName"/>; the JSON begins with it.</summary>
    [JsonPropertyOrder(-1)]
#pragma warning disable CA1822 // an instance property, so that it is written
    public string Schema => SchemaName;
#pragma warning restore CA1822

    /// <summary>The song's title, if known.</summary>
    public string? Title { get; init; }

    /// <summary>The song's artist, if known.</summary>
    public string? Artist { get; init; }

    /// <summary>The language sung, as an ISO 639 code such as <c>en</c>; null when unknown.</summary>
    public string? Language { get; init; }

    /// <summary>Length of the song in seconds; 0 for lyrics without times.</summary>
    public required double Duration { get; init; }

    /// <summary>Where the song came from.</summary>
    public LyricsSource? Source { get; init; }

    /// <summary>How the words and their times were made.</summary>
    public LyricsMethod? Method { get; init; }

    /// <summary>
    /// The lines in order of their starts; empty for a song without words. Lines may sound at the same time: two voices, or one in the
    /// background.
    /// </summary>
    public required IReadOnlyList<LyricsLine> Lines { get; init; }

    /// <summary>The headings of given lyrics, in order; null where there are none.</summary>
    public IReadOnlyList<LyricsSection>? Sections { get; init; }

    /// <summary>Places worth checking by ear; null when nothing was checked.</summary>
    public IReadOnlyList<LyricsCheck>? Checks { get; init; }

    /// <summary>
    /// False for lyrics of which only the words are known, as plain text gives: then every time is 0 and every word estimated.
    /// </summary>
    [JsonIgnore]
    public bool IsTimed => Lines.Count == 0 || Lines.Any(line => line.End > 0);
}
