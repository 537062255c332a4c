using System.Globalization;
using Libretto.Audio;
using Libretto.Lyrics;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Tells by the voice what a transcript lacks: where someone sings for long and no words were understood. The engine's own likelihood does
/// not tell, since it speaks only of the words that there are.
/// </summary>
internal static class UnheardSinging
{
    /// <summary>Shorter stretches are held notes, breaths, and what separation takes for a voice, seconds.</summary>
    private const double Shortest = 6;

    /// <summary>From this share of all that is sung on, the transcript as a whole is in doubt.</summary>
    private const double LeastMissed = 0.2;

    /// <summary>The stretches, in order.</summary>
    /// <param name="words">In order of time.</param>
    /// <param name="singing">Where someone sings, in order.</param>
    public static IReadOnlyList<LyricsCheck> Find(IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> singing)
    {
        var found = new List<LyricsCheck>();
        var next = 0;
        foreach (var range in singing)
        {
            var from = range.Start;
            for (; next < words.Count && words[next].Start < range.End; next++)
            {
                Add(from, words[next].Start);
                from = Math.Max(from, words[next].End);
            }
            Add(from, range.End);
        }
        return found;

        void Add(double from, double to)
        {
            if (to - from >= Shortest)
                found.Add(new LyricsCheck(Math.Round(from, 3), Math.Round(to, 3), "someone sings here, but no words were understood"));
        }
    }

    /// <summary>Whether they are much of what is sung.</summary>
    /// <param name="unheard">What was found.</param>
    /// <param name="singing">Where someone sings.</param>
    public static bool IsMuch(IReadOnlyList<LyricsCheck> unheard, IReadOnlyList<TimeRange> singing) =>
        unheard.Count > 0 && Missed(unheard) >= LeastMissed * Sung(singing);

    /// <summary>What the user should know of them; null where they are few.</summary>
    /// <param name="unheard">What was found.</param>
    /// <param name="singing">Where someone sings.</param>
    public static string? Doubt(IReadOnlyList<LyricsCheck> unheard, IReadOnlyList<TimeRange> singing) =>
        !IsMuch(unheard, singing) ? null : string.Create(CultureInfo.InvariantCulture,
            $"In {Missed(unheard):0} of the {Sung(singing):0} s that are sung no words were understood: a verse may be " +
            $"missing. '--quality best', a larger model ('libretto models list') or the lyrics themselves (--lyrics) help.");

    private static double Missed(IReadOnlyList<LyricsCheck> unheard) => unheard.Sum(check => check.End - check.Start);

    private static double Sung(IReadOnlyList<TimeRange> singing) => singing.Sum(range => range.Length);
}
