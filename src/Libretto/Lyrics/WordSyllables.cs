namespace Libretto.Lyrics;

/// <summary>
/// What the syllables of a word keep to, whatever is done to the word: they make up its text and lie within it, in order.
/// </summary>
internal static class WordSyllables
{
    /// <summary>Whether syllables are those of a word: its letters, in whole milliseconds, one after another, within it.</summary>
    public static bool AreOf(IReadOnlyList<LyricsSyllable> syllables, LyricsWord word)
    {
        if (!MakeUp(syllables, word.Text) || syllables[0].Start < word.Start || syllables[^1].End > word.End)
            return false;
        var end = 0.0;
        foreach (var syllable in syllables)
        {
            if (syllable.Start < end || syllable.End < syllable.Start || syllable.Pitch is not (null or >= 0 and <= 127)
                || Milliseconds.Round(syllable.Start) != syllable.Start || Milliseconds.Round(syllable.End) != syllable.End)
                return false;
            end = syllable.End;
        }
        return true;
    }

    /// <summary>Brings syllables into order within their word by the least change; null where they are not the word's letters.</summary>
    public static IReadOnlyList<LyricsSyllable>? Normalize(IReadOnlyList<LyricsSyllable>? syllables, LyricsWord word)
    {
        if (syllables is null || AreOf(syllables, word))
            return syllables;
        if (!MakeUp(syllables, word.Text))
            return null;
        var (first, last) = (Milliseconds.From(word.Start), Milliseconds.From(word.End));
        var normal = new LyricsSyllable[syllables.Count];
        for (var i = 0; i < normal.Length; i++)
        {
            var start = Math.Clamp(Milliseconds.From(syllables[i].Start), first, last);
            var limit = i + 1 < normal.Length ? Math.Clamp(Milliseconds.From(syllables[i + 1].Start), start, last) : last;
            var end = Math.Clamp(Milliseconds.From(syllables[i].End), start, limit);
            normal[i] = syllables[i] with
            {
                Start = Milliseconds.ToSeconds(start),
                End = Milliseconds.ToSeconds(end),
                Pitch = syllables[i].Pitch is >= 0 and <= 127 ? syllables[i].Pitch : null,
            };
            first = end;
        }
        return normal;
    }

    /// <summary>The syllables of a word that gets other times; see <see cref="LyricsWord.MoveTo"/>.</summary>
    public static IReadOnlyList<LyricsSyllable> Move(IReadOnlyList<LyricsSyllable> syllables, LyricsWord word, double start, double end)
    {
        if (syllables.Count == 0)
            return syllables;
        var moved = new LyricsSyllable[syllables.Count];
        var by = start - word.Start;
        var isMoved = Math.Abs(end - word.End - by) < 0.0005;
        var isRoom = syllables[0].End > start && syllables[^1].Start < end;
        var scale = word.End > word.Start ? (end - start) / (word.End - word.Start) : 0;
        for (var i = 0; i < moved.Length; i++)
        {
            double At(double time) => isMoved ? time + by : isRoom ? time : start + (time - word.Start) * scale;
            moved[i] = syllables[i] with { Start = Milliseconds.Round(At(syllables[i].Start)),
                End = Milliseconds.Round(At(syllables[i].End)) };
        }
        // The edges go with the word's where they were the word's.
        if (syllables[0].Start == word.Start || moved[0].Start < start)
            moved[0] = moved[0] with { Start = start };
        if (syllables[^1].End == word.End || moved[^1].End > end)
            moved[^1] = moved[^1] with { End = end };
        return moved;
    }

    private static bool MakeUp(IReadOnlyList<LyricsSyllable> syllables, string text) =>
        syllables.Count > 0
        && syllables.All(syllable => syllable?.Text is not null)
        && syllables[0].Text.Length > 0
        && string.Concat(syllables.Select(syllable => syllable.Text)) == text;
}
