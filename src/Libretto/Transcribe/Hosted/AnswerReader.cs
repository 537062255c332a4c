using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Lyrics.Formats.Json;

namespace Libretto.Transcribe.Hosted;

/// <summary>Makes valid words of a hosted engine's answer; what had to be repaired is marked and counted.</summary>
internal static class AnswerReader
{
    /// <summary>Name of the guard that counts words whose time was missing or impossible.</summary>
    public const string RepairedGuard = "word_times_repaired";

    /// <summary>Name of the guard that counts words of which only the segment's time came.</summary>
    public const string SpreadGuard = "word_times_spread";

    /// <summary>Name of the guard that counts segments dropped as invented.</summary>
    public const string NoSpeechGuard = "no_speech";

    /// <summary>Name of the guard that acted when the words came in another order than the text.</summary>
    public const string OrderGuard = "word_order";

    /// <summary>Name of the guard that counts words that were listed twice.</summary>
    public const string DoubledGuard = "words_doubled";

    /// <summary>Name of the guard that counts words that the text has and the list of words lacked.</summary>
    public const string MissingGuard = "words_missing";

    /// <summary>Name of the guard that acted when the list of words was not that of the text, and was not used.</summary>
    public const string ForeignGuard = "words_foreign";

    /// <summary>Name of the guard that acted when times came in another unit than seconds.</summary>
    public const string UnitGuard = "time_unit";

    /// <summary>A start moved by less was a matter of rounding, seconds.</summary>
    private const double Rounding = 0.05;

    /// <summary>How long a word of unknown end is, at most, in seconds.</summary>
    private const double UsualLength = 0.4;

    /// <summary>The words of an answer.</summary>
    /// <param name="answer">As it came.</param>
    /// <param name="range">What of the song was sent; the answer's times begin at its start.</param>
    /// <param name="sounding">Where anything sounds in the song; null when that is not known.</param>
    public static TranscribedPiece Read(VerboseTranscription answer, TimeRange range, IReadOnlyList<TimeRange>? sounding = null)
    {
        var guards = new Dictionary<string, int>();
        var unit = AnswerUnits.InASecond(answer, range.Length);
        Count(guards, UnitGuard, unit == 1 ? 0 : 1);
        answer = AnswerUnits.Convert(answer, unit);
        var order = AnswerOrder.Of(answer, range.Length);
        Count(guards, OrderGuard, order.WasSorted ? 1 : 0);
        Count(guards, DoubledGuard, order.Doubled);
        Count(guards, MissingGuard, order.Missing);
        Count(guards, ForeignGuard, order.IsForeign ? 1 : 0);

        var segments = order.Segments.Count == order.Lines.Count ? order.Segments : null;
        var lines = order.Lines.Select((line, i) => new AnswerLine(WordMarks.Restore(line, segments?[i].Text ?? answer.Text), segments?[i]))
            .ToList();
        var spread = lines.Sum(line => line.Words.Count(word => word.Estimated == true)) - order.Missing;
        Count(guards, SpreadGuard, spread);
        var repaired = Repair([.. lines.SelectMany(line => line.Words)], range.Length, guards);
        lines = Take(lines, [.. repaired.Select(word => word with { Start = word.Start + range.Start, End = word.End + range.Start })]);

        var judged = AnswerGuards.Judge(lines, sounding, guards);
        return new TranscribedPiece(range, [.. judged.Lines.SelectMany(line => line.Words)])
        {
            SegmentEnds = Ends(judged.Lines),
            Language = answer.Language is { Length: > 0 } language ? Languages.Find(language) : null,
            MeanLogProbability = segments is { Count: > 0 } ? segments.Average(segment => segment.AverageLogProbability) : null,
            Guards = guards,
            Doubts = judged.Doubts,
        };
    }

    private static LyricsWord[] Repair(List<LyricsWord> words, double length, Dictionary<string, int> guards)
    {
        // After the end nothing was sent: such a time is no better than none.
        var timed = words.ConvertAll(word => word.Start > length ? word with { Start = double.NaN } : word);
        var whole = timed.Select((word, i) => word.End > word.Start ? word : word with
        {
            End = Math.Min(word.Start + UsualLength, i + 1 < timed.Count && timed[i + 1].Start > word.Start ? timed[i + 1].Start
                : double.PositiveInfinity),
            Estimated = true,
        }).ToList();
        var repaired = DocumentRules.Repair(whole, Milliseconds.From(length), Milliseconds.From(DocumentRules.ShortestWord));
        for (var i = 0; i < repaired.Length; i++)
            if (double.IsNaN(timed[i].Start))
                repaired[i] = repaired[i] with { End = UsualEnd(repaired, i, Milliseconds.Round(length)) };
        for (var i = 0; i < repaired.Length; i++)
            if (!(Math.Abs(repaired[i].Start - words[i].Start) <= Rounding))
                repaired[i] = repaired[i] with { Estimated = true };
        Count(guards, RepairedGuard, repaired.Where((word, i) => word.Estimated == true && words[i].Estimated != true).Count());
        return repaired;
    }

    private static double UsualEnd(LyricsWord[] words, int index, double length) => Math.Max(
        words[index].End, Math.Min(Milliseconds.Round(words[index].Start + UsualLength), index + 1 < words.Length
            ? words[index + 1].Start : length));

    /// <summary>The same lines with other words, as many or fewer at the end.</summary>
    private static List<AnswerLine> Take(List<AnswerLine> lines, LyricsWord[] words)
    {
        var next = 0;
        return lines.ConvertAll(line =>
            line with { Words = [.. words[Math.Min(next, words.Length)..Math.Min(next += line.Words.Count, words.Length)]] });
    }

    private static List<int> Ends(IEnumerable<AnswerLine> lines)
    {
        var ends = new List<int>();
        var end = -1;
        foreach (var line in lines.Where(line => line.Words.Count > 0))
            ends.Add(end += line.Words.Count);
        return ends;
    }

    private static void Count(Dictionary<string, int> guards, string name, int count)
    {
        if (count > 0)
            guards[name] = count;
    }
}

/// <summary>The words of a segment.</summary>
/// <param name="Words">In order.</param>
/// <param name="Segment">What the engine tells of them; null where it gave no segments.</param>
internal sealed record AnswerLine(IReadOnlyList<LyricsWord> Words, VerboseSegment? Segment);
