using Libretto.Audio;
using Libretto.Speech;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Align;

/// <summary>When a given word is sung, as one window saw it.</summary>
/// <param name="Start">Its start, seconds from the song's start.</param>
/// <param name="End">Its end, seconds.</param>
/// <param name="Probability">How well the sound fits the word, 0 to 1: the geometric mean over its tokens.</param>
/// <param name="Evidence">
/// Natural logarithm of how much likelier the word is with the sound than without it, the words before it being the same; infinite
/// where its line is heard so clearly that this was not weighed.
/// </param>
/// <param name="Focus">How much of the network's attention lies where the word is, 0 to 1.</param>
internal readonly record struct PlacedWord(double Start, double End, double Probability, double Evidence, double Focus)
{
    /// <summary>Whether the network looks at some words where it places them; else their times mean nothing.</summary>
    public static bool AreHeard(ReadOnlySpan<PlacedWord?> words)
    {
        var sum = 0.0;
        foreach (var word in words)
            sum += word?.Focus ?? 0;
        return sum >= CrossAttention.LowestFocus * words.Length;
    }
}

/// <summary>
/// Times known words by what Whisper's decoder looks at when it is made to write them: one forced pass a window, dynamic time
/// warping over the alignment heads.
/// </summary>
internal sealed class AttentionAligner : IDisposable
{
    /// <summary>
    /// Frames of silence that text is weighed against: what nothing sounds like is the same after a second as after thirty.
    /// </summary>
    private const int SilentFrames = 200;

    /// <summary>How long a word cut off from its line takes at least and at most, seconds a unit of text.</summary>
    private const double ShortestWord = 0.1, LongestWord = 1;

    /// <summary>
    /// A line whose words are likelier than this, natural logarithm a word, is heard: silence would have to foretell it to weigh as much.
    /// </summary>
    private const double ClearlyHeard = -1.5;

    /// <summary>No word starts sooner after another, seconds.</summary>
    private const double ShortestStep = 0.04;

    /// <summary>No word is read beyond so many tokens: what is longer is no word.</summary>
    private const int LongestReading = 100;

    private readonly WhisperModel _model;
    private readonly IReadOnlyList<TimeRange> _activity;
    private readonly string _language;
    private readonly string _gap;
    private readonly EncodedAudio _audio;
    private readonly WindowGrid _grid;
    private readonly SoundEdges _edges;
    private readonly Lazy<IDecoderAudio> _silence;

    /// <param name="model">The network.</param>
    /// <param name="language">A language the model knows.</param>
    /// <param name="audio">The recording, with the windows that were encoded already.</param>
    /// <param name="grid">The windows that are encoded, or may as well be.</param>
    /// <param name="edges">Where sounds begin and end in it, or in its voice.</param>
    /// <param name="activity">Where someone sings, in order: no word is placed elsewhere.</param>
    public AttentionAligner(WhisperModel model, string language, EncodedAudio audio, WindowGrid grid, SoundEdges edges,
        IReadOnlyList<TimeRange> activity)
    {
        _audio = audio;
        _grid = grid;
        _edges = edges;
        _model = model;
        // Where no line is in doubt, the encoder need not run for it.
        _silence = new Lazy<IDecoderAudio>(HearSilence);
        _activity = activity;
        _language = model.ResolveLanguage(language);
        _gap = _language is "zh" or "ja" or "th" or "lo" or "my" or "yue" ? "" : " ";
    }

    /// <summary>How much of a text the network reads at once.</summary>
    public TokenLimit LimitOf(GivenText text)
    {
        var before = new int[text.Words.Count + 1];
        for (var word = 0; word < text.Words.Count; word++)
            before[word + 1] = before[word] + Tokens(text.Words[word]).Count();
        // Beside the text there are the tokens it starts with, that for no times, and its end.
        return new TokenLimit(before, _model.Config.MaxTokens - _model.StartTokens(_language, translate: false).Length - 2);
    }

    /// <summary>Times the words that each window keeps; no word is kept by two windows.</summary>
    /// <param name="text">All given words.</param>
    /// <param name="windows">Windows in order.</param>
    /// <param name="done">Called with the number of windows done.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="lines">When the lines begin, where that is known: no word is looked for outside its line.</param>
    /// <returns>A placed word for each word that a window keeps; null for the others.</returns>
    public PlacedWord?[] Align(GivenText text, IReadOnlyList<AlignmentWindow> windows, Action<int>? done,
        CancellationToken cancellationToken, LineStarts? lines = null)
    {
        var placed = new PlacedWord?[text.Words.Count];
        var seen = AlignEach(text, windows, done, cancellationToken, lines, weighsAll: false);
        for (var i = 0; i < windows.Count; i++)
            for (var word = windows[i].FirstKept; word < windows[i].EndKept; word++)
                placed[word] = seen[i][word - windows[i].FirstKept];
        return placed;
    }

    /// <summary>Times the words of each window by itself: the windows of one text may be offered the same words.</summary>
    /// <param name="text">All given words.</param>
    /// <param name="windows">Windows in order.</param>
    /// <param name="done">Called with the number of windows done.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    /// <param name="lines">When the lines begin, where that is known.</param>
    /// <param name="weighsAll">Whether evidence is wanted of every word; else of lines that are in doubt.</param>
    /// <returns>For each window the words it keeps.</returns>
    public PlacedWord[][] AlignEach(GivenText text, IReadOnlyList<AlignmentWindow> windows, Action<int>? done,
        CancellationToken cancellationToken, LineStarts? lines = null, bool weighsAll = true)
    {
        var placed = new PlacedWord[windows.Count][];
        var count = 0;
        // Which windows are encoded is settled in order, before workers share them.
        var encoded = windows.Select(window => _grid.Cover(window.Audio)).ToArray();
        var options = new ParallelOptions { MaxDegreeOfParallelism = _model.Workers, CancellationToken = cancellationToken };
        // One window at a time to each worker: a batch would be padded to its longest text.
        Parallel.For(0, windows.Count, options, i =>
        {
            placed[i] = Align(text, windows[i], _audio.Encode(_model, encoded[i].Start, cancellationToken), lines, weighsAll,
                cancellationToken);
            done?.Invoke(Interlocked.Increment(ref count));
        });
        return placed;
    }

    private PlacedWord[] Align(
        GivenText text, AlignmentWindow window, EncodedWindow encoded, LineStarts? lines, bool weighsAll,
        CancellationToken cancellationToken)
    {
        var stretch = encoded.Part(window.Audio.Start, window.Audio.End);
        var (tokens, firsts) = Tokens(text.Words, window);
        using var heard = _audio.Hear(_model, stretch, cancellationToken);
        var reading = ForcedPass.Run(_model, heard, new ForcedText(stretch.To - stretch.From, tokens), _language, cancellationToken);
        var start = encoded.Start + stretch.From * WhisperModel.SecondsPerFrame;
        var placing = window with { Audio = new TimeRange(start, Math.Max(window.Audio.End, start)) };
        var placed = ReadWords(text, placing, reading, firsts, lines);
        // What nothing sounds like depends on the words before as well, so it is read up to the last word that is weighed.
        var end = weighsAll ? window.EndKept : EndOfDoubts(text, window, placed, reading.Probabilities, firsts);
        if (end == window.FirstKept)
            return placed;
        var known = tokens[..TokensBefore(end)];
        var unheard = ForcedPass.Run(_model, _silence.Value, new ForcedText(1, known), _language, cancellationToken).Probabilities;
        for (var word = window.FirstKept; word < end; word++)
        {
            var own = TokensBefore(word)..TokensBefore(word + 1);
            placed[word - window.FirstKept] = placed[word - window.FirstKept] with
            {
                Evidence = LogProbability(reading.Probabilities.AsSpan(own)) - LogProbability(unheard.AsSpan(own)),
            };
        }
        return placed;

        int TokensBefore(int word) => word < window.EndWord ? firsts[word - window.FirstWord] : tokens.Count;
    }

    /// <summary>One past the last word of those lines of a window that may not be heard at all; its first kept word where there are none.
    /// </summary>
    private static int EndOfDoubts(
        GivenText text, AlignmentWindow window, PlacedWord[] placed, float[] probabilities, List<int> firsts)
    {
        var (end, from) = (window.FirstKept, window.FirstKept);
        for (var to = from + 1; to <= window.EndKept; to++)
        {
            if (to < window.EndKept && !text.BeginsLine(to))
                continue;
            PlacedWord?[] words = [.. placed[(from - window.FirstKept)..(to - window.FirstKept)]];
            var last = to < window.EndWord ? firsts[to - window.FirstWord] : probabilities.Length;
            if (!PlacedWord.AreHeard(words) ||
                LogProbability(probabilities.AsSpan(firsts[from - window.FirstWord]..last)) < ClearlyHeard * words.Length)
                end = to;
            from = to;
        }
        return end;
    }

    /// <summary>The window's words as tokens, and where each word's tokens begin.</summary>
    private (List<int> Tokens, List<int> Firsts) Tokens(IReadOnlyList<string> words, AlignmentWindow window)
    {
        var (tokens, firsts) = (new List<int>(), new List<int>());
        for (var word = window.FirstWord; word < window.EndWord; word++)
        {
            firsts.Add(tokens.Count);
            tokens.AddRange(Tokens(words[word]));
        }
        return (tokens, firsts);
    }

    private IEnumerable<int> Tokens(string word) => _model.Tokenizer.Encode(_gap + word).Take(LongestReading);

    private PlacedWord[] ReadWords(
        GivenText text, AlignmentWindow window, ForcedReading reading, List<int> firsts, LineStarts? lines)
    {
        var voiced = VoicedFrames(window.Audio, reading.Attention.Frames);
        var positions = reading.Attention.Positions;
        var starts = reading.Attention.PositionStarts(
            frames: voiced,
            mayPause: Pauses(text, window, firsts, positions),
            bounds: lines is null ? null : Bounds(window, firsts, positions, lines));
        var onsets = WordTiming.Onsets(reading.Attention, null, starts, firsts, WhisperModel.Clock)
            .Select(onset => new TimeRange(window.Audio.Start + onset.Start, window.Audio.Start + onset.End)).ToArray();
        var times = new double[onsets.Length + 1];
        for (var i = 0; i < onsets.Length; i++)
        {
            times[i] = _edges.Onset(onsets[i], i == 0 ? 0 : times[i - 1] + ShortestStep);
        }
        times[^1] = window.Audio.End;
        var placed = new PlacedWord[window.EndKept - window.FirstKept];
        for (var word = window.FirstKept; word < window.EndKept; word++)
        {
            var i = word - window.FirstWord;
            var end = i + 1 < firsts.Count ? firsts[i + 1] : reading.Probabilities.Length;
            var start = text.BeginsLine(word) && !text.BeginsLine(word + 1)
                ? WithLine(times[i], times[i + 1], text.UnitsBefore(word + 1) - text.UnitsBefore(word))
                : times[i];
            placed[word - window.FirstKept] = new PlacedWord(
                start,
                _edges.End(start, times[i + 1]),
                Math.Exp(LogProbability(reading.Probabilities.AsSpan(firsts[i]..end)) / (end - firsts[i])),
                double.PositiveInfinity,
                reading.Attention.Focus(starts, firsts[i] + 1, end + 1));
        }
        return placed;
    }

    /// <summary>
    /// The frames in which a position may lie: within its line; the one that a line's first word is awaited at lies before the line.
    /// </summary>
    private static (int From, int To)[] Bounds(AlignmentWindow window, List<int> firsts, int positions, LineStarts lines)
    {
        var bounds = new (int From, int To)[positions];
        for (var i = 0; i < firsts.Count; i++)
        {
            var end = i + 1 < firsts.Count ? firsts[i + 1] : positions;
            for (var position = firsts[i]; position < end; position++)
            {
                var (from, to) = lines.BoundsOf(window.FirstWord + i, isFirst: position == firsts[i]);
                bounds[position] = (FrameAt(from), FrameAt(to) + 1);
            }
        }
        return bounds;

        int FrameAt(double time) => (int)((time - window.Audio.Start) / WhisperModel.SecondsPerFrame);
    }

    /// <summary>After which positions a pause is expected: before a line, and at the end.</summary>
    private static bool[] Pauses(GivenText text, AlignmentWindow window, List<int> firsts, int positions)
    {
        var pauses = new bool[positions];
        for (var i = 0; i < firsts.Count; i++)
            pauses[firsts[i]] = text.BeginsLine(window.FirstWord + i);
        pauses[^1] = true;
        return pauses;
    }

    /// <summary>
    /// The start of a line's first word: what is sung before a pause that parts it from its line is not this word where it would take too
    /// long over it.
    /// </summary>
    private double WithLine(double start, double next, double units)
    {
        var paused = _activity.FirstOrDefault(range => range.End > start).End;
        var resumed = _activity.LastOrDefault(range => range.Start > start && range.Start < next - ShortestWord * units);
        return resumed.Length > 0 && paused - start > LongestWord * units ? resumed.Start : start;
    }

    /// <summary>The frames of a window in which someone sings; all where no one does.</summary>
    private int[] VoicedFrames(TimeRange audio, int frames)
    {
        var voiced = new List<int>(frames);
        foreach (var range in _activity)
            for (var frame = Math.Max(0, FrameAt(range.Start)); frame < Math.Min(frames, FrameAt(range.End)); frame++)
                voiced.Add(frame);
        return voiced.Count == 0 ? [.. Enumerable.Range(0, frames)] : [.. voiced];

        int FrameAt(double time) => (int)((time - audio.Start) / WhisperModel.SecondsPerFrame);
    }

    private static double LogProbability(ReadOnlySpan<float> probabilities)
    {
        var sum = 0.0;
        foreach (var probability in probabilities)
            sum += Math.Log(Math.Max(probability, 1e-9));
        return sum;
    }

    private IDecoderAudio HearSilence()
    {
        var frames = _model.Decoder.TakesAnyFrames ? SilentFrames : _model.Config.EncoderFrames;
        return _model.Decoder.Hear(_model.Silence.AsSpan(0, frames * _model.StateWidth), CancellationToken.None);
    }

    public void Dispose()
    {
        if (_silence.IsValueCreated)
            _silence.Value.Dispose();
    }
}
