namespace Libretto.Lyrics;

/// <summary>One syllable of a word, as it is sung on one note.</summary>
/// <param name="Text">Its letters; the syllables of a word make up the word. Empty where the one before goes on, on another note.</param>
/// <param name="Start">When it starts to sound, seconds; not before its word.</param>
/// <param name="End">When it ends, seconds; not after its word, nor after the next syllable's start.</param>
public sealed record LyricsSyllable(string Text, double Start, double End)
{
    /// <summary>The note it is sung on, as a MIDI note number (69 is the A of 440 Hz), 0 to 127; null when unknown.</summary>
    public int? Pitch { get; init; }
}
