using Libretto.Lyrics.Writing;

namespace Libretto.Lyrics.Formats.Json;

/// <summary>Finds the words of a <c>verbose_json</c> answer, wherever its host puts them.</summary>
internal static class VerboseWords
{
    /// <summary>
    /// The words of each segment, with times as they came (NaN where missing): from the segments, else from the top level, else the
    /// segment's text spread over it and marked estimated. One list in all where there are no segments.
    /// </summary>
    public static List<List<LyricsWord>> Lines(VerboseTranscription answer)
    {
        var segments = (answer.Segments ?? []).Where(segment => segment is not null).ToList();
        if (segments.Any(segment => segment.Words is { Count: > 0 }))
            return [.. segments.Select(segment => segment.Words is { Count: > 0 } words ? Timed(Words(words), segment.Start, segment.End)
                : Spread(segment))];
        var all = Timed(Words(answer.Words ?? []), 0, answer.Duration ?? 0);
        if (all.Count == 0)
            return [.. segments.Select(Spread)];
        if (segments.Count == 0)
            return [all];

        var lines = segments.Select(_ => new List<LyricsWord>()).ToList();
        var current = 0;
        foreach (var word in all)
        {
            // By the word's middle, for providers round starts to before their segment's.
            while (current + 1 < segments.Count && (word.Start + word.End) / 2 >= segments[current + 1].Start)
                current++;
            lines[current].Add(word);
        }
        return lines;
    }

    /// <summary>Words as they came, times NaN where missing.</summary>
    public static List<LyricsWord> Words(IReadOnlyList<VerboseWord> words) =>
    [
        .. words.Where(word => word is not null).SelectMany(word => WordText.Split(word.Word) is [var only]
            ? [new LyricsWord(only, word.Start ?? double.NaN, word.End ?? double.NaN) { Confidence = word.Probability }]
            : word.Start is null
                ? WordText.Split(word.Word).Select(text => new LyricsWord(text, double.NaN, double.NaN) { Confidence = word.Probability })
                : LineSpread.Over(WordText.Split(word.Word), Milliseconds.From(word.Start.Value),
                    Milliseconds.From(word.End ?? word.Start.Value))),
    ];

    /// <summary>Gives words without a time, such as numbers that an aligner cannot spell, what their neighbours leave free.</summary>
    private static List<LyricsWord> Timed(List<LyricsWord> words, double start, double end)
    {
        for (var first = 0; first < words.Count; first++)
        {
            if (!double.IsNaN(words[first].Start))
                continue;
            var next = first;
            while (next < words.Count && double.IsNaN(words[next].Start))
                next++;
            var from = first > 0 ? words[first - 1].End : start;
            if (double.IsNaN(from))
                from = words[first - 1].Start;
            var free = next < words.Count ? words[next].Start : end;
            // Where nothing is free, order is all that can be told.
            if (Milliseconds.From(free) - Milliseconds.From(from) >= next - first)
            {
                var texts = words[first..next].ConvertAll(word => word.Text);
                var limit = Math.Min(free, from + LineSpread.Guess(string.Join(' ', texts), 1500, 8000) / 1000.0);
                var spread = LineSpread.Over(texts, Milliseconds.From(from), Milliseconds.From(limit));
                for (var i = first; i < next; i++)
                    words[i] = spread[i - first] with { Confidence = words[i].Confidence };
            }
            first = next;
        }
        return words;
    }

    private static List<LyricsWord> Spread(VerboseSegment segment) =>
        [.. LineSpread.Over(WordText.Words(segment.Text), Milliseconds.From(segment.Start), Milliseconds.From(segment.End))];
}
