using Libretto.Audio;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Align;

/// <summary>
/// Finds lines that recognition missed: every stretch of the song is offered more lines than it can hold, the network tells
/// which of them it hears and when, and the chain of lines in order that is heard best over the whole song wins.
/// </summary>
internal sealed class LineSearch
{
    /// <summary>How far beyond the recognised words around it a line is looked for, seconds: those may be wrong themselves.</summary>
    private const double Reach = 10;

    /// <summary>Evidence below this is chance: natural logarithm of how much likelier the line is here than elsewhere.</summary>
    private const double LeastEvidence = 2;

    /// <summary>Seconds a unit of text below which nobody can have sung a line: it is not taken for one.</summary>
    private const double FastestPace = 0.06;

    /// <summary>Words that a window is offered at most: more than it can hold.</summary>
    private const int MostWords = 160;

    /// <summary>What a recognised word that agrees is worth.</summary>
    private const double AnchorEvidence = 2;

    private readonly GivenText _text;
    private readonly IReadOnlyList<Anchor> _anchors;
    private readonly IReadOnlyList<TimeRange> _activity;

    public LineSearch(GivenText text, IReadOnlyList<Anchor> anchors, IReadOnlyList<TimeRange> activity)
    {
        _activity = activity;
        _text = text;
        _anchors = anchors;
    }

    /// <summary>Anchors for the words of all lines that were found, in place of the ones given.</summary>
    /// <param name="aligner">What listens.</param>
    /// <param name="grid">The windows that are listened to.</param>
    /// <param name="estimate">About when each word starts, and the text ends, seconds.</param>
    /// <param name="duration">Length of the recording, seconds.</param>
    /// <param name="done">Called with the share done, 0 to 1.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    public IReadOnlyList<Anchor> Find(
        AttentionAligner aligner, WindowGrid grid, IReadOnlyList<double> estimate, double duration, Action<double>? done,
        CancellationToken cancellationToken)
    {
        var windows = Windows(grid, aligner.LimitOf(_text), estimate, duration, cancellationToken);
        var placed = aligner.AlignEach(
            _text, windows, count => done?.Invoke((double)count / windows.Count), cancellationToken);
        var heard = new List<(int Line, PlacedWord[] Words)>();
        for (var i = 0; i < windows.Count; i++)
            for (var line = 0; line < _text.Lines; line++)
            {
                var (first, end) = (_text.First(line), _text.First(line + 1));
                if (first >= windows[i].FirstWord && end <= windows[i].EndWord && end > first)
                    heard.Add((line, placed[i][(first - windows[i].FirstKept)..(end - windows[i].FirstKept)]));
            }
        return Chain([.. Weighed(heard)], cancellationToken);
    }

    private List<AlignmentWindow> Windows(
        WindowGrid grid, TokenLimit limit, IReadOnlyList<double> estimate, double duration, CancellationToken cancellationToken)
    {
        var windows = new List<AlignmentWindow>();
        var (earliest, latest) = Bounds(duration);
        foreach (var range in grid.Windows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!_activity.Any(voice => voice.Start < range.End && voice.End > range.Start))
                continue;
            var lines = Enumerable.Range(0, _text.Lines)
                .Where(line => latest[line] >= range.Start - Reach && earliest[line] <= range.End + Reach).ToList();
            // Furthest from the middle go first where there are too many.
            while (lines.Count > 1 && IsTooMuch(lines[0], lines[^1]))
                lines.RemoveAt(Distance(lines[0]) > Distance(lines[^1]) ? 0 : lines.Count - 1);
            if (lines.Count > 0)
                windows.Add(new AlignmentWindow(
                    range, _text.First(lines[0]), _text.First(lines[^1] + 1), _text.First(lines[0]), _text.First(lines[^1] + 1)));

            double Distance(int line) => Math.Abs(estimate[_text.First(line)] - (range.Start + range.End) / 2);
        }
        return windows;

        bool IsTooMuch(int first, int last) =>
            _text.First(last + 1) - _text.First(first) > MostWords || !limit.Fits(_text.First(first), _text.First(last + 1));
    }

    /// <summary>Between which times each line lies if the recognised words around it are right.</summary>
    private (double[] Earliest, double[] Latest) Bounds(double duration)
    {
        var (earliest, latest) = (new double[_text.Lines], new double[_text.Lines]);
        // Anchors are in order of the words: the last one before a line's end, and the first one from its beginning on.
        for (int line = 0, next = 0; line < _text.Lines; line++)
        {
            while (next < _anchors.Count && _anchors[next].Given < _text.First(line + 1))
                next++;
            earliest[line] = next > 0 ? _anchors[next - 1].Time : 0;
        }
        for (int line = _text.Lines - 1, before = _anchors.Count; line >= 0; line--)
        {
            while (before > 0 && _anchors[before - 1].Given >= _text.First(line))
                before--;
            latest[line] = before < _anchors.Count ? _anchors[before].Time : duration;
        }
        return (earliest, latest);
    }

    /// <summary>The places that leave a line time to be sung, with what speaks for them.</summary>
    private IEnumerable<Candidate> Weighed(IEnumerable<(int Line, PlacedWord[] Words)> heard)
    {
        foreach (var (line, words) in heard)
        {
            var units = _text.UnitsBefore(_text.First(line + 1)) - _text.UnitsBefore(_text.First(line));
            if (words[^1].End - words[0].Start < units * FastestPace || words.Average(word => word.Focus) < CrossAttention.LowestFocus)
                continue;
            var agreeing = _anchors
                .Where(anchor => anchor.Given >= _text.First(line) && anchor.Given < _text.First(line + 1))
                .Where(anchor => Math.Abs(words[anchor.Given - _text.First(line)].Start - anchor.Time) < 0.6)
                .Sum(anchor => anchor.Similarity * AnchorEvidence);
            yield return new Candidate(line, words.Sum(word => word.Evidence) + agreeing, words);
        }
    }

    /// <summary>The best chain of lines in order: dynamic programming over all candidates.</summary>
    private List<Anchor> Chain(Candidate[] candidates, CancellationToken cancellationToken)
    {
        // In the order of the text, so that whatever may stand before a candidate has been weighed already.
        candidates = [.. candidates.Where(candidate => candidate.Evidence >= LeastEvidence).OrderBy(c => c.Line).ThenBy(c => c.Start)];
        var sums = new double[candidates.Length];
        var before = new int[candidates.Length];
        for (var i = 0; i < candidates.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // The chain that ends here: alone, or after the best chain of earlier lines that has ended by then.
            (sums[i], before[i]) = (candidates[i].Evidence, -1);
            for (var j = 0; j < i; j++)
                if (candidates[j].Line < candidates[i].Line && candidates[j].LastStart <= candidates[i].Start &&
                    sums[j] + candidates[i].Evidence > sums[i])
                    (sums[i], before[i]) = (sums[j] + candidates[i].Evidence, j);
        }

        // Back from the end of the best one.
        var anchors = new List<Anchor>();
        for (var at = candidates.Length == 0 ? -1 : Array.IndexOf(sums, sums.Max()); at >= 0; at = before[at])
        {
            var (line, _, words) = candidates[at];
            for (var word = words.Length - 1; word >= 0; word--)
                anchors.Add(new Anchor(_text.First(line) + word, -1, 1, words[word].Start));
        }
        anchors.Reverse();
        return anchors;
    }

    private sealed record Candidate(int Line, double Evidence, PlacedWord[] Words)
    {
        public double Start => Words[0].Start;

        public double LastStart => Words[^1].Start;
    }
}
