using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Transcribe.Whisper;

/// <summary>A hypothesis as words with times.</summary>
/// <param name="Words">In order of time, seconds from the recording's start.</param>
/// <param name="SegmentEnds">Indexes of the words after which the network wrote a time.</param>
/// <param name="Onsets">When attention comes to each word, seconds from the recording's start; none where the network does not
/// tell.</param>
internal sealed record TimedText(IReadOnlyList<LyricsWord> Words, IReadOnlyList<int> SegmentEnds, IReadOnlyList<TimeRange> Onsets)
{
    /// <summary>Reads words and times off what the network wrote and looked at while writing.</summary>
    /// <param name="model">The network.</param>
    /// <param name="hypothesis">With attention.</param>
    /// <param name="attention">Position 0 is before the first text token, position k+1 the k-th text token; null to spread the words over
    /// their segments.</param>
    /// <param name="language">The language code.</param>
    /// <param name="start">The window's start in the recording, seconds.</param>
    /// <param name="end">The window's end, seconds.</param>
    public static TimedText Read(
        WhisperModel model, Hypothesis hypothesis, CrossAttention? attention, string language, double start, double end)
    {
        var segments = Segments(model.Tokenizer, hypothesis);
        var words = new List<LyricsWord>();
        var firsts = new List<int>();
        var limits = new List<double>();
        var ends = new List<int>();
        var first = 0;
        foreach (var segment in segments)
        {
            foreach (var word in model.Tokenizer.SplitWords(segment.Tokens, language))
            {
                var text = word.Text.Trim();
                if (text.Any(char.IsLetterOrDigit))
                {
                    firsts.Add(first + word.First);
                    limits.Add(end);
                    var confidence = Math.Exp(segment.LogProbabilities.Skip(word.First).Take(word.Count).Average());
                    words.Add(new LyricsWord(text, 0, 0) { Confidence = Math.Round(confidence, 4) });
                }
            }
            first += segment.Tokens.Count;
            if (words.Count > 0 && (ends.Count == 0 || ends[^1] < words.Count - 1))
            {
                ends.Add(words.Count - 1);
                limits[^1] = segment.End is { } at ? start + at : end;
            }
        }

        var positions = attention?.PositionStarts();
        var onsets = positions is null ? [] : WordTiming.Onsets(attention!, null, positions, firsts, WhisperModel.Clock);
        var starts = positions is null ? Spread(segments, firsts, end - start) : [.. onsets.Select(onset => onset.End)];
        AssignTimes(words, starts, limits, start, end);
        return new TimedText(words, ends, [.. onsets.Select(onset => new TimeRange(start + onset.Start, start + onset.End))]);
    }

    /// <summary>The words that start before a time; the last of them ends there at the latest.</summary>
    public TimedText Before(double end)
    {
        var count = Words.TakeWhile(word => word.Start < end).Count();
        LyricsWord[] words = [.. Words.Take(count).Select(word => word with { End = Math.Min(word.End, end) })];
        return new TimedText(words, [.. SegmentEnds.Where(index => index < count)], [.. Onsets.Take(count)]);
    }

    private static void AssignTimes(List<LyricsWord> words, double[] times, List<double> limits,
        double start, double end)
    {
        var least = Math.Min(DocumentRules.ShortestWord, (end - start) / Math.Max(1, words.Count));
        double[] starts = [.. times.Take(words.Count).Select(time => start + time)];
        WordOrder.Space(starts, start, end, least);
        for (var i = 0; i < words.Count; i++)
        {
            var next = i + 1 < words.Count ? starts[i + 1] : end;
            // The time the network itself gives for a phrase's end bounds its last word, unless it contradicts the start.
            var until = limits[i] > starts[i] + 0.1 ? limits[i] : next;
            words[i] = words[i] with { Start = starts[i], End = WordOrder.End(starts[i], until, next, least) };
        }
    }

    private static double[] Spread(List<Segment> segments, List<int> firsts, double length)
    {
        var times = new List<double>();
        var first = 0;
        foreach (var segment in segments)
        {
            var to = segment.End ?? length;
            foreach (var token in firsts.Where(f => f >= first && f < first + segment.Tokens.Count))
                times.Add(segment.Start + (to - segment.Start) * (token - first) / segment.Tokens.Count);
            first += segment.Tokens.Count;
        }
        return [.. times];
    }

    /// <summary>Text between times.</summary>
    private static List<Segment> Segments(WhisperTokenizer tokenizer, Hypothesis hypothesis)
    {
        var segments = new List<Segment>();
        Segment? open = null;
        var last = 0.0;
        for (var i = 0; i < hypothesis.Tokens.Count; i++)
        {
            var token = hypothesis.Tokens[i];
            if (tokenizer.IsTime(token))
            {
                last = (token - tokenizer.FirstTime) * WhisperModel.SecondsPerFrame;
                if (open is not null)
                    open.End = last;
                open = null;
                continue;
            }
            if (open is null)
                segments.Add(open = new Segment(last));
            open.Tokens.Add(token);
            open.LogProbabilities.Add(hypothesis.LogProbabilities[i]);
        }
        return segments;
    }

    private sealed class Segment(double start)
    {
        public double Start { get; } = start;

        public double? End { get; set; }

        public List<int> Tokens { get; } = [];

        public List<float> LogProbabilities { get; } = [];
    }
}
