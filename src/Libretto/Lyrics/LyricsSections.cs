using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics;

/// <summary>Keeps headings before their lines while lines come and go.</summary>
public static class LyricsSections
{
    /// <summary>The headings after lines were left out or put in order.</summary>
    /// <param name="sections">As they stood among the lines before.</param>
    /// <param name="lines">The lines now, each with where it stood.</param>
    internal static IReadOnlyList<LyricsSection>? Follow(IReadOnlyList<LyricsSection>? sections, IReadOnlyList<PlacedLine> lines)
    {
        if (sections is null)
            return null;
        var before = Enumerable.Range(0, lines.Count).OrderBy(place => lines[place].Index).ToArray();
        int[] indexes = [.. before.Select(place => lines[place].Index)];
        return Move(sections, old =>
        {
            // Before the line that stood there, or the next one after it that is left.
            var found = Array.BinarySearch(indexes, old);
            found = found < 0 ? ~found : found;
            return found < before.Length ? before[found] : lines.Count;
        });
    }

    /// <summary>The headings after lines were added or removed; names cleaned, in order.</summary>
    /// <param name="sections">As they stood among the lines before; null where there are none.</param>
    /// <param name="line">Gives for the line that a heading stood before, from 0, the one it stands before now.</param>
    public static IReadOnlyList<LyricsSection>? Move(IReadOnlyList<LyricsSection>? sections, Func<int, int> line) =>
        sections is null ? null :
        [
            .. sections.Where(section => section is not null)
                .Select(section => new LyricsSection(WordText.Clean(section.Name), Math.Max(0, line(section.Line))))
                .Where(section => section.Name.Length > 0)
                .OrderBy(section => section.Line),
        ];

    internal static IEnumerable<string> Faults(IReadOnlyList<LyricsSection>? sections, int lines)
    {
        var last = 0;
        for (var i = 0; i < (sections?.Count ?? 0); i++)
        {
            if (sections![i] is not { } section || string.IsNullOrEmpty(section.Name) || WordText.Clean(section.Name) != section.Name)
                yield return $"sections[{i}].name is not one line of text.";
            else if (section.Line < last || section.Line > lines)
                yield return $"sections[{i}].line is {section.Line}, not one from {last} to {lines}.";
            last = Math.Max(last, Math.Min(sections[i]?.Line ?? 0, lines));
        }
    }
}
