using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Lyrics.Formats.Json;

namespace Libretto.Transcribe.Hosted;

/// <summary>Makes lawful words of a hosted engine's answer; what had to be repaired is marked and counted.</summary>
internal static class AnswerReader
{
    /// <summary>Name of the guard that counts words whose time was missing or impossible.</summary>
    public const string RepairedGuard = "word_times_repaired";

    /// <summary>Name of the guard that counts words of which only the segment's time came.</summary>
    public const string SpreadGuard = "word_times_spread";

    /// <summary>Name of the guard that counts segments dropped as invented.</summary>
    public const string NoSpeechGuard = "no_speech";

    /// <summary>A start moved by less was a matter of rounding, seconds.</summary>
    private const double Rounding = 0.05;

    /// <summary>How long a word of unknown end is, at most, in seconds.</summary>
    private const double UsualLength = 0.4;

    /// <summary>The words of an answer.</summary>
    /// <param name="answer">As it came.</param>
    /// <param name="range">What of the song was sent; the answer's times begin at its start.</param>
    public static TranscribedPiece Read(VerboseTranscription answer, TimeRange range)
    {
        var guards = new Dictionary<string, int>();
        var lines = VerboseWords.Lines(answer);
        if (answer.Segments?.Where(segment => segment is not null).ToList() is { Count: > 0 } segments && segments.Count == lines.Count)
            lines = WithoutInvented([.. lines.Select((line, i) => WordMarks.Restore(line, segments[i].Text))], segments, guards);
        else
            lines = lines.ConvertAll(line => WordMarks.Restore(line, answer.Text));
        // An engine that gives nothing but the text.
        if (lines.Count == 0 && WordText.Words(answer.Text) is { Count: > 0 } bare && answer.Segments is null)
            lines = [[.. LineSpread.Over(bare, 0, Milliseconds.From(range.Length))]];

        var words = lines.SelectMany(line => line).ToList();
        Count(guards, SpreadGuard, words.Count(word => word.Estimated == true));
        var repaired = Repair(words, range.Length, guards);
        return new TranscribedPiece(range, [.. repaired.Select(word => word with { Start = word.Start + range.Start, End = word.End + range.Start })])
        {
            SegmentEnds = Ends(lines, repaired.Length),
            Language = answer.Language is { Length: > 0 } language ? Languages.Find(language) : null,
            MeanLogProbability = answer.Segments is { Count: > 0 } told ? told.Average(segment => segment?.AverageLogProbability ?? 0) : null,
            Guards = guards,
        };
    }

    /// <summary>What Whisper itself takes for silence: no speech is likelier than not, and the words are unlikely.</summary>
    private static List<List<LyricsWord>> WithoutInvented(
        List<List<LyricsWord>> lines, List<VerboseSegment> segments, Dictionary<string, int> guards)
    {
        var kept = lines.Where((_, i) => !(segments[i].NoSpeechProbability > 0.6 && segments[i].AverageLogProbability < -1)).ToList();
        Count(guards, NoSpeechGuard, lines.Count - kept.Count);
        return kept;
    }

    private static LyricsWord[] Repair(List<LyricsWord> words, double length, Dictionary<string, int> guards)
    {
        var starts = words.ConvertAll(word => word.Start);
        var whole = words.Select((word, i) => word.End > word.Start ? word : word with
        {
            End = Math.Min(word.Start + UsualLength, i + 1 < words.Count && starts[i + 1] > word.Start ? starts[i + 1] : double.PositiveInfinity),
            Estimated = true,
        }).ToList();
        var repaired = DocumentRules.Repair(whole, Milliseconds.From(length), Milliseconds.From(DocumentRules.ShortestWord));
        for (var i = 0; i < repaired.Length; i++)
            if (!(Math.Abs(repaired[i].Start - words[i].Start) <= Rounding))
                repaired[i] = repaired[i] with { Estimated = true };
        Count(guards, RepairedGuard, repaired.Where((word, i) => word.Estimated == true && words[i].Estimated != true).Count());
        return repaired;
    }

    private static List<int> Ends(List<List<LyricsWord>> lines, int count)
    {
        var ends = new List<int>();
        var end = -1;
        foreach (var line in lines.Where(line => line.Count > 0))
            ends.Add(end += line.Count);
        ends.RemoveAll(index => index >= count);
        return ends;
    }

    private static void Count(Dictionary<string, int> guards, string name, int count)
    {
        if (count > 0)
            guards[name] = count;
    }
}
