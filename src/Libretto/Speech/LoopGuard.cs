namespace Libretto.Speech;

/// <summary>
/// Notices while decoding that a network has begun to say the same thing again and again. A chorus repeats whole lines a few
/// times and is left alone; a loop repeats without end.
/// </summary>
internal static class LoopGuard
{
    private const int LongestPeriod = 24;

    /// <summary>Looks for a loop at the end of the tokens.</summary>
    /// <param name="tokens">The tokens so far.</param>
    /// <returns>How many tokens to keep (one turn of the loop stays), or null when there is no loop.</returns>
    public static int? Find(IReadOnlyList<int> tokens)
    {
        for (var period = 1; period <= LongestPeriod && period * 2 <= tokens.Count; period++)
        {
            var turns = Turns(tokens, period);
            if (turns >= AllowedTurns(period))
                return tokens.Count - period * (turns - 1);
        }
        return null;
    }

    /// <summary>Short figures ("la la la") may well repeat; whole phrases seldom do more than three times in one window.</summary>
    private static int AllowedTurns(int period) => period switch
    {
        1 => 12,
        <= 3 => 8,
        <= 6 => 5,
        _ => 4,
    };

    private static int Turns(IReadOnlyList<int> tokens, int period)
    {
        var turns = 1;
        for (var end = tokens.Count - period; end >= period; end -= period, turns++)
            for (var i = 1; i <= period; i++)
                if (tokens[end - i] != tokens[tokens.Count - i])
                    return turns;
        return turns;
    }
}
