using System.Globalization;
using System.Text;

namespace Libretto.Bench;

/// <summary>How well timed words fit a hand-annotated song.</summary>
/// <param name="Words">Reference words.</param>
/// <param name="ErrorRate">(Substituted + deleted + inserted) / reference words, after case folding and punctuation.</param>
/// <param name="Onsets">Share of the recognised words whose start is within 0.3 s (percentage of correct onsets).</param>
/// <param name="MedianError">Median absolute start error of those words, seconds.</param>
/// <param name="Far">Share of those words more than 1 s off.</param>
internal sealed record SongScore(int Words, double ErrorRate, double Onsets, double MedianError, double Far)
{
    /// <summary>Scores words against <c>SONG.words.txt</c> (one word a line) and <c>SONG.words.csv</c> (start in seconds first).</summary>
    public static SongScore Of(IEnumerable<(string Text, double Start)> words, string song)
    {
        var texts = File.ReadLines(song + ".words.txt").Select(line => line.Trim()).Where(line => line.Length > 0);
        var starts = File.ReadLines(song + ".words.csv").Skip(1).Select(row => double.Parse(row.Split(',')[0], CultureInfo.InvariantCulture));
        return Of(words, texts.Zip(starts));
    }

    /// <summary>Scores words against the true ones.</summary>
    public static SongScore Of(IEnumerable<(string Text, double Start)> words, IEnumerable<(string Text, double Start)> truth)
    {
        var (reference, heard) = (Tokens(truth), Tokens(words));
        var rows = Distances(reference, heard);
        var errors = new List<double>();
        for (int i = reference.Count, j = heard.Count; i > 0 && j > 0;)
        {
            var same = reference[i - 1].Text == heard[j - 1].Text;
            if (rows[i, j] == rows[i - 1, j - 1] + (same ? 0 : 1))
            {
                i--;
                j--;
                if (same && reference[i].Start is { } expected && heard[j].Start is { } actual)
                    errors.Add(Math.Abs(actual - expected));
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
        double Share(Func<double, bool> test) => errors.Count == 0 ? 0 : (double)errors.Count(test) / errors.Count;
        return new SongScore(
            reference.Count, (double)rows[reference.Count, heard.Count] / reference.Count, Share(e => e <= 0.3),
            errors.Count == 0 ? double.NaN : errors[errors.Count / 2], Share(e => e > 1));
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

    /// <summary>Folded words; an apostrophe splits one, and only the first part carries the time.</summary>
    public static List<(string Text, double? Start)> Tokens(IEnumerable<(string Text, double Start)> words)
    {
        var tokens = new List<(string Text, double? Start)>();
        foreach (var (text, start) in words)
        {
            var folded = text.Normalize(NormalizationForm.FormKC).ToLowerInvariant();
            var parts = new string([.. folded.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : ' ')])
                .Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < parts.Length; i++)
                tokens.Add((parts[i], i == 0 ? start : null));
        }
        return tokens;
    }

    private static int[,] Distances(List<(string Text, double? Start)> a, List<(string Text, double? Start)> b)
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
}
