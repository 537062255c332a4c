using Libretto.Audio;

namespace Libretto.Align;

/// <summary>Places lines that the network does not hear by the voice between the lines it does hear.</summary>
internal static class UnheardLineTiming
{
    /// <summary>Times with those of unheard lines made anew.</summary>
    /// <param name="text">The words.</param>
    /// <param name="times">A start for each word, and the text's end, seconds.</param>
    /// <param name="isHeard">Whether a line's times can be relied on.</param>
    /// <param name="activity">Where someone sings, in order.</param>
    /// <param name="duration">Length of the song, seconds.</param>
    /// <param name="cancellationToken">Checked before every line.</param>
    /// <param name="seen">Where the network placed each word, if it did.</param>
    public static double[] Apply(
        GivenText text, double[] times, Func<int, bool> isHeard, IReadOnlyList<TimeRange> activity, double duration,
        CancellationToken cancellationToken, PlacedWord?[]? seen = null)
    {
        var placed = times.ToArray();
        for (int line = 0, next; line < text.Lines; line = next)
        {
            for (next = line; next < text.Lines && !isHeard(next); next++)
            {
            }
            if (next > line)
                Fill(line, next);
            else
                next++;
        }
        return placed;

        void Fill(int line, int next)
        {
            var (first, end) = (text.First(line), text.First(next));
            var from = line == 0 ? 0 : text.EndOf(times, line - 1);
            var to = next == text.Lines ? duration : times[end];
            var voice = PhraseFitter.Voice(activity, from, to);
            var followsWord = line > 0 && voice.Count > 0 && voice[0].Start <= from;
            if (PhraseFitter.Fit(text, first, end, voice, followsWord, cancellationToken, seen) is not { } fit)
                return;
            fit[..^1].CopyTo(placed, first);
            if (next == text.Lines)
                placed[end] = fit[^1];
        }
    }
}
