namespace Libretto.Lyrics;

/// <summary>One word with its time.</summary>
/// <param name="Text">The word with its punctuation, without white space.</param>
/// <param name="Start">When it starts to sound, seconds.</param>
/// <param name="End">When it ends, seconds; never before <paramref name="Start"/>.</param>
public sealed record LyricsWord(string Text, double Start, double End)
{
    /// <summary>How sure the engine is of the word, 0 to 1; null when unknown.</summary>
    public double? Confidence { get; init; }

    /// <summary>True when the time was interpolated or guessed rather than heard; null otherwise.</summary>
    public bool? Estimated { get; init; }
}
