using Libretto.Lyrics;

namespace Libretto.Server.Web.Edit.Paste;

/// <summary>How other lyrics differ from those of a song: in parts of whole lines, each of which can be taken or left.</summary>
internal static class LyricsDifference
{
    // What times may differ by without being others, seconds: formats round.
    private const double SameTime = 0.0101;

    /// <summary>Compares.</summary>
    /// <param name="now">The song's lyrics.</param>
    /// <param name="other">The others.</param>
    /// <param name="times">Which of the others' times are to be compared.</param>
    public static IReadOnlyList<LyricsPart> Of(LyricsDocument now, LyricsDocument other, HeldTimes times)
    {
        var (before, after) = (Compared(now), Compared(other));
        var pairs = WordMatch.Of(before, after);
        // Places at which both texts begin a line.
        List<Place> places = [];
        var (line, otherLine) = (0, 0);
        for (var (at, i, j) = (0, 0, 0); at <= pairs.Count; at++)
        {
            if ((i == before.Length || before[i].BeginsLine) && (j == after.Length || after[j].BeginsLine))
                places.Add(new Place(at, i, line, j, otherLine));
            if (at == pairs.Count)
                break;
            if (pairs[at].Before is not null && (++i == before.Length || before[i].BeginsLine))
                line++;
            if (pairs[at].After is not null && (++j == after.Length || after[j].BeginsLine))
                otherLine++;
        }

        List<(Place From, Place To, Kind Kind)> stretches = [];
        foreach (var (from, to) in places.Zip(places.Skip(1)))
        {
            var kind = to.Line == from.Line ? Kind.Comes : to.OtherLine == from.OtherLine ? Kind.Goes
                : IsSame(now, other, from, to, times) ? Kind.Same : Kind.Differs;
            // Lines that stay, only come or only go are one part.
            if (kind != Kind.Differs && stretches is [.., var last] && last.Kind == kind)
                stretches[^1] = last with { To = to };
            else
                stretches.Add((from, to, kind));
        }
        return [.. stretches.Select(one => Part(one.From, one.To, one.Kind))];

        LyricsPart Part(Place from, Place to, Kind kind) => new(
            from.Line, Slice(now.Lines, from.Line, to.Line), from.OtherLine, Slice(other.Lines, from.OtherLine, to.OtherLine),
            [.. Slice(pairs, from.Pair, to.Pair).Select(pair =>
                new WordPair(pair.Before - from.Word, pair.After - from.OtherWord, pair.IsAlike))])
        {
            IsSame = kind == Kind.Same,
        };
    }

    private static bool IsSame(LyricsDocument now, LyricsDocument other, Place from, Place to, HeldTimes times)
    {
        var (before, after) = (Slice(now.Lines, from.Line, to.Line), Slice(other.Lines, from.OtherLine, to.OtherLine));
        return before.Count == after.Count && before.Zip(after).All(pair => pair.First.Text == pair.Second.Text &&
            pair.First.Words.Zip(pair.Second.Words).All(words =>
                (times == HeldTimes.None || Math.Abs(words.First.Start - words.Second.Start) < SameTime) &&
                (times != HeldTimes.StartsAndEnds || Math.Abs(words.First.End - words.Second.End) < SameTime)));
    }

    private static MatchedWord[] Compared(LyricsDocument document) => [.. document.Lines.SelectMany(line =>
        line.Words.Select((word, place) => new MatchedWord(WordMatch.Key(word.Text), place == 0)))];

    private static List<T> Slice<T>(IReadOnlyList<T> all, int from, int to)
    {
        var slice = new List<T>(to - from);
        for (var i = from; i < to; i++)
            slice.Add(all[i]);
        return slice;
    }

    private enum Kind
    {
        Same,
        Differs,
        Comes,
        Goes,
    }

    private readonly record struct Place(int Pair, int Word, int Line, int OtherWord, int OtherLine);
}

/// <summary>Which times of words a text holds.</summary>
internal enum HeldTimes
{
    None,
    Starts,
    StartsAndEnds,
}

/// <summary>A part of two texts between two places at which both begin a line.</summary>
/// <param name="At">Where its lines stand among the song's, from 0.</param>
/// <param name="Before">The song's lines; none where lines come.</param>
/// <param name="To">Where its lines stand among the others'.</param>
/// <param name="After">The others' lines; none where lines go.</param>
/// <param name="Pairs">The words of both, numbered within the part.</param>
internal sealed record LyricsPart(
    int At, IReadOnlyList<LyricsLine> Before, int To, IReadOnlyList<LyricsLine> After, IReadOnlyList<WordPair> Pairs)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsSame { get; init; }

    /// <summary>Whether the words are the same and only their times differ.</summary>
    public bool IsRetimed => !IsSame && Before.Select(line => line.Text).SequenceEqual(After.Select(line => line.Text));
}
