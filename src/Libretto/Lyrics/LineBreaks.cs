namespace Libretto.Lyrics;

/// <summary>Breaks lines anew, as those of recognized words are.</summary>
public static class LineBreaks
{
    /// <summary>
    /// Breaks lines again: at silences, sentence ends and commas, into lines of like length. Only lines of the same voice that follow each
    /// other are taken together; stanzas and headings stay where they are. A line that stays as it was keeps all that is known of it,
    /// others lose their translation, and their romanization where its words cannot be told apart.
    /// </summary>
    /// <param name="document">The lyrics, with times.</param>
    /// <param name="first">The first line, from 0.</param>
    /// <param name="count">How many lines.</param>
    /// <returns>The lyrics with their words unchanged; the same document where no line breaks elsewhere.</returns>
    public static LyricsDocument Again(LyricsDocument document, int first, int count)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + count, document.Lines.Count);
        if (!document.IsTimed)
            return document;
        var headed = (document.Sections ?? []).Select(section => section.Line).ToHashSet();
        List<LyricsLine> lines = [.. document.Lines.Take(first)];
        var places = Enumerable.Range(0, document.Lines.Count + 1).ToArray();
        for (var at = first; at < first + count;)
        {
            var end = at + 1;
            while (end < first + count && Continues(document.Lines[end - 1], document.Lines[end]) && !headed.Contains(end))
                end++;
            Array.Fill(places, lines.Count, at, end - at);
            lines.AddRange(Broken([.. document.Lines.Skip(at).Take(end - at)], document.Language));
            at = end;
        }
        var grown = lines.Count - first - count;
        lines.AddRange(document.Lines.Skip(first + count));
        for (var at = first + count; at < places.Length; at++)
            places[at] += grown;
        return lines.Select(line => line.Text).SequenceEqual(document.Lines.Select(line => line.Text)) ? document
            : DocumentRules.Normalize(document with
            {
                Lines = lines,
                Sections = LyricsSections.Move(document.Sections, at => places[Math.Min(at, places.Length - 1)]),
            });
    }

    private static bool Continues(LyricsLine before, LyricsLine line) =>
        line.Stanza != true && line.Sung != false && before.Sung != false && line.Start >= before.End &&
        line.Voice == before.Voice && line.Background == before.Background;

    private static IEnumerable<LyricsLine> Broken(IReadOnlyList<LyricsLine> lines, string? language)
    {
        if (lines[0].Sung == false)
            return lines;
        LyricsWord[] words = [.. lines.SelectMany(line => line.Words)];
        var romanized = lines.All(line => line.RomanizedWords is not null)
            ? lines.SelectMany(line => line.RomanizedWords!).ToArray()
            : null;
        var (number, starts) = (0, new Dictionary<int, LyricsLine>());
        foreach (var line in lines)
        {
            starts[number] = line;
            number += line.Words.Count;
        }
        number = 0;
        List<LyricsLine> broken = [];
        foreach (var line in LineBreaker.Break(words, language: language))
        {
            broken.Add(starts.TryGetValue(number, out var old) && old.Words.Count == line.Words.Count ? old : line with
            {
                Voice = lines[0].Voice,
                Background = lines[0].Background,
                Stanza = number == 0 ? lines[0].Stanza : null,
                Romanized = romanized is null ? null : string.Join(' ', romanized.Skip(number).Take(line.Words.Count)),
            });
            number += line.Words.Count;
        }
        return broken;
    }
}
