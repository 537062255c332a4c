using System.Text;

namespace Libretto.Lyrics.Writing;

/// <summary>What script words are written in, as far as songs are commonly written in it.</summary>
internal static class ScriptNames
{
    private static readonly (string Name, int First, int Last)[] Ranges =
    [
        ("Latin letters", 0x41, 0x24F), ("Latin letters", 0x1E00, 0x1EFF), ("Latin letters", 0xFF21, 0xFF5A),
        ("Greek letters", 0x370, 0x3FF), ("Cyrillic letters", 0x400, 0x52F), ("Armenian letters", 0x530, 0x58F),
        ("Hebrew letters", 0x590, 0x5FF), ("Arabic letters", 0x600, 0x77F), ("Devanagari", 0x900, 0x97F), ("Bengali letters", 0x980, 0x9FF),
        ("Tamil letters", 0xB80, 0xBFF), ("Telugu letters", 0xC00, 0xC7F), ("Thai letters", 0xE00, 0xE7F),
        ("Georgian letters", 0x10A0, 0x10FF), ("Korean letters", 0x1100, 0x11FF), ("Korean letters", 0xAC00, 0xD7A3),
    ];

    /// <summary>The script that most letters are in; null where there are none or it is another.</summary>
    public static string? Of(IEnumerable<string> words)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var rune in words.SelectMany(word => word.EnumerateRunes()).Where(Rune.IsLetter))
        {
            var name = Scripts.IsIdeographOrKana(rune) ? "Chinese or Japanese characters"
                : Array.Find(Ranges, range => rune.Value >= range.First && rune.Value <= range.Last).Name ?? "";
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
        return counts.Count > 0 && counts.MaxBy(script => script.Value).Key is { Length: > 0 } most ? most : null;
    }
}
