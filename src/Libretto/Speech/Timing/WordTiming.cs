using Libretto.Audio;

namespace Libretto.Speech.Timing;

/// <summary>How the start of a word is read off the attention's path.</summary>
internal enum WordStartRule
{
    /// <summary>
    /// Midway between where the row before its first token and the row of its first token begin. On singing the former is
    /// early and the latter late; their midpoint is unbiased. After a pause the former may begin anywhere in it, so the start is
    /// then a moment before the latter (docs/decisions.md).
    /// </summary>
    Midpoint,

    /// <summary>Where the row before its first token begins: the rule of openai/whisper, for comparison.</summary>
    Usual,
}

/// <summary>Words' times from the frames at which the positions of their tokens begin.</summary>
internal static class WordTiming
{
    /// <summary>The longest that a word which may follow a pause starts before its own row begins, seconds.</summary>
    private const double LeadAfterPause = 0.22;

    /// <summary>Start and end of each word, seconds from the window's start.</summary>
    /// <param name="positionStarts">
    /// One frame a position; position 0 is the start token, position k+1 the k-th text token.
    /// </param>
    /// <param name="firstTokens">The index of each word's first text token, rising.</param>
    /// <param name="secondsPerFrame">Length of a frame.</param>
    /// <param name="rule">How starts are read.</param>
    /// <param name="windowEnd">End of the window's audio, seconds.</param>
    /// <param name="followsPause">
    /// Whether a word may follow a pause: any word when null, the first of each line where lines are known. What lies between the
    /// rows of the others is a held note.
    /// </param>
    public static (double Start, double End)[] FromPositions(
        ReadOnlySpan<int> positionStarts, IReadOnlyList<int> firstTokens, double secondsPerFrame, WordStartRule rule, double windowEnd,
        Func<int, bool>? followsPause = null)
    {
        var onsets = Onsets(positionStarts, firstTokens, secondsPerFrame);
        var words = new (double Start, double End)[onsets.Length];
        for (var word = 0; word < words.Length; word++)
        {
            var (before, of) = (onsets[word].Start, onsets[word].End);
            var longestLead = (followsPause?.Invoke(word) ?? true) ? LeadAfterPause : double.PositiveInfinity;
            words[word].Start = rule == WordStartRule.Usual ? before : of - Math.Min((of - before) / 2, longestLead);
        }
        for (var word = 0; word < words.Length; word++)
            words[word].End = word + 1 < words.Length ? words[word + 1].Start : windowEnd;
        return words;
    }

    /// <summary>
    /// Between which times attention comes to each word: from where the row before its first token begins to where its own does.
    /// </summary>
    /// <param name="positionStarts">One frame a position, as for <see cref="FromPositions"/>.</param>
    /// <param name="firstTokens">The index of each word's first text token, rising.</param>
    /// <param name="secondsPerFrame">Length of a frame.</param>
    /// <returns>Seconds from the window's start.</returns>
    public static TimeRange[] Onsets(ReadOnlySpan<int> positionStarts, IReadOnlyList<int> firstTokens, double secondsPerFrame)
    {
        var onsets = new TimeRange[firstTokens.Count];
        for (var word = 0; word < onsets.Length; word++)
        {
            var own = Math.Min(firstTokens[word] + 1, positionStarts.Length - 1);
            onsets[word] = new TimeRange(positionStarts[firstTokens[word]] * secondsPerFrame, positionStarts[own] * secondsPerFrame);
        }
        return onsets;
    }
}
