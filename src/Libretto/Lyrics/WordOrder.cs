using System.Numerics;

namespace Libretto.Lyrics;

/// <summary>
/// The one rule for words in a row, whoever times them: each starts at least a least length after the one before it, lasts at least as
/// long, and ends no later than the next one starts. The least length is <see cref="DocumentRules.ShortestWord"/>.
/// </summary>
internal static class WordOrder
{
    /// <summary>Moves starts apart by the least change: later what comes too early, then earlier what has no room before the end.</summary>
    /// <param name="starts">When words start, in their order.</param>
    /// <param name="first">The earliest time there is.</param>
    /// <param name="end">The latest. It should leave room for all words.</param>
    /// <param name="least">The least length.</param>
    public static void Space<T>(Span<T> starts, T first, T end, T least)
        where T : INumber<T>
    {
        var earliest = first;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = T.Max(starts[i], earliest);
            earliest = starts[i] + least;
        }
        var latest = end;
        for (var i = starts.Length - 1; i >= 0; i--)
            latest = starts[i] = T.Min(starts[i], latest - least);
    }

    /// <summary>When a word ends.</summary>
    /// <param name="start">When it starts.</param>
    /// <param name="end">When it would end by itself.</param>
    /// <param name="next">When the next one starts, or the song ends.</param>
    /// <param name="least">The least length.</param>
    public static T End<T>(T start, T end, T next, T least)
        where T : INumber<T> => T.Max(T.Min(end, next), start + least);
}
