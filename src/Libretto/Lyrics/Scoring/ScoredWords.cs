using System.Globalization;
using System.Text.RegularExpressions;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Scoring;

/// <summary>A word as it is compared: without case and punctuation. A written word may be several ("don't").</summary>
/// <param name="Text">Its letters.</param>
/// <param name="Start">When it starts, seconds; null for all but the first part of a written word.</param>
/// <param name="End">When it ends, seconds; null for all but the last part.</param>
/// <param name="EndsLine">Whether a line ends with it; null for all but the last part.</param>
public sealed record ScoredWord(string Text, double? Start, double? End, bool? EndsLine);

/// <summary>Words to be compared, of lyrics or of annotations.</summary>
public static partial class ScoredWords
{
    /// <summary>The sung words of lyrics.</summary>
    public static IReadOnlyList<ScoredWord> Of(LyricsDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return [.. document.Lines.Where(line => line.Sung != false).SelectMany(line =>
            line.Words.SelectMany((word, at) => Parts(word.Text, word.Start, word.End, at == line.Words.Count - 1)))];
    }

    /// <summary>The words of an annotation in the layout of JamendoLyrics.</summary>
    /// <param name="words">A word a line.</param>
    /// <param name="table">A header, then <c>word_start,word_end,line_end</c> of each word; the last <c>nan</c> within a line.</param>
    /// <param name="name">What it is called in errors.</param>
    /// <exception cref="LyricsFormatException">They do not belong together.</exception>
    public static IReadOnlyList<ScoredWord> OfTable(IEnumerable<string> words, IEnumerable<string> table, string name)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(table);
        var texts = words.Where(word => !string.IsNullOrWhiteSpace(word)).Select(word => word.Trim()).ToList();
        var rows = table.Skip(1).Where(row => row.Length > 0).Select(row => row.Split(',')).ToList();
        if (texts.Count != rows.Count || rows.Any(row => row.Length < 3 || !double.TryParse(row[0], CultureInfo.InvariantCulture, out _)))
            throw new LyricsFormatException(ErrorKind.Input, "lyrics_broken",
                $"{name}: {texts.Count} words and {rows.Count} rows of times do not belong together.");
        return [.. texts.SelectMany((word, at) =>
        {
            double? lineEnd = double.TryParse(rows[at][2], CultureInfo.InvariantCulture, out var end) && double.IsFinite(end) ? end : null;
            return Parts(word, double.Parse(rows[at][0], CultureInfo.InvariantCulture), lineEnd ?? double.NaN, lineEnd is not null);
        })];
    }

    private static IEnumerable<ScoredWord> Parts(string word, double start, double end, bool endsLine)
    {
        var text = Accents.Compose(word.ToLowerInvariant()).Replace('\u2019', '\'');
        var parts = Between().Replace(text, " ").Replace('\'', ' ').Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Select((part, at) => new ScoredWord(
            part, at == 0 ? start : null, at == parts.Length - 1 ? end : null, at == parts.Length - 1 ? endsLine : null));
    }

    [GeneratedRegex(@"[^\w']+")]
    private static partial Regex Between();
}
