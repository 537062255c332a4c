using System.Globalization;
using System.Text;

namespace Libretto.Bench;

/// <summary>A word as it was recognised, or is sung.</summary>
/// <param name="Text">With its punctuation.</param>
/// <param name="Start">Seconds.</param>
/// <param name="End">Seconds; of a true word only where it ends a line.</param>
/// <param name="EndsLine">Whether a line ends with it.</param>
internal sealed record ScoredWord(string Text, double Start, double? End = null, bool EndsLine = false);

/// <summary>How well timed words fit a hand-annotated song, by the rules of <c>../shared/tools/score.py</c>.</summary>
/// <param name="Words">Reference words.</param>
/// <param name="ErrorRate">(Substituted + deleted + inserted) / reference words, after case folding and punctuation.</param>
/// <param name="Onsets">Share of the recognised words whose start is within 0.3 s (percentage of correct onsets).</param>
/// <param name="MedianError">Median absolute start error of those words, seconds.</param>
/// <param name="Far">Share of those words more than 1 s off.</param>
/// <param name="CloseOnsets">Share of those words whose start is within 0.1 s.</param>
/// <param name="Ends">Share of the recognised last words of true lines that end within 0.3 s of the line's end.</param>
/// <param name="Breaks">F1 of line breaks after recognised words.</param>
internal sealed record SongScore(
    int Words, double ErrorRate, double Onsets, double MedianError, double Far, double CloseOnsets, double Ends, double Breaks)
{
    /// <summary>
    /// Scores words against <c>SONG.words.txt</c> (one word a line) and <c>SONG.words.csv</c> (word_start, word_end, line_end; seconds).
    /// </summary>
    public static SongScore Of(IEnumerable<ScoredWord> words, string song)
    {
        var texts = File.ReadLines(song + ".words.txt").Select(line => line.Trim()).Where(line => line.Length > 0);
        var rows = File.ReadLines(song + ".words.csv").Skip(1).Select(row => row.Split(',')).Select(row => (
            Start: double.Parse(row[0], CultureInfo.InvariantCulture),
            LineEnd: row.Length > 2 && double.TryParse(row[2], CultureInfo.InvariantCulture, out var end) && !double.IsNaN(end) ? end : (double?)null));
        return Of(words, texts.Zip(rows, (text, row) => new ScoredWord(text, row.Start, row.LineEnd, row.LineEnd is not null)));
    }

    /// <summary>Scores words against the true ones, of which only texts and starts are known.</summary>
    public static SongScore Of(IEnumerable<(string Text, double Start)> words, IEnumerable<(string Text, double Start)> truth) =>
        Of(words.Select(word => new ScoredWord(word.Text, word.Start)), truth.Select(word => new ScoredWord(word.Text, word.Start)));

    /// <summary>Scores words against the true ones.</summary>
    public static SongScore Of(IEnumerable<ScoredWord> words, IEnumerable<ScoredWord> truth)
    {
        var (reference, heard) = (Tokens(truth), Tokens(words));
        var rows = Distances(reference, heard);
        var (errors, ends, breaks) = (new List<double>(), new List<double>(), new List<(bool True, bool Heard)>());
        for (int i = reference.Count, j = heard.Count; i > 0 && j > 0;)
        {
            var (expected, actual) = (reference[i - 1], heard[j - 1]);
            var same = expected.Text == actual.Text;
            if (rows[i, j] == rows[i - 1, j - 1] + (same ? 0 : 1))
            {
                i--;
                j--;
                if (!same)
                    continue;
                if (expected.Start is { } trueStart && actual.Start is { } start)
                    errors.Add(Math.Abs(start - trueStart));
                if (expected.EndsLine is not { } endsTrueLine || actual.EndsLine is not { } endsLine)
                    continue;
                breaks.Add((endsTrueLine, endsLine));
                if (endsTrueLine && expected.End is { } trueEnd && actual.End is { } end)
                    ends.Add(Math.Abs(end - trueEnd));
            }
            else if (rows[i, j] == rows[i - 1, j] + 1)
            {
                i--;
            }
            else
            {
                j--;
            }
        }
        errors.Sort();
        var wanted = breaks.Sum(at => (at.True ? 1 : 0) + (at.Heard ? 1 : 0));
        return new SongScore(
            reference.Count, (double)rows[reference.Count, heard.Count] / reference.Count, Share(errors, e => e <= 0.3),
            errors.Count == 0 ? double.NaN : errors[errors.Count / 2], Share(errors, e => e > 1), Share(errors, e => e <= 0.1),
            Share(ends, e => e <= 0.3), wanted == 0 ? 0 : 2.0 * breaks.Count(at => at.True && at.Heard) / wanted);
    }

    /// <summary>Longest run of a phrase of at least four words said again and again without a break.</summary>
    public static int LongestLoop(IReadOnlyList<string> words)
    {
        var longest = 1;
        for (var period = 4; period <= 12; period++)
        {
            var run = 0;
            for (var i = period; i < words.Count; i++)
            {
                run = words[i] == words[i - period] ? run + 1 : 0;
                longest = Math.Max(longest, 1 + run / period);
            }
        }
        return longest;
    }

    /// <summary>Folded words; an apostrophe splits one, and only its first part carries the start, only its last one the end.</summary>
    public static List<Token> Tokens(IEnumerable<ScoredWord> words)
    {
        var tokens = new List<Token>();
        foreach (var word in words)
        {
            var folded = word.Text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
            var parts = new string([.. folded.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : ' ')])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < parts.Length; i++)
            {
                var isLast = i == parts.Length - 1;
                tokens.Add(new Token(parts[i], i == 0 ? word.Start : null, isLast ? word.End : null, isLast ? word.EndsLine : null));
            }
        }
        return tokens;
    }

    private static double Share(List<double> errors, Func<double, bool> test) => errors.Count == 0 ? 0 : (double)errors.Count(test) / errors.Count;

    private static int[,] Distances(List<Token> a, List<Token> b)
    {
        var rows = new int[a.Count + 1, b.Count + 1];
        for (var i = 0; i <= a.Count; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Count; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Count; i++)
            for (var j = 1; j <= b.Count; j++)
                rows[i, j] = Math.Min(
                    rows[i - 1, j - 1] + (a[i - 1].Text == b[j - 1].Text ? 0 : 1), Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        return rows;
    }

    /// <summary>A part of a word that is compared.</summary>
    internal readonly record struct Token(string Text, double? Start, double? End, bool? EndsLine);
}
