using System.Buffers;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Ctc;
using Libretto.Speech.Timing;

namespace Libretto.Align.Ctc;

/// <summary>
/// Times known words by a CTC network. A frame's time is the window's length over its frames; a word starts with its first
/// character and is held until the next word starts or the voice falls silent.
/// </summary>
/// <param name="network">The network.</param>
/// <param name="language">The words' language as an ISO 639 code, or null.</param>
/// <param name="syllables">Parts a word into syllables, which get times too; null leaves words whole.</param>
internal sealed class CtcAligner(CtcNetwork network, string? language, Func<string, IReadOnlyList<string>>? syllables = null)
{
    /// <summary>The longest window, seconds: what such networks were trained on, and bounds the memory.</summary>
    public const double LongestWindow = 30;

    private const double Margin = 1, Breath = 0.2;

    /// <summary>Times words within a window; ends are where the last character's sound ends.</summary>
    /// <param name="samples">16 kHz mono, up to <see cref="LongestWindow"/>.</param>
    /// <param name="words">All that is sung there, in order.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="lineStarts">Indexes of words before which something else may be sung; before the first and after the last it always
    /// may.</param>
    /// <returns>
    /// The words with times from the window's start and the mean probability of their characters' frames as confidence;
    /// a word without a sound, such as a dash, follows its neighbour and is marked as estimated. Null when the words cannot fit.
    /// </returns>
    /// <exception cref="LibrettoException">The network failed.</exception>
    public LyricsWord[]? Align(
        ReadOnlySpan<float> samples, IReadOnlyList<string> words, CancellationToken cancellationToken, IReadOnlySet<int>? lineStarts = null)
    {
        var text = CtcText.Write(words, network.Vocabulary, language);
        if (text.Tokens.Length == 0)
            return null;
        var frames = network.LogProbabilities(samples, cancellationToken);
        if (CtcTrellis.Align(frames.Values, frames.Classes, text.Tokens, network.Vocabulary.Blank, text.Gaps(lineStarts)) is not { } path)
            return null;
        return Times(words, text, path, (double)samples.Length / CtcNetwork.SampleRate / frames.Count);
    }

    /// <summary>Times words within a window of a recording and holds them as long as the voice does.</summary>
    /// <param name="audio">16 kHz; channels are mixed.</param>
    /// <param name="window">Where all the words and nothing else is sung, up to <see cref="LongestWindow"/>.</param>
    /// <param name="words">The words, in order.</param>
    /// <param name="activity">Where someone sings, in order; when empty, words end with their last character's sound.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="lineStarts">Indexes of words before which something else may be sung.</param>
    /// <returns>The words with times from the recording's start; null when they cannot fit.</returns>
    /// <exception cref="LibrettoException">The network failed.</exception>
    public LyricsWord[]? Align(
        PcmFile audio, TimeRange window, IReadOnlyList<string> words, IReadOnlyList<TimeRange> activity,
        CancellationToken cancellationToken, IReadOnlySet<int>? lineStarts = null) =>
        AlignWindow(audio, window, words, lineStarts, cancellationToken) is { } timed ? Hold(timed, window.End, activity) : null;

    /// <summary>Times a song's words again, window by window, from rough times such as those of a whole segment.</summary>
    /// <param name="audio">16 kHz; channels are mixed.</param>
    /// <param name="words">Words in order of time, at most a second or so wrong.</param>
    /// <param name="activity">Where someone sings, in order; may be empty.</param>
    /// <param name="lineStarts">Indexes of the words that begin a line: before these something else may be sung.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <returns>As many words; those of a window that cannot hold them keep their times.</returns>
    /// <exception cref="LibrettoException">The network failed.</exception>
    public LyricsWord[] AlignSong(
        PcmFile audio, IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> activity, IReadOnlySet<int> lineStarts,
        IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var aligned = words.ToArray();
        foreach (var (window, first, count) in Windows(audio, words, activity, cancellationToken))
        {
            var texts = words.Skip(first).Take(count).Select(word => word.Text).ToArray();
            var starts = Enumerable.Range(0, count).Where(word => lineStarts.Contains(first + word)).ToHashSet();
            if (Align(audio, window, texts, activity, cancellationToken, starts) is { } timed)
                timed.CopyTo(aligned, first);
            progress?.Report((double)(first + count) / words.Count);
        }
        return aligned;
    }

    /// <summary>
    /// Windows that hold whole words, cut where the words pause longest, each a little wider than its words but not into its
    /// neighbours, nor further than a breath into silence.
    /// </summary>
    private static IEnumerable<(TimeRange Window, int First, int Count)> Windows(
        PcmFile audio, IReadOnlyList<LyricsWord> words, IReadOnlyList<TimeRange> activity, CancellationToken cancellationToken)
    {
        var ranges = words.Select(word => new TimeRange(word.Start, word.End)).ToArray();
        var windows = Windowing.Cut(audio, ranges, LongestWindow - 2 * Margin, cancellationToken);
        for (int i = 0, first = 0; i < windows.Count; i++)
        {
            var next = i + 1 < windows.Count ? windows[i + 1].Start : double.PositiveInfinity;
            var count = words.Skip(first).TakeWhile(word => word.Start < next).Count();
            if (count == 0)
                continue;
            var before = i > 0 ? windows[i - 1].End : double.NegativeInfinity;
            var wide = new TimeRange(
                Math.Max(0, windows[i].Start - Math.Min(Margin, (windows[i].Start - before) / 2)),
                Math.Min(audio.Duration, windows[i].End + Math.Min(Margin, (next - windows[i].End) / 2)));
            yield return (WithinVoice(wide, activity), first, count);
            first += count;
        }
    }

    private static TimeRange WithinVoice(TimeRange window, IReadOnlyList<TimeRange> activity)
    {
        var sung = activity.Where(range => range.Start < window.End && range.End > window.Start).ToArray();
        return sung.Length == 0
            ? window
            : new TimeRange(Math.Max(window.Start, sung[0].Start - Breath), Math.Min(window.End, sung[^1].End + Breath));
    }

    private LyricsWord[]? AlignWindow(
        PcmFile audio, TimeRange window, IReadOnlyList<string> words, IReadOnlySet<int>? lineStarts, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(audio.SampleRate, CtcNetwork.SampleRate);
        var start = (long)(window.Start * audio.SampleRate);
        var length = (int)Math.Max(0, Math.Ceiling(window.Length * audio.SampleRate));
        var buffer = ArrayPool<float>.Shared.Rent(length);
        try
        {
            var samples = buffer.AsSpan(0, length);
            audio.ReadMono(start, samples);
            var offset = (double)start / audio.SampleRate;
            return Align(samples, words, cancellationToken, lineStarts)
                ?.Select(word => word.MoveTo(word.Start + offset, word.End + offset)).ToArray();
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private static LyricsWord[] Hold(LyricsWord[] words, double windowEnd, IReadOnlyList<TimeRange> activity)
    {
        if (activity.Count == 0)
            return words;
        var held = words.Select((word, i) =>
            word.MoveTo(word.Start, Math.Max(word.End, i + 1 < words.Length ? words[i + 1].Start : windowEnd)));
        return ActivityBounds.Apply([.. held], activity);
    }

    private LyricsWord[] Times(IReadOnlyList<string> words, CtcText text, CtcPath path, double secondsPerFrame)
    {
        var timed = new LyricsWord[words.Count];
        var reached = FirstSound(text, path) * secondsPerFrame;
        for (var word = 0; word < words.Count; word++)
        {
            var (first, count) = text.Words[word];
            var spans = path.Spans.AsSpan(first, count);
            timed[word] = count == 0
                ? new LyricsWord(words[word], reached, reached) { Estimated = true }
                : new LyricsWord(words[word], spans[0].Start * secondsPerFrame, spans[^1].End * secondsPerFrame)
                {
                    Confidence = Confidence(spans),
                    Syllables = SyllablesOf(words[word], text, path, (first, count), secondsPerFrame),
                };
            reached = timed[word].End;
        }
        return timed;
    }

    /// <summary>
    /// A word's syllables, each from its first letter's sound to the next one's; null for a word of one, or whose letters have no times of
    /// their own.
    /// </summary>
    private LyricsSyllable[]? SyllablesOf(string word, CtcText text, CtcPath path, (int Start, int Count) tokens, double secondsPerFrame)
    {
        if (syllables?.Invoke(word) is not { Count: > 1 } parts)
            return null;
        var starts = new double[parts.Count + 1];
        for (int i = 0, place = 0; i < parts.Count; place += parts[i++].Length)
        {
            var end = place + parts[i].Length;
            var first = Array.FindIndex(text.Places, tokens.Start, tokens.Count, letter => letter >= place && letter < end);
            if (first < 0)
                return null;
            starts[i] = path.Spans[first].Start * secondsPerFrame;
        }
        starts[^1] = path.Spans[tokens.Start + tokens.Count - 1].End * secondsPerFrame;
        return [.. parts.Select((part, i) => new LyricsSyllable(part, starts[i], starts[i + 1]))];
    }

    private static int FirstSound(CtcText text, CtcPath path) => path.Spans[text.Words.First(word => word.Count > 0).Start].Start;

    private static double Confidence(ReadOnlySpan<CtcSpan> spans)
    {
        double sum = 0;
        var frames = 0;
        foreach (var span in spans)
        {
            sum += span.Probability * span.Frames;
            frames += span.Frames;
        }
        return Math.Clamp(sum / frames, 0, 1);
    }
}
