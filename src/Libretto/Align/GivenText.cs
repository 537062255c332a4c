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

        var places = new double[words.Count + 1];
        for (var i = 0; i < words.Count; i++)
            places[i + 1] = places[i] + Weight(words[i]);
        _places = places;
    }

    private readonly List<int> _firsts;
    private readonly double[] _places;

    /// <summary>The words of all lines.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Number of lines.</summary>
    public int Lines => _firsts.Count - 1;

    /// <summary>Index of a line's first word; that of the line after the last is the number of words.</summary>
    public int First(int line) => _firsts[line];

    /// <summary>Whether a word is the first of its line.</summary>
    public bool BeginsLine(int word) => _firsts.BinarySearch(word) >= 0;

    /// <summary>How far into the text a word stands, in the unit of <see cref="Weight"/>.</summary>
    public double Place(int word) => _places[word];

    /// <summary>Roughly how long a word takes to sing, about one a syllable.</summary>
    private static double Weight(string word) => 0.5 + WordKey.Of(word).Length / 3.0;
}
