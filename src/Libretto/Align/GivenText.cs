using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>Given lyrics as one run of words, with the lines they stand in.</summary>
internal sealed class GivenText
{
    public GivenText(IReadOnlyList<LyricsLine> lines)
    {
        var (words, firsts) = (new List<string>(), new List<int>());
        foreach (var line in lines)
        {
            firsts.Add(words.Count);
            words.AddRange(line.Words.Select(word => word.Text));
        }
        firsts.Add(words.Count);
        (Words, _firsts) = (words, firsts);

        var units = new double[words.Count + 1];
        for (var i = 0; i < words.Count; i++)
            units[i + 1] = units[i] + Weight(words[i]);
        _unitsBefore = units;
    }

    private readonly List<int> _firsts;
    private readonly double[] _unitsBefore;

    /// <summary>The words of all lines.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Number of lines.</summary>
    public int Lines => _firsts.Count - 1;

    /// <summary>Index of a line's first word; that of the line after the last is the number of words.</summary>
    public int First(int line) => _firsts[line];

    /// <summary>The words of a line.</summary>
    public Range WordsOf(int line) => First(line)..First(line + 1);

    /// <summary>Whether a word is the first of its line.</summary>
    public bool BeginsLine(int word) => _firsts.BinarySearch(word) >= 0;

    /// <summary>How far into the text a word stands, in the unit of <see cref="Weight"/>.</summary>
    public double UnitsBefore(int word) => _unitsBefore[word];

    /// <summary>
    /// About when a line ends: its last word takes as long as words of its length do in the line, or the next line starts.
    /// </summary>
    /// <param name="times">A start for each word, and the text's end, seconds.</param>
    /// <param name="line">The line.</param>
    public double EndOf(IReadOnlyList<double> times, int line)
    {
        var (first, end) = (First(line), First(line + 1));
        if (end == first)
            return times[first];
        var pace = end - first > 1 ? (times[end - 1] - times[first]) / (UnitsBefore(end - 1) - UnitsBefore(first)) : 0.3;
        var last = Math.Clamp(pace, 0.1, 0.6) * (UnitsBefore(end) - UnitsBefore(end - 1));
        return Math.Min(times[end - 1] + last, Math.Max(times[end], times[end - 1]));
    }

    /// <summary>Roughly how long a word takes to sing, about one a syllable.</summary>
    private static double Weight(string word) => 0.5 + WordKey.Of(word).Length / 3.0;
}
