using System.Text;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Lyrics.Formats.Json;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// Puts an answer's words into the order of its text, which is what the engine really wrote: a list in another order is sorted by its
/// times, words the list lacks come from the text, and words listed twice go.
/// </summary>
internal sealed class AnswerOrder
{
    /// <summary>Lists further apart than this share of their lengths have little in common.</summary>
    private const double LittleInCommon = 0.6;

    /// <summary>Starts this near, seconds, are the same; so are the words if their letters are.</summary>
    private const double SameTime = 0.02;

    /// <summary>A list with this share of its words after the audio's end belongs to another recording or another clock.</summary>
    private const double BeyondTheEnd = 1 / 3.0;

    private readonly List<VerboseSegment> _segments;
    private readonly List<TextWord> _text;
    private readonly double _length;

    private AnswerOrder(VerboseTranscription answer, double length)
    {
        _segments = Ordered(answer.Segments ?? [], answer.Text);
        _text = [.. _segments.SelectMany((segment, i) => WordText.Words(segment.Text).Select(word => new TextWord(word, i)))];
        if (_text.Count == 0)
            _text = [.. WordText.Words(answer.Text).Select(word => new TextWord(word, Segment: null))];
        _length = length;
    }

    /// <summary>The segments, in order of time.</summary>
    public IReadOnlyList<VerboseSegment> Segments => _segments;

    /// <summary>The words of each segment, or one list of all where the words cannot be told to segments; times may be NaN.</summary>
    public IReadOnlyList<List<LyricsWord>> Lines { get; private set; } = [];

    /// <summary>Whether the list came in another order than the text.</summary>
    public bool WasSorted { get; private set; }

    /// <summary>How many words stood in the list twice.</summary>
    public int Doubled { get; private set; }

    /// <summary>How many words of the text the list lacked.</summary>
    public int Missing { get; private set; }

    /// <summary>Whether list and text had so little in common that the list's times were not used.</summary>
    public bool IsForeign { get; private set; }

    /// <summary>Reads the words.</summary>
    /// <param name="answer">An answer with times in seconds.</param>
    /// <param name="length">Length of the audio sent, seconds.</param>
    public static AnswerOrder Of(VerboseTranscription answer, double length)
    {
        var order = new AnswerOrder(answer, length);
        order.Arrange(Listed(order._segments, answer));
        return order;
    }

    private void Arrange(List<LyricsWord> listed)
    {
        var words = Single(listed);
        IsForeign = words.Count(word => word.Start > _length) > words.Count * BeyondTheEnd && _text.Count > 0;
        if (words.Count == 0 || IsForeign)
        {
            Lines = Spread();
            return;
        }
        var asIs = _text.Count == 0 ? null : Match(words);
        var sorted = words.OrderBy(word => word.Start).ToList();
        if (_text.Count == 0)
        {
            // Without a text only times tell; a few that fall are wrong times, many a wrong order.
            var falls = words.Zip(words.Skip(1)).Count(pair => pair.Second.Start < pair.First.Start);
            WasSorted = falls > words.Count / 4;
            Lines = InSegments(WasSorted ? sorted : words, []);
            return;
        }
        var best = (Words: words, Pairs: asIs);
        if (Matched(asIs) < words.Count && words.TrueForAll(word => !double.IsNaN(word.Start)) && Match(sorted) is { } found &&
            Matched(found) > Matched(asIs))
            (best, WasSorted) = ((sorted, found), true);
        IsForeign = best.Pairs is null && Letters(words.Select(word => word.Text)) != Letters(_text.Select(word => word.Text));
        Lines = IsForeign ? Spread() : InSegments(best.Words, best.Pairs ?? []);
    }

    /// <summary>Which words of the list are which of the text; null when they have little in common.</summary>
    private List<(int Word, int Text)>? Match(List<LyricsWord> words)
    {
        var (left, right) = (Pieces(words.Select(word => word.Text)), Pieces(_text.Select(word => word.Text)));
        var pairs = WordDiff.Match(
            [.. left.Select(piece => piece.Letters)], [.. right.Select(piece => piece.Letters)],
            (int)((left.Count + right.Count) * LittleInCommon));
        return pairs is null ? null : [.. pairs.Select(pair => (left[pair.Left].Owner, right[pair.Right].Owner)).Distinct()];
    }

    private static int Matched(List<(int Word, int Text)>? pairs) => pairs?.Select(pair => pair.Word).Distinct().Count() ?? 0;

    /// <summary>The words in lines, those of the text between them that have no counterpart put in.</summary>
    private List<List<LyricsWord>> InSegments(List<LyricsWord> words, List<(int Word, int Text)> pairs)
    {
        var lines = Enumerable.Range(0, Math.Max(1, _segments.Count)).Select(_ => new List<LyricsWord>()).ToList();
        var (word, text, current) = (0, 0, 0);
        foreach (var (nextWord, nextText) in pairs.Append((words.Count, _text.Count)))
        {
            // One word of the list may be several of the text, as in Chinese, and the other way round.
            if (nextWord < word)
            {
                text = Math.Max(text, nextText + 1);
                continue;
            }
            // Where the list has a few words for many of the text, it is the list that lacks them.
            if (nextText - text > 2 * (nextWord - word) + (nextWord > word ? 3 : 0))
            {
                (var replaced, word) = (word, nextWord);
                current = Insert(lines, _text[text..nextText], words.ElementAtOrDefault(replaced - 1)?.End ?? 0,
                    words.ElementAtOrDefault(nextWord)?.Start, current);
            }
            for (; word < nextWord; word++)
                lines[current = ByTime(words[word], current)].Add(words[word]);
            if (nextWord < words.Count)
            {
                // A word that is matched lies in its text's segment, whatever its time.
                current = Math.Max(current, _text[nextText].Segment ?? 0);
                lines[current].Add(words[word++]);
            }
            text = Math.Max(text, nextText + 1);
        }
        return lines;
    }

    /// <summary>Puts in words that the list lacks, at estimated times between their neighbours and within their segment.</summary>
    private int Insert(List<List<LyricsWord>> lines, List<TextWord> lacking, double after, double? before, int current)
    {
        // A word with marks only is none that an engine lists.
        var words = lacking.Where(word => WordMarks.Letters(word.Text).Length > 0).ToList();
        Missing += words.Count;
        foreach (var group in words.GroupBy(word => word.Segment))
        {
            current = Math.Max(current, group.Key ?? current);
            var segment = _segments.ElementAtOrDefault(group.Key ?? -1);
            var from = Latest(after, segment?.Start);
            var to = Math.Min(before is { } start && !double.IsNaN(start) ? start : _length, segment?.End is { } end && !double.IsNaN(end)
                ? end : _length);
            lines[current].AddRange(to > from
                ? LineSpread.Over([.. group.Select(word => word.Text)], Milliseconds.From(from), Milliseconds.From(to))
                : group.Select(word => new LyricsWord(word.Text, double.NaN, double.NaN) { Estimated = true }));
        }
        return current;
    }

    private static double Latest(double one, double? other) =>
        Math.Max(double.IsNaN(one) ? 0 : one, other is { } time && !double.IsNaN(time) ? time : 0);

    /// <summary>By the word's middle, for providers round starts to before their segment's.</summary>
    private int ByTime(LyricsWord word, int current)
    {
        while (current + 1 < _segments.Count && (word.Start + word.End) / 2 >= _segments[current + 1].Start)
            current++;
        return current;
    }

    /// <summary>The text at estimated times, spread over its segments or over all.</summary>
    private List<List<LyricsWord>> Spread()
    {
        if (_segments.Count == 0 || _text.Exists(word => word.Segment is null) || _segments.Exists(segment => double.IsNaN(segment.Start)))
            return [[.. LineSpread.Over([.. _text.Select(word => word.Text)], 0, Milliseconds.From(_length))]];
        return [.. _segments.Select(segment =>
            LineSpread.Over(WordText.Words(segment.Text), Milliseconds.From(segment.Start),
                Milliseconds.From(double.IsNaN(segment.End) ? segment.Start : segment.End)).ToList())];
    }

    /// <summary>The words without those that stand there twice, with the same letters at the same time.</summary>
    private List<LyricsWord> Single(List<LyricsWord> words)
    {
        var seen = new HashSet<(string, long, long)>();
        var single = words.Where(word => double.IsNaN(word.Start) || double.IsNaN(word.End) || word.End <= word.Start ||
            seen.Add((word.Text, (long)Math.Round(word.Start / SameTime), (long)Math.Round(word.End / SameTime)))).ToList();
        Doubled = words.Count - single.Count;
        return single;
    }

    /// <summary>Segments by their starts, unless the text says that the order they came in is right.</summary>
    private static List<VerboseSegment> Ordered(IReadOnlyList<VerboseSegment> segments, string? text)
    {
        List<VerboseSegment> sorted = [.. segments.OrderBy(segment => double.IsNaN(segment.Start) ? double.MaxValue : segment.Start)];
        return Letters([text ?? ""]) is { Length: > 0 } all && Letters(segments.Select(segment => segment.Text ?? "")) == all
            ? [.. segments] : sorted;
    }

    /// <summary>
    /// The words as listed, from the segments or else from the top; the pieces of words that some servers list made whole.
    /// </summary>
    private static List<LyricsWord> Listed(List<VerboseSegment> segments, VerboseTranscription answer)
    {
        var inSegments = segments.SelectMany(segment => segment.Words ?? []).ToList();
        return VerboseWords.Words(Whole(inSegments.Count > 0 ? inSegments : answer.Words ?? []));
    }

    /// <summary>
    /// whisper.cpp's server lists tokens: a word begins where one has a space before it. Its marks for times and the like are no words.
    /// </summary>
    private static List<VerboseWord> Whole(IReadOnlyList<VerboseWord> tokens)
    {
        var words = new List<VerboseWord>();
        List<VerboseWord> spoken =
            [.. tokens.Where(token => (token.Word ?? "").Trim() is not (['[', '_', .., ']'] or ['<', '|', .., '|', '>']))];
        var areTokens = spoken.Count > 0 && Begins(spoken[0]) && spoken.Count(Begins) > spoken.Count / 3;
        foreach (var token in spoken)
        {
            var text = token.Word ?? "";
            if (areTokens && words.Count > 0 && text.Length > 0 && !Begins(token) && !Scripts.WritesNoSpaces(Rune.GetRuneAt(text, 0)))
                words[^1] = words[^1] with { Word = words[^1].Word + text, End = token.End ?? words[^1].End };
            else
                words.Add(token);
        }
        return words;
    }

    private static bool Begins(VerboseWord token) => token.Word?.StartsWith(' ') == true;

    /// <summary>The runs of letters of words, each ideograph by itself, so that other ways of parting words make no difference.</summary>
    private static List<(string Letters, int Owner)> Pieces(IEnumerable<string> words)
    {
        var pieces = new List<(string, int)>();
        var owner = 0;
        foreach (var word in words)
        {
            var run = new StringBuilder();
            void End()
            {
                if (run.Length > 0)
                    pieces.Add((run.ToString(), owner));
                run.Clear();
            }
            foreach (var rune in word.EnumerateRunes())
            {
                if (!Rune.IsLetterOrDigit(rune) || Scripts.WritesNoSpaces(rune))
                    End();
                if (Rune.IsLetterOrDigit(rune))
                    run.Append(Rune.ToLowerInvariant(rune));
                if (Scripts.WritesNoSpaces(rune))
                    End();
            }
            End();
            owner++;
        }
        return pieces;
    }

    private static string Letters(IEnumerable<string> words) => string.Concat(words.Select(WordMarks.Letters));

    private sealed record TextWord(string Text, int? Segment);
}
