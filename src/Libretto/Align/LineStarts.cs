using System.Globalization;
using Libretto.Lyrics;

namespace Libretto.Align;

/// <summary>
/// When each line of given lyrics begins, by the lyrics' own times. Lines stay there: only their words are found. A line that is heard
/// elsewhere is told and not moved.
/// </summary>
internal sealed class LineStarts
{
    /// <summary>How far from its own time a line may be heard, seconds, before that is told.</summary>
    public const double Tolerance = 0.8;

    /// <summary>How far past its line's bounds a word is looked for, seconds: attention is no sharper.</summary>
    private const double Slack = 0.1;

    /// <summary>The least time between two words, seconds.</summary>
    private const double ShortestStep = 0.04;

    /// <summary>How much slower than the song's usual pace a line is sung at most, unless its sounds are held.</summary>
    private const double Slowest = 3;

    /// <summary>A line is given this much time at least, seconds.</summary>
    private const double LeastTime = 2;

    /// <summary>Letters of the longest sound that is no word.</summary>
    private const int LongestSound = 3;

    /// <summary>Fewer lines tell no pace.</summary>
    private const int FewestLines = 4;

    private readonly GivenText _text;
    private readonly double[] _starts;
    private readonly double[] _ends;
    private readonly double _pace;

    private LineStarts(GivenText text, double[] starts)
    {
        (_text, _starts) = (text, starts);
        var paces = Enumerable.Range(0, text.Lines).Where(line => Units(line) > 0 && starts[line + 1] > starts[line])
            .Select(line => (starts[line + 1] - starts[line]) / Units(line)).Order().ToList();
        // From one line's start to the next there may be a pause: lines that follow each other closely tell the pace.
        _pace = paces.Count < FewestLines ? double.PositiveInfinity : paces[paces.Count / 4];
        var slowest = paces.Count < FewestLines ? double.PositiveInfinity : Slowest * paces[paces.Count / 2];
        _ends = [.. Enumerable.Range(0, text.Lines).Select(line => IsHeld(line)
            ? starts[line + 1] : Math.Min(starts[line + 1], starts[line] + Math.Max(LeastTime, slowest * Math.Max(1, Units(line)))))];
    }

    /// <summary>The starts of lines.</summary>
    /// <param name="lines">The lines, in order of time.</param>
    /// <param name="text">Their words.</param>
    /// <param name="later">How much later the song is than they say, seconds.</param>
    /// <param name="duration">Length of the song, seconds.</param>
    public static LineStarts Of(IReadOnlyList<LyricsLine> lines, GivenText text, double later, double duration)
    {
        var starts = new double[lines.Count + 1];
        for (var line = 0; line < lines.Count; line++)
            starts[line] = Math.Max(line == 0 ? 0 : starts[line - 1], Math.Clamp(lines[line].Start + later, 0, duration));
        starts[^1] = duration;
        return new LineStarts(text, starts);
    }

    /// <summary>When a line begins, seconds.</summary>
    public double Start(int line) => _starts[line];

    /// <summary>By when its last word has begun: when the next line begins, or sooner where it would be sung too slowly.</summary>
    public double End(int line) => _ends[line];

    /// <summary>When it ends if it is sung at the song's usual pace.</summary>
    public double EndAtPace(int line) => Math.Min(_ends[line], _starts[line] + _pace * Units(line));

    /// <summary>Whether it is of one word or of few sounds over and over ("ooh ooh oh"), which may be held for any time.</summary>
    public bool IsHeld(int line)
    {
        var words = _text.Words.Take(_text.WordsOf(line)).Select(WordKey.Of).ToList();
        var sounds = words.Distinct().Count();
        return words.Count > 1 && (sounds == 1 || (2 * sounds <= words.Count + 1 && words.All(word => word.Length <= LongestSound)));
    }

    /// <summary>Where the network may look for a word: within its line.</summary>
    /// <param name="word">The word.</param>
    /// <param name="isFirst">Whether it is still awaited: a line's first word is so until the line begins.</param>
    public (double From, double To) BoundsOf(int word, bool isFirst)
    {
        var line = LineOf(word);
        return isFirst && word == _text.First(line)
            ? (line == 0 ? 0 : _starts[line - 1], _starts[line] + Slack)
            : (_starts[line] - Slack, Math.Max(_starts[line], _ends[line]) + Slack);
    }

    private int LineOf(int word)
    {
        int low = 0, high = _text.Lines - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _text.First(middle) <= word ? (middle, high) : (low, middle - 1);
        }
        return low;
    }

    /// <summary>What the lines' own times say of the words, and what was heard within them.</summary>
    /// <param name="heard">What was heard, in order.</param>
    public IReadOnlyList<Anchor> With(IReadOnlyList<Anchor> heard)
    {
        var anchors = new List<Anchor>();
        var next = 0;
        for (var line = 0; line < _text.Lines; line++)
        {
            if (_text.First(line) == _text.First(line + 1))
                continue;
            anchors.Add(new Anchor(_text.First(line), -1, 1, _starts[line]));
            for (; next < heard.Count && heard[next].Given < _text.First(line + 1); next++)
                if (heard[next].Given > _text.First(line) && IsWithin(heard[next].Time, line))
                    anchors.Add(heard[next]);
        }
        return anchors;
    }

    /// <summary>Estimates of the words' starts, and of the text's end, put into their lines.</summary>
    /// <param name="times">The estimates.</param>
    public double[] Within(double[] times)
    {
        double[] within = [.. times];
        for (var line = 0; line < _text.Lines; line++)
            for (var word = _text.First(line); word < _text.First(line + 1); word++)
                within[word] = word == _text.First(line) ? _starts[line]
                    : Math.Clamp(times[word], Math.Min(within[word - 1] + ShortestStep, _ends[line]), _ends[line]);
        return within;
    }

    /// <summary>Puts lines back to where they begin, and gives up words that were placed outside their lines.</summary>
    /// <param name="placed">Where each word was placed.</param>
    /// <param name="times">Estimates for those that were not; those of each line's start hold.</param>
    public void Keep(PlacedWord?[] placed, double[] times)
    {
        for (var line = 0; line < _text.Lines; line++)
        {
            var (first, end) = (_text.First(line), _text.First(line + 1));
            if (first == end)
                continue;
            var last = _starts[line];
            if (placed[first] is { } begins)
                placed[first] = begins with { Start = last, End = Math.Max(begins.End, last) };
            for (var word = first + 1; word < end; word++)
            {
                if (placed[word] is { } seen && seen.Start >= last + ShortestStep && seen.Start < _ends[line])
                    last = seen.Start;
                else
                    placed[word] = null;
            }
            Spread(placed, times, line);
        }
    }

    /// <summary>Lines that are heard, both by recognition and by alignment, farther from their own times than is tolerated.</summary>
    /// <param name="placed">Where each word was placed.</param>
    /// <param name="heard">What was heard.</param>
    public IEnumerable<LyricsCheck> Strays(PlacedWord?[] placed, IReadOnlyList<Anchor> heard)
    {
        var anchors = heard.ToDictionary(anchor => anchor.Given, anchor => anchor.Time);
        var strays = new List<LyricsCheck>();
        for (var line = 0; line < _text.Lines; line++)
            if (_text.First(line) < _text.First(line + 1) && anchors.TryGetValue(_text.First(line), out var time) &&
                Math.Abs(time - _starts[line]) > Tolerance && Count(anchors, line, time) > 1)
                strays.Add(new LyricsCheck(
                    Math.Min(time, _starts[line]), Math.Max(time, _starts[line]) + 1,
                    string.Create(CultureInfo.InvariantCulture,
                        $"the line is heard {time - _starts[line]:+0.0;-0.0} s from its own time, which it keeps")));
        return strays;
    }

    /// <summary>How many words of a line were heard after its start was.</summary>
    private int Count(Dictionary<int, double> anchors, int line, double from) =>
        Enumerable.Range(_text.First(line), _text.First(line + 1) - _text.First(line))
            .Count(word => anchors.TryGetValue(word, out var time) && time >= from && time < from + 15);

    private bool IsWithin(double time, int line) => time >= _starts[line] && time < _ends[line];

    private double Units(int line) => _text.UnitsBefore(_text.First(line + 1)) - _text.UnitsBefore(_text.First(line));

    /// <summary>Estimates between the words of a line that were placed: in proportion to what was estimated before.</summary>
    private void Spread(PlacedWord?[] placed, double[] times, int line)
    {
        var (first, end) = (_text.First(line), _text.First(line + 1));
        for (var word = first + 1; word < end; word++)
        {
            if (placed[word] is not null)
                continue;
            var next = word;
            while (next < end && placed[next] is null)
                next++;
            var from = placed[word - 1]?.Start ?? times[word - 1];
            var to = next < end ? placed[next]!.Value.Start : Math.Max(from, times[end - 1]);
            var before = _text.UnitsBefore(word - 1);
            var units = _text.UnitsBefore(Math.Min(next, end - 1)) - before;
            for (var at = word; at < next; at++)
                times[at] = units <= 0 ? from : from + (to - from) * Math.Min(1, (_text.UnitsBefore(at) - before) / units);
            word = next;
        }
    }
}
