using Libretto.Audio;

namespace Libretto.Speech.Timing;

/// <summary>How a network's attention keeps time, while it is about to write a word.</summary>
/// <param name="SecondsPerFrame">Length of a frame of attention.</param>
/// <param name="LongestLag">How long after a word's beginning the middle of the attention lies at most, seconds.</param>
/// <param name="Lead">How long before it lies, seconds.</param>
/// <param name="Widest">
/// The widest attention, from quartile to quartile, that still says when a word begins, seconds: a network may look at the pause before a
/// line as well, and the word begins where the path comes to its own position then.
/// </param>
internal sealed record AttentionClock(
    double SecondsPerFrame, double LongestLag, double Lead = 0, double Widest = double.PositiveInfinity);

/// <summary>When words begin, read off the attention of the positions that are about to write them.</summary>
internal static class WordTiming
{
    /// <summary>How far beyond its part of the path a position's attention counts, seconds.</summary>
    private const double Reach = 0.2;

    /// <summary>
    /// Attention follows the word's sound, not only its beginning, so its middle lies the later the wider it is: by this share of its
    /// width.
    /// </summary>
    private const double LagOfWidth = 0.4;

    /// <summary>When each word begins: not before the start of the range, likeliest at its end. Seconds from the window's start.</summary>
    /// <param name="attention">Position 0 is before the first text token, position k+1 the k-th text token.</param>
    /// <param name="heads">The heads to use; all when null.</param>
    /// <param name="positionStarts">One frame a position, as <see cref="CrossAttention.PositionStarts"/> gives them.</param>
    /// <param name="firstTokens">The index of each word's first text token, rising.</param>
    /// <param name="clock">How the network's attention keeps time.</param>
    public static TimeRange[] Onsets(
        CrossAttention attention, IReadOnlyList<int>? heads, ReadOnlySpan<int> positionStarts, IReadOnlyList<int> firstTokens,
        AttentionClock clock)
    {
        var onsets = new TimeRange[firstTokens.Count];
        var reach = (int)(Reach / clock.SecondsPerFrame);
        for (var word = 0; word < onsets.Length; word++)
        {
            // The position before a word's first token is the one that writes it.
            var (before, own) = (firstTokens[word], Math.Min(firstTokens[word] + 1, positionStarts.Length - 1));
            var (from, to) = (positionStarts[before], positionStarts[own]);
            var (lower, median, upper) = attention.Quartiles(before, from - reach, to + reach + 1, heads);
            var width = (upper - lower) * clock.SecondsPerFrame;
            if (width > clock.Widest)
            {
                onsets[word] = new TimeRange(to * clock.SecondsPerFrame, to * clock.SecondsPerFrame);
                continue;
            }
            var likeliest = median * clock.SecondsPerFrame + clock.Lead - Math.Min(LagOfWidth * width, clock.LongestLag);
            var earliest = likeliest - (median - lower) * clock.SecondsPerFrame;
            onsets[word] = new TimeRange(Math.Max(0, earliest), Math.Max(0, likeliest));
        }
        return onsets;
    }
}
