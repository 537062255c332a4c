namespace Libretto.Speech;

/// <summary>Sees text going in circles while it is written: the network's best-known failure on music.</summary>
internal static class LoopGuard
{
    // A song may well say one word eight times, a line three times.
    private const int LongestPhrase = 40;
    private const int ShortPhrase = 4;
    private const int ShortRepeats = 10;
    private const int LongRepeats = 4;

    /// <summary>How many tokens at the end repeat what is before them once too often; 0 where nothing does.</summary>
    /// <param name="text">Text tokens written so far.</param>
    public static int RepeatedTail(ReadOnlySpan<int> text)
    {
        for (var length = 1; length <= LongestPhrase; length++)
        {
            var repeats = length < ShortPhrase ? ShortRepeats : LongRepeats;
            if (length * repeats > text.Length)
                continue;
            if (Repeats(text, length) >= repeats)
                return length * (repeats - 1);
        }
        return 0;
    }

    private static int Repeats(ReadOnlySpan<int> text, int length)
    {
        var phrase = text[^length..];
        var repeats = 1;
        while ((repeats + 1) * length <= text.Length && text.Slice(text.Length - (repeats + 1) * length, length).SequenceEqual(phrase))
            repeats++;
        return repeats;
    }
}
