namespace Libretto.Lyrics;

/// <summary>A line and where it stood before lines were left out or put in order, from 0.</summary>
internal readonly record struct PlacedLine(LyricsLine Line, int Index);

/// <summary>
/// Brings the lines of a document into order. Each voice, and the background of each, is a part that is looked at by itself: parts sound
/// at the same time, and so may lines of one part where their file says so.
/// </summary>
internal static class LineOrder
{
    /// <param name="lines">Lines of tidy words; those that are not sung belong to the line before them.</param>
    /// <param name="duration">Length of the song, milliseconds.</param>
    public static List<PlacedLine> Repair(IReadOnlyList<PlacedLine> lines, long duration)
    {
        var words = new IReadOnlyList<LyricsWord>[lines.Count];
        foreach (var part in Enumerable.Range(0, lines.Count).Where(i => lines[i].Line.Sung != false).GroupBy(i => PartOf(lines[i].Line)))
            RepairPart(lines, [.. part], duration, words);
        return Sort(lines, words);
    }

    /// <summary>
    /// Lines of one part cut off where the next of the part begins: for lines that were timed one after another, where an overlap is an
    /// inaccuracy.
    /// </summary>
    public static IReadOnlyList<LyricsLine> InTurn(IReadOnlyList<LyricsLine> lines)
    {
        var limits = new Dictionary<(LyricsVoice, bool), double>();
        var cut = lines.ToArray();
        for (var i = cut.Length - 1; i >= 0; i--)
        {
            if (cut[i].Sung == false || cut[i].Words.Count == 0)
                continue;
            var part = PartOf(cut[i]);
            if (limits.TryGetValue(part, out var limit) && cut[i].End > limit)
                cut[i] = cut[i].WithWords(
                    [.. cut[i].Words.Select(word => word.End > limit && word.Start < limit ? word.MoveTo(word.Start, limit) : word)]);
            limits[part] = cut[i].Start;
        }
        return cut;
    }

    /// <summary>Who sings a line, for the order of lines.</summary>
    public static (LyricsVoice Voice, bool Background) PartOf(LyricsLine line) =>
        (line.Voice ?? LyricsVoice.First, line.Background == true);

    private static void RepairPart(IReadOnlyList<PlacedLine> lines, int[] part, long duration, IReadOnlyList<LyricsWord>[] words)
    {
        var shortest = Milliseconds.From(DocumentRules.ShortestWord);
        if (AreInOrder([.. part.Select(i => lines[i].Line)]))
        {
            foreach (var i in part)
                words[i] = DocumentRules.IsValid(lines[i].Line, duration) ? lines[i].Line.Words : DocumentRules.Repair(
                    lines[i].Line.Words, duration, shortest);
            return;
        }

        // Some start is wrong, and only its neighbours tell which: all words of the part are one list.
        var all = DocumentRules.Repair([.. part.SelectMany(i => lines[i].Line.Words)], duration, shortest);
        var next = 0;
        foreach (var i in part)
        {
            words[i] = all[Math.Min(all.Length, next)..Math.Min(all.Length, next + lines[i].Line.Words.Count)];
            next += lines[i].Line.Words.Count;
        }
    }

    /// <summary>Whether starts rise within each line and from line to line; they may fall where one line overlaps the next.</summary>
    private static bool AreInOrder(List<LyricsLine> lines)
    {
        var lastLine = 0.0;
        foreach (var line in lines)
        {
            var lastWord = lastLine;
            foreach (var word in line.Words)
            {
                if (!(word.Start >= lastWord))
                    return false;
                lastWord = word.Start;
            }
            lastLine = line.Words[0].Start;
        }
        return true;
    }

    /// <summary>By start; lines that are not sung stay with the line before them and stand at its end.</summary>
    private static List<PlacedLine> Sort(IReadOnlyList<PlacedLine> lines, IReadOnlyList<LyricsWord>[] words)
    {
        var groups = new List<(double Start, List<PlacedLine> Lines)>();
        var end = 0.0;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Line.Sung == false)
            {
                if (groups.Count == 0)
                    groups.Add((0, []));
                var at = end;
                groups[^1].Lines.Add(lines[i] with
                {
                    Line = lines[i].Line.WithWords(
                        [.. lines[i].Line.Words.Select(word => word with { Start = at, End = at, Syllables = null })]),
                });
            }
            else if (words[i].Count > 0)
            {
                groups.Add((words[i][0].Start, [lines[i] with { Line = lines[i].Line.WithWords(words[i]) }]));
                end = words[i][^1].End;
            }
        }
        return [.. groups.OrderBy(group => group.Start).SelectMany(group => group.Lines)];
    }
}
