using System.Globalization;
using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics;

/// <summary>
/// What every document keeps to: times are whole milliseconds, a word ends after it starts and before the next one of its line
/// starts, lines are in order of their starts (they may overlap), nothing is negative or past the song's end, a line's times and
/// text are those of its words, syllables lie within their word and make up its text.
/// </summary>
public static class DocumentRules
{
    /// <summary>No word that Libretto times itself is shorter than this, in seconds: nobody sings faster.</summary>
    public const double ShortestWord = 0.02;

    /// <summary>Where nothing better is known, a word with a lost time is placed this long after its neighbour.</summary>
    private const long UsualStep = 300;

    /// <summary>
    /// Normalizes any list of words. Their order is kept: starts that contradict it (all but the longest list of starts
    /// that rise) are interpolated and marked estimated; words that overlap or have no length get the least change that
    /// mends them. Texts lose their white space; a word with white space within becomes several; empty words go.
    /// </summary>
    /// <param name="words">Words in the order they are sung; their times may be anything, NaN included.</param>
    /// <param name="duration">Length of the song in seconds. A song with less than a millisecond a word keeps the first words.</param>
    /// <returns>The words, within 0 and <paramref name="duration"/>, each at least <see cref="ShortestWord"/> long where there is
    /// room.</returns>
    public static IReadOnlyList<LyricsWord> Normalize(IEnumerable<LyricsWord> words, double duration)
    {
        ArgumentNullException.ThrowIfNull(words);
        return Repair([.. words.SelectMany(Split)], Milliseconds.From(duration), Milliseconds.From(ShortestWord));
    }

    /// <summary>
    /// Normalizes a document, its lines kept: words as the other overload says within their line, and across the lines of a voice where
    /// their starts contradict the lines' order. Lines that overlap stay so; lines go in order of their starts.
    /// </summary>
    /// <param name="document">Any document; one without a length gets that of its last word.</param>
    /// <returns>The same document when it is valid already.</returns>
    public static LyricsDocument Normalize(LyricsDocument document)
    {
        if (Validate(document).Count == 0)
            return document;
        var lines = document.Lines
            .Select((line, index) => new PlacedLine(Split(line), index))
            .Where(placed => placed.Line.Words.Count > 0)
            .ToList();
        var words = lines.Where(placed => placed.Line.Sung != false).SelectMany(placed => placed.Line.Words).ToList();
        var duration = Milliseconds.From(document.Duration);
        if (duration == 0 && document.IsTimed)
            duration = words.Select(word => Milliseconds.From(word.End)).Append(words.Count).Max();
        var ordered = document.IsTimed ? LineOrder.Repair(lines, duration) : [.. lines.Select(Untime)];
        return document with
        {
            Duration = Milliseconds.ToSeconds(duration),
            Lines = [.. ordered.Select(placed => placed.Line)],
            Sections = LyricsSections.Follow(document.Sections, ordered),
        };
    }

    /// <summary>Tells what keeps a document from being valid.</summary>
    /// <param name="document">The document.</param>
    /// <returns>One sentence a fault, in order, such as <c>lines[2].words[0] starts before the word before it ends.</c>; none when all is
    /// well.</returns>
    public static IReadOnlyList<string> Validate(LyricsDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return [.. Faults(document)];
    }

    /// <summary>Whether the words of a line of a song with times are valid as they stand.</summary>
    /// <param name="line">A line with words.</param>
    /// <param name="duration">Length of the song, milliseconds.</param>
    internal static bool IsValid(LyricsLine line, long duration) => !Faults(line, timed: true, Milliseconds.ToSeconds(duration)).Any();

    /// <summary>
    /// Repairs the times of words whose texts are split already; as many come out as go in, if the song has a millisecond for each.
    /// </summary>
    internal static LyricsWord[] Repair(IReadOnlyList<LyricsWord> words, long duration, long shortest)
    {
        var count = (int)Math.Min(words.Count, duration);
        if (count == 0)
            return [];
        shortest = Math.Clamp(duration / count, 1, shortest);
        var (starts, believed) = BelievableStarts(words, count, duration);

        WordOrder.Space(starts, first: 0, duration, shortest);

        var normalized = new LyricsWord[count];
        for (var i = 0; i < count; i++)
        {
            var end = WordOrder.End(starts[i], Milliseconds.From(words[i].End), i + 1 < count ? starts[i + 1] : duration, shortest);
            normalized[i] = words[i].MoveTo(Milliseconds.ToSeconds(starts[i]), Milliseconds.ToSeconds(end)) with
            {
                Confidence = words[i].Confidence is { } sure && !double.IsNaN(sure) ? Math.Clamp(sure, 0, 1) : null,
                Estimated = believed[i] ? words[i].Estimated : true,
            };
            if (normalized[i].Syllables is { } syllables)
                normalized[i] = normalized[i] with { Syllables = WordSyllables.Normalize(syllables, normalized[i]) };
        }
        return normalized;
    }

    private static PlacedLine Untime(PlacedLine placed) => placed with
    {
        Line = placed.Line.WithWords(
            [.. placed.Line.Words.Select(word => word with { Start = 0, End = 0, Estimated = true, Syllables = null })]),
    };

    private static LyricsLine Split(LyricsLine line) => line with
    {
        Words = [.. line.Words.SelectMany(Split)],
        Romanized = WordText.Clean(line.Romanized) is { Length: > 0 } romanized ? romanized : null,
        Translation = WordText.Clean(line.Translation?.Text) is { Length: > 0 } meaning ? line.Translation! with { Text = meaning } : null,
    };

    private static IEnumerable<LyricsWord> Split(LyricsWord word)
    {
        var texts = WordText.Split(word.Text);
        return texts.Length == 1
            ? [word with { Text = texts[0] }]
            : LineSpread.Over(texts, Milliseconds.From(word.Start), Milliseconds.From(word.End))
                .Select(part => part with { Confidence = word.Confidence });
    }

    /// <summary>Keeps the longest list of starts that never fall, and lays the others evenly between their neighbours.</summary>
    private static (long[] Starts, bool[] Believed) BelievableStarts(IReadOnlyList<LyricsWord> words, int count, long duration)
    {
        var starts = new long[count];
        for (var i = 0; i < count; i++)
            starts[i] = double.IsNaN(words[i].Start) ? -1 : Math.Min(duration, Milliseconds.From(words[i].Start));
        var believed = LongestRise(starts);

        for (var first = 0; first < count; first++)
        {
            if (believed[first])
                continue;
            var next = first;
            while (next < count && !believed[next])
                next++;
            var gaps = next - first + 1;
            var left = first > 0 ? starts[first - 1] : Math.Max(0, (next < count ? starts[next] : 0) - UsualStep * gaps);
            var right = next < count ? starts[next] : Math.Min(duration, left + UsualStep * gaps);
            for (var i = first; i < next; i++)
                starts[i] = left + (right - left) * (i - first + 1) / gaps;
            first = next;
        }
        return (starts, believed);
    }

    /// <summary>Marks the longest subsequence that never falls, by patience sorting; negative values are never in it.</summary>
    private static bool[] LongestRise(long[] values)
    {
        var lastOfLength = new List<int>();
        var previous = new int[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] < 0)
                continue;
            var (low, high) = (0, lastOfLength.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (values[lastOfLength[middle]] <= values[i])
                    low = middle + 1;
                else
                    high = middle;
            }
            previous[i] = low > 0 ? lastOfLength[low - 1] : -1;
            if (low == lastOfLength.Count)
                lastOfLength.Add(i);
            else
                lastOfLength[low] = i;
        }

        var kept = new bool[values.Length];
        for (var i = lastOfLength.Count > 0 ? lastOfLength[^1] : -1; i >= 0; i = previous[i])
            kept[i] = true;
        return kept;
    }

    private static IEnumerable<string> Faults(LyricsDocument document)
    {
        if (!IsTime(document.Duration))
            yield return $"duration is {Show(document.Duration)}, not a time in whole milliseconds.";
        var lastStart = 0.0;
        var isTimed = document.IsTimed;
        for (var i = 0; i < document.Lines.Count; i++)
        {
            var line = document.Lines[i];
            var name = $"lines[{i}]";
            if (line.Words.Count == 0)
            {
                yield return $"{name} has no words.";
                continue;
            }
            if (line.Start != line.Words[0].Start || line.End != line.Words[^1].End)
                yield return $"{name} does not start and end with its words.";
            if (line.Text != WordJoiner.Join(line.Words.Select(word => word.Text)))
                yield return $"{name}.text is not its words, joined.";
            if (line.Sung != false && line.Start < lastStart)
                yield return $"{name} starts at {Show(line.Start)}, before the line before it at {Show(lastStart)}.";
            lastStart = line.Sung != false ? Math.Max(lastStart, line.Start) : lastStart;
            foreach (var fault in Faults(line, isTimed, document.Duration))
                yield return name + fault;
        }
        foreach (var fault in LyricsSections.Faults(document.Sections, document.Lines.Count))
            yield return fault;
    }

    private static IEnumerable<string> Faults(LyricsLine line, bool timed, double duration)
    {
        if (line.Romanized is { } romanized && !IsTidy(romanized))
            yield return ".romanized is not one line of text.";
        if (line.Translation is { } translation && !IsTidy(translation.Text))
            yield return ".translation.text is not one line of text.";
        var end = 0.0;
        for (var i = 0; i < line.Words.Count; i++)
        {
            foreach (var fault in Faults(line.Words[i], timed && line.Sung != false, end, duration))
                yield return $".words[{i}] {fault}";
            end = Math.Max(end, line.Words[i].End);
        }
    }

    private static IEnumerable<string> Faults(LyricsWord word, bool sung, double previousEnd, double duration)
    {
        if (WordText.Split(word.Text) is not [var only] || only != word.Text)
            yield return "is empty or holds white space or characters that no text can hold.";
        if (!IsTime(word.Start) || !IsTime(word.End))
            yield return $"is at {Show(word.Start)} to {Show(word.End)}, which are not times in whole milliseconds.";
        else if (word.End < word.Start || (sung && word.End == word.Start))
            yield return $"ends at {Show(word.End)}, not after it starts at {Show(word.Start)}.";
        if (word.Start < previousEnd)
            yield return $"starts at {Show(word.Start)}, before the word before it ends at {Show(previousEnd)}.";
        if (word.End > duration)
            yield return $"ends at {Show(word.End)}, after the song's end at {Show(duration)}.";
        if (word.Confidence is not (null or >= 0 and <= 1))
            yield return $"has the confidence {Show(word.Confidence.Value)}, not one from 0 to 1.";
        if (word.Syllables is { } syllables && !WordSyllables.AreOf(syllables, word))
            yield return "has syllables that do not make up its text, one after another within its time.";
    }

    private static bool IsTidy(string text) => text.Length > 0 && WordText.Clean(text) == text;

    private static bool IsTime(double seconds) => seconds >= 0 && Milliseconds.Round(seconds) == seconds;

    private static string Show(double seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
