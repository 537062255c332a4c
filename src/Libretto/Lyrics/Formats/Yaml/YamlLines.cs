namespace Libretto.Lyrics.Formats.Yaml;

/// <summary>Takes broken entries out of a list in YAML, so that the rest can be read.</summary>
internal static class YamlLines
{
    /// <summary>A text without the list entry that a line belongs to: blank lines stand there, so that others keep their number.</summary>
    /// <param name="text">YAML in block style.</param>
    /// <param name="line">A line of the entry, from 1.</param>
    /// <returns>The text, and the entry's first line; null where the line belongs to none.</returns>
    public static (string Text, int Line)? WithoutEntry(string text, int line)
    {
        var lines = text.Split('\n');
        var first = Math.Min(line, lines.Length) - 1;
        while (first >= 0 && !Begins(lines[first]))
            first--;
        if (first < 0)
            return null;
        var indent = Indent(lines[first]);
        var end = first + 1;
        while (end < lines.Length && (string.IsNullOrWhiteSpace(lines[end]) || Indent(lines[end]) > indent))
            end++;
        Array.Fill(lines, "", first, end - first);
        return (string.Join('\n', lines), first + 1);
    }

    private static bool Begins(string line) => line.AsSpan().TrimStart(' ').StartsWith("- ");

    private static int Indent(string line) => line.Length - line.AsSpan().TrimStart(' ').Length;
}
