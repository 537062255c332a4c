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
            return [.. segments.Select(segment => segment.Words is { Count: > 0 } words ? Words(words) : Spread(segment))];
        var all = Words(answer.Words ?? []);
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

    private static List<LyricsWord> Words(IReadOnlyList<VerboseWord> words) =>
    [
        .. words.Where(word => word is not null).SelectMany(word => WordText.Split(word.Word) is [var only]
            ? [new LyricsWord(only, word.Start ?? double.NaN, word.End ?? double.NaN) { Confidence = word.Probability }]
            : LineSpread.Over(WordText.Split(word.Word), Milliseconds.From(word.Start ?? 0), Milliseconds.From(word.End ?? 0))),
    ];

    private static List<LyricsWord> Spread(VerboseSegment segment) =>
        [.. LineSpread.Over(WordText.Words(segment.Text), Milliseconds.From(segment.Start), Milliseconds.From(segment.End))];
}
