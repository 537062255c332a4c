using Libretto.Lyrics;

namespace Libretto.Karaoke.Html;

/// <summary>A song as the player needs it: its words and where its sounds are.</summary>
/// <param name="Document">The words.</param>
/// <param name="Mix">Address of the recording.</param>
public sealed record PlayerSong(LyricsDocument Document, string Mix)
{
    /// <summary>The title shown; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The artist shown; null for none.</summary>
    public string? Artist { get; init; }

    /// <summary>Address of the voice; null where it is not known apart.</summary>
    public string? Vocals { get; init; }

    /// <summary>Address of the accompaniment, likewise.</summary>
    public string? Instrumental { get; init; }

    /// <summary>How loud the voice is at first, 0 to 100; its square is what is heard.</summary>
    public int VoiceLevel { get; init; } = 100;

    /// <summary>Address of the waveform; null where it is not to be had.</summary>
    public string? Waveform { get; init; }

    /// <summary>Address of its cover, below which lies <c>/backdrop</c>, the same for behind the words; null for none.</summary>
    public string? Cover { get; init; }

    /// <summary>What is said where there are no words.</summary>
    public string NoWords { get; init; } = "Nobody was heard to sing here.";

    /// <summary>Who sings it, for whom its levels and key are kept; null for nobody in particular.</summary>
    public string? Singer { get; init; }

    /// <summary>Whether it begins to play by itself.</summary>
    public bool Begins { get; init; }

    /// <summary>Tells one state of the song from another.</summary>
    public string Version { get; init; } = "";
}
