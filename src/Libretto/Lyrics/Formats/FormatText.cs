using System.Text;
using System.Text.RegularExpressions;

namespace Libretto.Lyrics.Formats;

/// <summary>What the text formats share: lines, and words that look like tags.</summary>
internal static class FormatText
{
    /// <summary>The invisible, widthless character that parts what would be a tag.</summary>
    private const string Guard = "\u2060";

    /// <summary>The lines of a file, without byte order mark, whatever ends them.</summary>
    public static string[] Lines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
    }

    /// <summary>The lines to write: those that are sung, normalized, of documents that have times.</summary>
    public static IEnumerable<LyricsLine> SungLines(LyricsDocument document, string format)
    {
        ArgumentNullException.ThrowIfNull(document);
        return document.IsTimed
            ? DocumentRules.Normalize(document).Lines.Where(line => line.Sung != false)
            : throw LyricsFormatException.NoTimes(format);
    }

    /// <summary>
    /// Parts what would be read as a tag by a word joiner after its opening. Where such joiners stand already, one more is
    /// put there, so that <see cref="Unguard"/> always gives the same text back.
    /// </summary>
    /// <param name="text">A line's or a word's text.</param>
    /// <param name="tags">
    /// Matches where a guard belongs: after the opening and any guards, so a pattern such as <c>(?=\d)(?&lt;=&lt;\u2060*)</c>; what is
    /// quick to
    /// tell comes first, so that a long run of guards is not looked through again and again.
    /// </param>
    public static string Protect(string text, Regex tags) => tags.Replace(text, Guard);

    /// <summary>Takes one guard away wherever <see cref="Protect"/> has put one.</summary>
    public static string Unguard(string text, Regex tags)
    {
        if (!text.Contains(Guard, StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length);
        var from = 0;
        foreach (var match in tags.EnumerateMatches(text))
        {
            if (match.Index <= from || text[match.Index - 1] != Guard[0])
                continue;
            plain.Append(text, from, match.Index - 1 - from);
            from = match.Index;
        }
        return plain.Append(text, from, text.Length - from).ToString();
    }
}
