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

    /// <summary>
    /// Who had the last word on its time, where that is asked for (<c>LIBRETTO_LOG=debug</c>): <c>engine</c>, <c>vocals</c>,
    /// <c>attention</c>,
    /// <c>ctc</c>, <c>synced</c> or <c>document</c>; else null.
    /// </summary>
    public string? TimedBy { get; init; }

    /// <summary>Its syllables in order of time; null when unknown.</summary>
    public IReadOnlyList<LyricsSyllable>? Syllables { get; init; }

    /// <summary>
    /// The word at another time, its syllables along with it: moved where the word is moved, kept where only an edge of the word
    /// moves and room is left for them, in proportion otherwise.
    /// </summary>
    /// <param name="start">When it starts then, seconds.</param>
    /// <param name="end">When it ends then, seconds.</param>
    public LyricsWord MoveTo(double start, double end) => this with
    {
        Start = start,
        End = end,
        Syllables = Syllables is { } syllables &&
            (start, end) != (Start, End) ? WordSyllables.Move(syllables, this, start, end) : Syllables,
    };
}
