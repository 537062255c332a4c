using Libretto.Audio;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Speech;

namespace Libretto.Transcribe.Hosted;

/// <summary>
/// The guards against invented text, for what a hosted engine heard: text in silence goes; text that goes in circles, repeats itself
/// too much or is unlikely is doubted (<see cref="DecodingThresholds"/>).
/// </summary>
internal static class AnswerGuards
{
    /// <summary>Name of the guard that counts segments dropped because nothing sounds there.</summary>
    public const string SilentGuard = "silent";

    /// <summary>How much is judged at once, seconds: a window of Whisper's.</summary>
    private const double Window = 30;

    /// <summary>How far a hosted engine's times may be off, seconds.</summary>
    private const double Inexact = 1;

    /// <summary>Drops what was invented in silence, and tells what is doubted.</summary>
    /// <param name="lines">In order of time.</param>
    /// <param name="sounding">Where anything sounds; null when that is not known.</param>
    /// <param name="guards">Counts what acted.</param>
    public static (IReadOnlyList<AnswerLine> Lines, IReadOnlyList<PassageDoubt> Doubts) Judge(
        IReadOnlyList<AnswerLine> lines, IReadOnlyList<TimeRange>? sounding, Dictionary<string, int> guards)
    {
        var spoken = Without(lines, IsTakenForSilence, AnswerReader.NoSpeechGuard, guards);
        if (sounding is { Count: > 0 })
            spoken = Without(spoken, line => IsInSilence(line, sounding), SilentGuard, guards);
        var doubts = new List<PassageDoubt>();
        foreach (var window in Windows(spoken))
        {
            // As narrow as can be: the segments that are suspicious by themselves, else all of the window.
            var alone = window.Where(line => Suspicion([line]) is not null).ToList();
            foreach (var passage in alone.Count > 0 ? Neighbours(window, alone) : [window])
                if (Suspicion(passage) is { } guard)
                {
                    guards[guard] = guards.GetValueOrDefault(guard) + 1;
                    doubts.Add(new PassageDoubt(new TimeRange(passage[0].Words[0].Start, passage[^1].Words[^1].End), guard));
                }
        }
        return (spoken, doubts);
    }

    private static List<AnswerLine> Without(
        IReadOnlyList<AnswerLine> lines, Func<AnswerLine, bool> isInvented, string guard, Dictionary<string, int> guards)
    {
        var kept = lines.Where(line => line.Words.Count > 0 && !isInvented(line)).ToList();
        if (lines.Count(line => line.Words.Count > 0) - kept.Count is > 0 and var count)
            guards[guard] = count;
        return kept;
    }

    /// <summary>What Whisper itself takes for silence: no speech is likelier than not, and the words are unlikely.</summary>
    private static bool IsTakenForSilence(AnswerLine line) =>
        line.Segment is
        {
            NoSpeechProbability: > DecodingThresholds.NoSpeechProbability,
            AverageLogProbability: < DecodingThresholds.MeanLogProbability,
        };

    /// <summary>Only words with times of their own say where they are.</summary>
    private static bool IsInSilence(AnswerLine line, IReadOnlyList<TimeRange> sounding) =>
        line.Words.All(word => word.Estimated != true) &&
        !sounding.Any(range => range.Start < line.Words[^1].End + Inexact && range.End > line.Words[0].Start - Inexact);

    /// <summary>The guard that a passage sets off; null for a sound one.</summary>
    private static string? Suspicion(IReadOnlyList<AnswerLine> passage)
    {
        var words = passage.SelectMany(line => line.Words).ToList();
        if (GoesInCircles(words))
            return "loop";
        if (Repetition.CompressionRatio(WordJoiner.Join(words.Select(word => word.Text))) > DecodingThresholds.CompressionRatio)
            return "compression";
        var told = passage.Where(line => line.Segment is { AverageLogProbability: < 0 })
            .Select(line => line.Segment!.AverageLogProbability).ToList();
        return told.Count > 0 && told.Average() < DecodingThresholds.MeanLogProbability ? "unlikely" : null;
    }

    private static bool GoesInCircles(List<LyricsWord> words)
    {
        var numbers = new Dictionary<string, int>();
        var text = words.Select(word => numbers.TryAdd(WordMarks.Letters(word.Text), numbers.Count) ? numbers.Count - 1
            : numbers[WordMarks.Letters(word.Text)]).ToArray();
        for (var end = 1; end <= text.Length; end++)
            if (LoopGuard.RepeatedTail(text.AsSpan(0, end)) > 0)
                return true;
        return false;
    }

    /// <summary>Lines in groups that are a window long at most.</summary>
    private static IEnumerable<IReadOnlyList<AnswerLine>> Windows(IReadOnlyList<AnswerLine> lines)
    {
        var window = new List<AnswerLine>();
        foreach (var line in lines.SelectMany(Parts))
        {
            if (window.Count > 0 && line.Words[^1].End - window[0].Words[0].Start > Window)
            {
                yield return window;
                window = [];
            }
            window.Add(line);
        }
        if (window.Count > 0)
            yield return window;
    }

    /// <summary>A line that is longer than a window, as where there are no segments, in parts.</summary>
    private static IEnumerable<AnswerLine> Parts(AnswerLine line)
    {
        for (var first = 0; first < line.Words.Count;)
        {
            var until = line.Words[first].Start + Window;
            var part = line.Words.Skip(first).TakeWhile((word, i) => i == 0 || word.End <= until).ToList();
            yield return line with { Words = part };
            first += part.Count;
        }
    }

    /// <summary>Suspicious lines that follow each other are one passage.</summary>
    private static IEnumerable<IReadOnlyList<AnswerLine>> Neighbours(IReadOnlyList<AnswerLine> window, List<AnswerLine> suspicious)
    {
        var passage = new List<AnswerLine>();
        foreach (var line in window)
        {
            if (suspicious.Contains(line))
                passage.Add(line);
            else if (passage.Count > 0)
            {
                yield return passage;
                passage = [];
            }
        }
        if (passage.Count > 0)
            yield return passage;
    }
}
