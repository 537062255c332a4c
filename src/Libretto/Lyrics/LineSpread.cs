namespace Libretto.Lyrics;

/// <summary>Times for words of which only the line's time is known.</summary>
internal static class LineSpread
{
    /// <summary>Spreads words over a stretch, each by its length in letters, and marks them estimated.</summary>
    public static LyricsWord[] Over(IReadOnlyList<string> words, long start, long end)
    {
        var spread = new LyricsWord[words.Count];
        var total = words.Sum(Weight);
        long passed = 0;
        for (var i = 0; i < words.Count; i++)
        {
            var from = start + Math.Max(0, end - start) * passed / Math.Max(1, total);
            passed += Weight(words[i]);
            var to = start + Math.Max(0, end - start) * passed / Math.Max(1, total);
            spread[i] = new LyricsWord(words[i], Milliseconds.ToSeconds(from), Milliseconds.ToSeconds(to)) { Estimated = true };
        }
        return spread;
    }

    /// <summary>How long a line or word of unknown end is likely to sound, in milliseconds.</summary>
    public static long Guess(string text, long atLeast, long atMost) => Math.Clamp(text.AsSpan().Trim().Length * 100L, atLeast, atMost);

    private static long Weight(string word) => word.Length + 1;
}
