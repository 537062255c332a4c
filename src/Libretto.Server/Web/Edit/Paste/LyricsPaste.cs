using Libretto.Lyrics;
using Libretto.Lyrics.Reading;

namespace Libretto.Server.Web.Edit.Paste;

/// <summary>
/// Puts other lyrics in the place of a song's, whole or in parts: words that are in both keep their times, all others are laid between
/// them and are guesses until they are listened to.
/// </summary>
internal static class LyricsPaste
{
    // Seconds that a word is given where there is more room than it can need.
    private const double Usual = 0.5;

    /// <summary>Which times of words were read; lines' times say nothing of words.</summary>
    public static HeldTimes TimesOf(LyricsReading reading)
    {
        var words = LyricsEdit.Words(reading.Document);
        return !reading.Document.IsTimed || words.Count == 0 || words.Count(word => word.Estimated == true) * 2 > words.Count
            ? HeldTimes.None
            : reading.Format == LyricsFormats.EnhancedLrc || reading.Format == LyricsFormats.Lrc ? HeldTimes.Starts
            : HeldTimes.StartsAndEnds;
    }

    /// <summary>Takes the parts that were chosen.</summary>
    /// <param name="now">The song's lyrics.</param>
    /// <param name="other">The others.</param>
    /// <param name="parts">How they differ.</param>
    /// <param name="isTaken">Whether a part that differs is taken.</param>
    /// <param name="times">Which of the others' times are taken along.</param>
    /// <returns>The lyrics then; the same where nothing changes.</returns>
    public static LyricsDocument Take(
        LyricsDocument now, LyricsDocument other, IReadOnlyList<LyricsPart> parts, Func<LyricsPart, bool> isTaken, HeldTimes times)
    {
        var hasStructure = other.Sections is { Count: > 0 } || other.Lines.Any(line => line.Stanza == true);
        var (lines, oldPlaces, newPlaces) = (new List<LyricsLine>(), new List<int>(), new List<int>());
        foreach (var part in parts)
        {
            var first = lines.Count;
            var takes = !part.IsSame && isTaken(part);
            lines.AddRange(takes ? Rewritten(part, lines.LastOrDefault()?.Voice, times) : part.Before);
            if (part.IsSame && hasStructure)
                for (var i = 0; i < part.After.Count; i++)
                    lines[first + i] = lines[first + i] with { Stanza = part.After[i].Stanza };
            oldPlaces.AddRange(part.Before.Select((_, i) => Math.Min(first + i, lines.Count)));
            newPlaces.AddRange(part.After.Select((_, i) => Math.Min(first + i, lines.Count)));
        }
        var (sections, places) = hasStructure ? (other.Sections, newPlaces) : (now.Sections, oldPlaces);
        sections = LyricsSections.Move(sections, at => at < places.Count ? places[at] : lines.Count);
        var isSame = lines.SequenceEqual(now.Lines) && (sections ?? []).SequenceEqual(now.Sections ?? []);
        if (isSame)
            return now;
        // Times from elsewhere may lie past the end, as of a longer version of the song.
        var timed = Timed(lines, now.Duration);
        return LyricsEdit.Normalized(now with { Lines = timed, Sections = sections is { Count: > 0 } ? sections : null });
    }

    /// <summary>
    /// Lines with other words: those that belong to one of before have its time, the others none yet, unless they bring their own. What is
    /// said of a line stays where most of its words do.
    /// </summary>
    private static List<LyricsLine> Rewritten(LyricsPart part, LyricsVoice? voiceBefore, HeldTimes times)
    {
        var before = part.Before.SelectMany(line => line.Words.Select(word => (Line: line, Word: word))).ToList();
        var from = part.Pairs.Where(pair => pair is { Before: not null, After: not null })
            .ToDictionary(pair => pair.After!.Value, pair => (Old: before[pair.Before!.Value], pair.IsAlike));
        var lines = new List<LyricsLine>();
        var used = new HashSet<LyricsLine>(ReferenceEqualityComparer.Instance);
        var number = 0;
        foreach (var line in part.After)
        {
            List<LyricsWord> words = [];
            List<LyricsLine> like = [];
            foreach (var word in line.Words)
            {
                var isFound = from.TryGetValue(number++, out var found) && found.Old.Line.Sung != false;
                if (isFound)
                    like.Add(found.Old.Line);
                if (times != HeldTimes.None)
                {
                    words.Add(word with { Estimated = null });
                }
                else if (isFound)
                {
                    words.Add(new LyricsWord(word.Text, found.Old.Word.Start, found.Old.Word.End)
                    {
                        Confidence = word.Text == found.Old.Word.Text ? found.Old.Word.Confidence : null,
                        Estimated = found.IsAlike ? found.Old.Word.Estimated : true,
                        Syllables = word.Text == found.Old.Word.Text ? found.Old.Word.Syllables : null,
                    });
                }
                else
                {
                    words.Add(new LyricsWord(word.Text, double.NaN, double.NaN) { Estimated = true });
                }
            }
            var most = like.GroupBy(one => one).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
            lines.Add(most is null
                ? LyricsLine.Of(words) with { Stanza = line.Stanza, Voice = part.Before.Count > 0 ? part.Before[0].Voice : voiceBefore }
                : LyricsEdit.Rewritten(most, words) with
                {
                    Stanza = line.Stanza ?? (used.Add(most) ? most.Stanza : null),
                    Translation = Keys(line).SequenceEqual(Keys(most)) ? most.Translation : null,
                });
        }
        return lines;

        static IEnumerable<string> Keys(LyricsLine line) => line.Words.Select(word => WordMatch.Key(word.Text));
    }

    /// <summary>The lines with a time for every word: those without are laid into the room between their neighbours.</summary>
    private static List<LyricsLine> Timed(List<LyricsLine> lines, double duration)
    {
        var words = lines.SelectMany((line, at) => line.Words.Select(word => new Placed(at, word))).ToArray();
        for (var first = 0; first < words.Length; first++)
        {
            if (!double.IsNaN(words[first].Word.Start))
                continue;
            var end = first;
            while (end < words.Length && double.IsNaN(words[end].Word.Start))
                end++;
            Lay(words, first, end, duration);
            first = end;
        }
        var next = 0;
        return [.. lines.Select(line => line.WithWords([.. words[next..(next += line.Words.Count)].Select(one => one.Word)]))];
    }

    private static void Lay(Placed[] words, int first, int end, double duration)
    {
        var count = end - first;
        var (hasLeft, hasRight) = (first > 0, end < words.Length);
        var (from, to) = (hasLeft ? words[first - 1].Word.End : 0, hasRight ? words[end].Word.Start : duration);
        if (to - from < count * DocumentRules.ShortestWord && hasLeft)
        {
            // No room: they share the time of the word before them.
            var left = words[first - 1].Word;
            (from, to) = (left.Start + ((left.End - left.Start) / (count + 1)), Math.Max(to, left.End));
            words[first - 1] = words[first - 1] with { Word = left.MoveTo(left.Start, from) };
        }
        var roomy = Usual * count;
        if (!hasLeft && !hasRight || to - from <= roomy || hasLeft && hasRight && words[first - 1].Line == words[end].Line)
        {
            Spread(words, first, end, from, Math.Max(from, to));
            return;
        }
        // Words stay with their line; lines of their own lie between.
        var lead = hasLeft ? words[first..end].TakeWhile(word => word.Line == words[first - 1].Line).Count() : 0;
        var tail = hasRight ? words[first..end].Reverse().TakeWhile(word => word.Line == words[end].Line).Count() : 0;
        Spread(words, first, first + lead, from, from + (Usual * lead));
        Spread(words, end - tail, end, to - (Usual * tail), to);
        (from, to) = (from + (Usual * lead), to - (Usual * tail));
        var between = count - lead - tail;
        if (!hasLeft)
            from = Math.Max(from, to - (Usual * between));
        if (!hasRight)
            to = Math.Min(to, from + (Usual * between));
        Spread(words, first + lead, end - tail, from, to);
    }

    /// <summary>Lays words over a stretch, each by its length.</summary>
    private static void Spread(Placed[] words, int first, int end, double from, double to)
    {
        var letters = words[first..end].Sum(word => word.Word.Text.Length + 1);
        for (var (i, at) = (first, from); i < end; i++)
        {
            var length = (to - from) * (words[i].Word.Text.Length + 1) / letters;
            words[i] = words[i] with { Word = words[i].Word with { Start = at, End = at + length } };
            at += length;
        }
    }

    private readonly record struct Placed(int Line, LyricsWord Word);
}
