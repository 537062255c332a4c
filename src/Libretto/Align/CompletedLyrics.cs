using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>
/// Given lyrics, completed by what was recognised where they lack it: words in a row that were heard between two given lines, before the
/// first or after the last, and that no given word explains, become lines of their own for as long as times are looked for. So every sound
/// has its own words, and a line's neighbours need not explain what somebody left out of the lyrics.
/// </summary>
internal sealed class CompletedLyrics
{
    /// <summary>Fewer words in a row may be what an engine made of a given word.</summary>
    private const int FewestWords = 3;

    /// <summary>With more given words unheard on the way, what was heard may be those, unless it is much longer.</summary>
    private const int FewUnheard = 3, MuchLonger = 2;

    /// <summary>What is sung farther from a given line than this, in seconds, does not trouble it.</summary>
    private const double Nearby = 8;

    private readonly bool[] _isGiven;

    /// <param name="given">The lines as they were given.</param>
    /// <param name="text">Their words.</param>
    /// <param name="anchors">Those of them that were recognised, in order.</param>
    /// <param name="heard">All that was recognised, in order of time.</param>
    /// <param name="cancellationToken">Checked before every line.</param>
    public CompletedLyrics(
        IReadOnlyList<LyricsLine> given, GivenText text, IReadOnlyList<Anchor> anchors, IReadOnlyList<LyricsWord> heard,
        CancellationToken cancellationToken = default)
    {
        var (lettersGiven, lettersHeard) = (LettersBefore(text.Words), LettersBefore([.. heard.Select(word => word.Text)]));
        var (lines, isGiven, completed) = (new List<LyricsLine>(), new List<bool>(), new List<Anchor>());
        var (paired, words, explained) = (0, 0, -1);
        for (var line = 0; line <= text.Lines; line++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (; paired < anchors.Count && anchors[paired].Given < text.First(line); paired++)
                completed.Add(anchors[paired] with { Given = anchors[paired].Given + words });
            if (paired != explained)
                foreach (var (added, first) in Between(line))
                    Add(added, first, text.First(line) + words);
            if (line == text.Lines || given[line].Words.Count == 0)
                continue;
            lines.Add(given[line]);
            isGiven.Add(true);
        }
        (Lines, Text, Anchors, _isGiven) = (lines, new GivenText(lines), completed, [.. isGiven]);

        void Add(LyricsLine added, int first, int at)
        {
            completed.AddRange(added.Words.Select((word, i) => new Anchor(at + i, first + i, 1, word.Start)));
            lines.Add(added);
            isGiven.Add(false);
            words += added.Words.Count;
            explained = paired;
        }

        // The lines heard before a given one, or after all, and where each begins among the recognised words.
        IEnumerable<(LyricsLine Line, int First)> Between(int line)
        {
            var before = paired > 0 ? anchors[paired - 1] : new Anchor(-1, -1, 0, double.NegativeInfinity);
            var after = paired < anchors.Count ? anchors[paired] : new Anchor(text.Words.Count, heard.Count, 0, double.PositiveInfinity);
            var boundary = text.First(line);
            var from = before.Heard + 1 + Explained(before.Given + 1, boundary, before.Heard + 1, step: 1);
            var to = after.Heard - Explained(boundary, after.Given, after.Heard - 1, step: -1);
            if (to - from < FewestWords)
                return [];
            if (after.Given - before.Given - 1 > FewUnheard)
            {
                // Before the first line, after the last one, or where lines meet once only: else who knows which words are elsewhere.
                var isClear = line == 0 || line == text.Lines || before.Given >= text.First(line - 1) && after.Given < text.First(line + 1);
                if (!isClear || lettersHeard[to] - lettersHeard[from] < MuchLonger * LettersGiven(before.Given + 1, after.Given))
                    return [];
            }
            return Broken(from, to).Where(part => part.Line.Start < before.Time + Nearby || part.Line.End > after.Time - Nearby);
        }

        int Letters(int at) => lettersHeard[at + 1] - lettersHeard[at];

        int LettersGiven(int first, int end) => end > first ? lettersGiven[end] - lettersGiven[first] : 0;

        // How many of the recognised words, from one on, the given words that were not heard as such account for by their length, roughly.
        int Explained(int firstGiven, int endGiven, int at, int step)
        {
            var letters = LettersGiven(firstGiven, endGiven);
            var count = 0;
            for (; letters > 0 && at >= 0 && at < heard.Count && 2 * letters > Letters(at); at += step, count++)
                letters -= Letters(at);
            return count;
        }

        IEnumerable<(LyricsLine Line, int First)> Broken(int from, int to)
        {
            foreach (var line in LineBreaker.Break([.. heard.Skip(from).Take(to - from)]))
            {
                yield return (line, from);
                from += line.Words.Count;
            }
        }
    }

    private static int[] LettersBefore(IReadOnlyList<string> words)
    {
        var before = new int[words.Count + 1];
        for (var word = 0; word < words.Count; word++)
            before[word + 1] = before[word] + WordKey.Of(words[word]).Length;
        return before;
    }

    /// <summary>The given lines that have words and those that were heard, in order.</summary>
    public IReadOnlyList<LyricsLine> Lines { get; }

    /// <summary>The words of <see cref="Lines"/>.</summary>
    public GivenText Text { get; }

    /// <summary>Those of <see cref="Text"/>'s words that were recognised, in order.</summary>
    public IReadOnlyList<Anchor> Anchors { get; }

    /// <summary>Of something for each line, what is for the given lines.</summary>
    public IEnumerable<T> OfGivenLines<T>(IEnumerable<T> lines) => lines.Where((_, line) => _isGiven[line]);

    /// <summary>Of something for each word of <see cref="Text"/>, what is for the given words.</summary>
    public IEnumerable<T> OfGivenWords<T>(IReadOnlyList<T> words) =>
        OfGivenLines(Enumerable.Range(0, Text.Lines)).SelectMany(line => words.Take(Text.WordsOf(line)));
}
