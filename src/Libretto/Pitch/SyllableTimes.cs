using Libretto.Lyrics;

namespace Libretto.Pitch;

/// <summary>
/// Lays the syllables of a word over its time. Each would last as long as its letters say; a boundary moves to where the voice shows one
/// nearby: its level rises, its pitch moves, or it sets in anew.
/// </summary>
internal static class SyllableTimes
{
    /// <summary>No syllable is shorter than this where its word has the room, seconds.</summary>
    private const double Shortest = 0.06;

    // How much of the word's length a boundary may lie off where the letters say before nothing heard can hold it there.
    private const double Reach = 0.3;

    /// <summary>Times the syllables of a word.</summary>
    /// <param name="word">The word and its time.</param>
    /// <param name="texts">Its syllables.</param>
    /// <param name="track">What is sung; null where it is not known.</param>
    /// <returns>Syllables that touch each other, from the word's start to its end.</returns>
    public static IReadOnlyList<LyricsSyllable> Of(LyricsWord word, IReadOnlyList<string> texts, PitchTrack? track)
    {
        if (texts.Count == 1 || word.End <= word.Start)
            return [new LyricsSyllable(word.Text, word.Start, word.End)];
        var (from, to) = track is null ? (word.Start, word.End) : Sung(word, track);
        var bounds = Expected(word, from, to, texts);
        if (track is not null)
            bounds = Heard(word, bounds, to - from, track);
        var syllables = new LyricsSyllable[texts.Count];
        for (var i = 0; i < texts.Count; i++)
            syllables[i] = new LyricsSyllable(texts[i], Milliseconds.Round(bounds[i]), Milliseconds.Round(bounds[i + 1]));
        return syllables;
    }

    /// <summary>Where in the time of its word the voice is: words may begin in a breath and end in the accompaniment.</summary>
    private static (double From, double To) Sung(LyricsWord word, PitchTrack track)
    {
        var frames = track.Frames(word.Start, word.End);
        var (first, last) = (frames.Start.Value, frames.End.Value - 1);
        while (first <= last && !track.IsVoiced(first))
            first++;
        while (last > first && !track.IsVoiced(last))
            last--;
        return last - first < 2 * Shortest / PitchTrack.Hop
            ? (word.Start, word.End)
            : (PitchTrack.TimeOf(first) - PitchTrack.Hop / 2, PitchTrack.TimeOf(last) + PitchTrack.Hop / 2);
    }

    /// <summary>By length alone: a syllable is a vowel, and what else it is written with.</summary>
    private static double[] Expected(LyricsWord word, double from, double to, IReadOnlyList<string> texts)
    {
        var weights = texts.Select(text => 2.0 + text.Count(char.IsLetter)).ToArray();
        var bounds = new double[texts.Count + 1];
        bounds[0] = word.Start;
        for (var (i, passed, total) = (0, 0.0, weights.Sum()); i < weights.Length; i++)
        {
            passed += weights[i];
            bounds[i + 1] = Math.Clamp(from + (to - from) * passed / total, word.Start, word.End);
        }
        bounds[^1] = word.End;
        return bounds;
    }

    /// <summary>
    /// The boundaries whose evidence, less the price of lying off, is greatest: a walk over frames, one boundary after another.
    /// </summary>
    private static double[] Heard(LyricsWord word, double[] expected, double sung, PitchTrack track)
    {
        var (first, last) = track.Frames(word.Start, word.End) is var range ? (range.Start.Value, range.End.Value) : default;
        var frames = last - first;
        var inner = expected.Length - 2;
        var gap = Math.Max(1, (int)Math.Min(Shortest / PitchTrack.Hop, (double)frames / (inner + 1)));
        if (frames < (inner + 1) * gap + 1)
            return expected;

        var onsets = Onsets(track, first, frames);
        var best = new double[inner, frames];
        var from = new int[inner, frames];
        for (var bound = 0; bound < inner; bound++)
        {
            var (value, where) = (bound == 0 ? 0.0 : double.NegativeInfinity, -1);
            for (var frame = (bound + 1) * gap; frame < frames - (inner - bound) * gap + 1 && frame < frames; frame++)
            {
                if (bound > 0 && best[bound - 1, frame - gap] > value)
                    (value, where) = (best[bound - 1, frame - gap], frame - gap);
                var off = (PitchTrack.TimeOf(first + frame) - expected[bound + 1]) / (sung * Reach);
                best[bound, frame] = value + onsets[frame] - off * off;
                from[bound, frame] = where;
            }
            for (var frame = 0; frame < (bound + 1) * gap; frame++)
                best[bound, frame] = double.NegativeInfinity;
            for (var frame = Math.Max(0, frames - (inner - bound) * gap + 1); frame < frames; frame++)
                best[bound, frame] = double.NegativeInfinity;
        }

        var at = Enumerable.Range(0, frames).MaxBy(frame => best[inner - 1, frame]);
        if (double.IsNegativeInfinity(best[inner - 1, at]))
            return expected;
        var bounds = (double[])expected.Clone();
        for (var bound = inner - 1; bound >= 0; at = from[bound, at], bound--)
            bounds[bound + 1] = Math.Clamp(PitchTrack.TimeOf(first + at), word.Start, word.End);
        return bounds;
    }

    /// <summary>How much each frame looks like the start of a syllable, 0 to about 2.</summary>
    private static double[] Onsets(PitchTrack track, int first, int count)
    {
        var onsets = new double[count];
        for (var i = 0; i < count; i++)
        {
            var frame = first + i;
            var (before, after) = (Math.Max(0, frame - 3), Math.Min(track.Count - 1, frame + 3));
            var rise = Math.Clamp((track.Level[after] - track.Level[before]) / 12, 0, 1);
            var moved = track.IsVoiced(before) && track.IsVoiced(after)
                ? Math.Clamp(Math.Abs(track.Note(after) - track.Note(before)) / 1.5, 0, 1) : 0;
            var setsIn = !track.IsVoiced(Math.Max(0, frame - 1)) && track.IsVoiced(Math.Min(track.Count - 1, frame + 1)) ? 0.5 : 0;
            onsets[i] = 0.6 * rise + 0.8 * moved + setsIn;
        }
        return onsets;
    }
}
