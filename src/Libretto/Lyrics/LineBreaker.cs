using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics;

/// <summary>
/// Breaks words into lines where a singer breathes: at the engine's sentence ends, at silences, after punctuation, before capitals and
/// conjunctions, with lines of at most about 42 columns (64 where words are fast), of like length, of two seconds or more, and no word
/// alone where that can be had. All breaks are chosen together, as the cheapest way through the words (after Knuth and Plass, "Breaking
/// Paragraphs into Lines", 1981).
/// </summary>
internal static class LineBreaker
{
    /// <summary>The longest singable line, in columns; a Chinese character takes two.</summary>
    public const int LongestLine = 42;

    /// <summary>The longest line of words so fast that an ordinary one would be over before <see cref="FullLine"/>.</summary>
    private const int LongestFastLine = 64;

    /// <summary>How long a full line lasts, in seconds, where words are fast.</summary>
    private const double FullLine = 2.6;

    /// <summary>Lines that last less, in seconds, are phrases: of four annotated songs nine lines in ten last longer.</summary>
    private const double ShortLine = 2;

    /// <summary>A silence, in seconds, across which no line goes.</summary>
    public const double LongSilence = 2;

    /// <summary>A gap between words, in seconds, from which on it says something.</summary>
    private const double ShortestPause = 0.3;

    // What a break costs by itself, and what speaks for or against one. Only their relations matter.
    private const double AnyBreak = 6;
    private const double AtSentence = -14;
    private const double AtPause = -14; // a second of it
    private const double AtCapital = -11;
    private const double AfterStop = -5;
    private const double AfterComma = -2.5;
    private const double BeforeConjunction = -1.5;
    private const double Orphan = 9;
    private const double Overflow = 20;
    private const double Fullness = 6;
    private const double Haste = 16; // for a line of no time at all

    private static readonly HashSet<string> Conjunctions = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "but", "or", "so", "because", "when", "while", "till", "until", "if", "that", "where", "who",
        "et", "mais", "ou", "car", "quand", "que", "qui", "si",
        "y", "pero", "o", "porque", "cuando", "donde",
        "und", "aber", "oder", "denn", "weil", "wenn", "dass",
        "e", "ma", "perché", "quando", "che", "mas",
    };

    /// <param name="words">Valid words of a song or a part of it.</param>
    /// <param name="sentenceEnds">Indexes of words after which the engine ends a sentence or segment.</param>
    /// <param name="language">The words' language as an ISO 639 code, which tells what capitals mean; null where it is not known.</param>
    public static IReadOnlyList<LyricsLine> Break(
        IReadOnlyList<LyricsWord> words, IReadOnlyCollection<int>? sentenceEnds = null, string? language = null)
    {
        var starts = new SentenceStarts(words, language);
        var ends = sentenceEnds is null ? [] : sentenceEnds.ToHashSet();
        var lines = new List<LyricsLine>();
        var start = 0;
        for (var i = 0; i < words.Count; i++)
        {
            if (i + 1 < words.Count && words[i + 1].Start - words[i].End < LongSilence)
                continue;
            BreakRun([.. words.Skip(start).Take(i + 1 - start)], index => ends.Contains(start + index),
                index => starts.At(start + index), lines);
            start = i + 1;
        }
        return lines;
    }

    /// <summary>Breaks words between two silences: the cheapest lines up to each word, from those up to the words before it.</summary>
    private static void BreakRun(LyricsWord[] words, Func<int, bool> endsSentence, Func<int, bool> beginsSentence, List<LyricsLine> lines)
    {
        var cost = new double[words.Length + 1];
        var lineStart = new int[words.Length + 1];
        var widths = Array.ConvertAll(words, word => Width(word.Text));
        var longest = Longest(widths.Sum() + words.Length, words[^1].End - words[0].Start);
        for (var end = 1; end <= words.Length; end++)
        {
            cost[end] = double.PositiveInfinity;
            var width = 0;
            for (var start = end - 1; start >= 0; start--)
            {
                var gap = start + 1 < end && WordJoiner.NeedsSpace(words[start].Text, words[start + 1].Text) ? 1 : 0;
                width += widths[start] + gap;
                // Longer lines only get worse, but one word must always do.
                if (width > 2 * longest && start < end - 1)
                    break;
                var total = cost[start] + LineCost(width, end - start, words[end - 1].End - words[start].Start, longest);
                if (start > 0)
                    total += BreakCost(words[start - 1], words[start], endsSentence(start - 1), beginsSentence(start));
                if (total < cost[end])
                    (cost[end], lineStart[end]) = (total, start);
            }
        }

        var found = new Stack<LyricsLine>();
        for (var end = words.Length; end > 0; end = lineStart[end])
            found.Push(LyricsLine.Of(words[lineStart[end]..end]));
        lines.AddRange(found);
    }

    /// <summary>The longest line of words of some width that are sung within some seconds, in columns.</summary>
    private static double Longest(int width, double seconds) =>
        Math.Clamp(FullLine * width / Math.Max(seconds, 0.1), LongestLine, LongestFastLine);

    private static double LineCost(int width, int words, double seconds, double longest)
    {
        var fullness = width / longest;
        // The power makes two like lines cheaper than a long and a short one.
        return Fullness * fullness * fullness
            + (words == 1 && width < longest / 2 ? Orphan : 0)
            + Haste * Math.Max(0, 1 - seconds / ShortLine)
            + (width > longest ? Overflow * (1 + (width - longest) / 4) : 0);
    }

    private static double BreakCost(LyricsWord before, LyricsWord after, bool sentenceEnd, bool sentenceStart)
    {
        var pause = after.Start - before.End;
        return AnyBreak
            + (sentenceEnd ? AtSentence : 0)
            + (sentenceStart ? AtCapital : 0)
            + (pause >= ShortestPause ? AtPause * Math.Min(1, pause) : 0)
            + AtPunctuation(before.Text)
            + (Conjunctions.Contains(after.Text) ? BeforeConjunction : 0);
    }

    private static double AtPunctuation(string word)
    {
        var end = word.AsSpan().TrimEnd("\"'”’»)]）」』");
        return end.IsEmpty ? 0 : end[^1] switch
        {
            '.' or '!' or '?' or '…' or '。' or '！' or '？' or '؟' or '।' => AfterStop,
            ',' or ';' or ':' or '，' or '、' or '；' or '：' or '،' or '—' or '–' => AfterComma,
            _ => 0,
        };
    }

    /// <summary>How wide a text is, in columns.</summary>
    internal static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Scripts.IsIdeographOrKana(rune) || Scripts.IsWidePunctuation(rune) ? 2 : 1;
        return width;
    }
}
