using System.Runtime.CompilerServices;
using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Lyrics;
using Libretto.Models.Onnx;
using Libretto.Speech.Moonshine;
using Libretto.Speech.Timing;
using Microsoft.Extensions.Logging;

namespace Libretto.Transcribe.Moonshine;

/// <summary>
/// English recognition on any machine by Moonshine: small, quick, and installed by the first command. Windows are bounded by
/// where something sounds; words are timed by the network's own cross-attention.
/// </summary>
public sealed partial class MoonshineTranscriber : ITranscriber
{
    private const int SampleRate = 16_000;
    private const double LongestWindow = 30;

    /// <summary>Sound this near outside of a window's ranges is given to the network too, so that soft edges are heard.</summary>
    private const double Margin = 0.2;

    /// <summary>
    /// Above this logarithm of its probability an empty text is believed: 0.9. Music before the words may make it likely, not sure.
    /// </summary>
    private const double SurelyEmpty = -0.1;

    /// <summary>What is written only because it must be has to be this likely: what was understood always was.</summary>
    private const double LowestWhenForced = -0.4;

    /// <summary>Moonshine looks at a word a moment before it begins, and over a line's pause at anything: see AttentionClock.</summary>
    private const double AttentionLead = 0.04, WidestAttention = 0.3;

    private readonly Lazy<MoonshineNetwork> _network;
    private readonly ILogger<MoonshineTranscriber> _logger;

    /// <summary>Creates the engine; nothing is loaded until it is used.</summary>
    /// <param name="folder">The installed model.</param>
    /// <param name="sessions">Where networks are loaded and shared.</param>
    /// <param name="logger">What each guard did.</param>
    public MoonshineTranscriber(string folder, OnnxSessions sessions, ILogger<MoonshineTranscriber> logger)
    {
        _network = new Lazy<MoonshineNetwork>(
            // A failure is not remembered: the model may be fetched again while the process lives.
            () => new MoonshineNetwork(folder, sessions), LazyThreadSafetyMode.PublicationOnly);
        _logger = logger;
    }

    /// <inheritdoc/>
    public string Name => "moonshine/tiny";

    /// <inheritdoc/>
    public bool TimesAreTrusted => false;

    /// <inheritdoc/>
    public Task PrepareAsync(CancellationToken cancellationToken) => Task.Run(() => _network.Value, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<TranscribedPiece> TranscribeAsync(
        PcmFile audio, TranscribeOptions options, IProgress<double>? progress,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (options.Language is { } language && language != "en")
            throw TranscribeException.LanguageNotSpoken("Moonshine", language);
        if (options.Translate)
            throw TranscribeException.OptionNotSupported("Moonshine", "translate");
        if (!string.IsNullOrWhiteSpace(options.Prompt))
            throw TranscribeException.OptionNotSupported("Moonshine", "take a prompt");
        if (options.BeamSize > 1)
            throw TranscribeException.OptionNotSupported("Moonshine", "search with beams");

        var activity = options.VoiceActivity
            ?? await Task.Run(() => ActivityDetector.Detect(audio, cancellationToken: cancellationToken), cancellationToken);
        foreach (var window in Windowing.Cut(audio, activity, LongestWindow, cancellationToken))
        {
            var piece = await Task.Run(() => Recognise(audio, window, activity, cancellationToken), cancellationToken);
            progress?.Report(Math.Min(1, window.End / audio.Duration));
            yield return piece;
        }
        progress?.Report(1);
    }

    private TranscribedPiece Recognise(
        PcmFile audio, TimeRange window, IReadOnlyList<TimeRange> activity, CancellationToken cancellationToken)
    {
        var start = Math.Max(0, window.Start - Margin);
        var end = Math.Min(audio.Duration, window.End + Margin);
        var samples = new float[(int)((end - start) * SampleRate)];
        audio.Read((long)(start * SampleRate), samples);

        var pass = _network.Value.Recognise(samples, cancellationToken);
        var guards = new Dictionary<string, int>();
        if (pass.Tokens.Length == 0 && pass.EndLogProbability < SurelyEmpty
            && _network.Value.Recognise(
                samples, cancellationToken, mustWrite: true) is var forced && MeanLogProbability(forced) > LowestWhenForced)
        {
            pass = forced;
            guards["retry"] = 1;
        }
        if (pass.Looped)
            guards["loop"] = 1;
        var meanLogProbability = MeanLogProbability(pass);
        if (meanLogProbability < DecodingThresholds.MeanLogProbability)
        {
            guards["unlikely"] = 1;
            guards[TranscribedPiece.Dropped] = 1;
            LogUnlikely(start, end, meanLogProbability);
            return new TranscribedPiece(window, []) { Language = "en", Guards = guards, MeanLogProbability = meanLogProbability };
        }

        var (timed, onsets) = TimedWords(pass, start, end);
        var edges = SoundEdges.Measure(audio, isVoice: false, new TimeRange(start - Margin, end + Margin), cancellationToken);
        var words = ActivityBounds.Apply(WordEdges.Apply(timed, onsets, edges), activity);
        return new TranscribedPiece(window, words)
        {
            Onsets = onsets,
            SegmentEnds = words.Length > 0 ? [words.Length - 1] : [],
            Language = "en",
            MeanLogProbability = meanLogProbability,
            Guards = guards,
        };
    }

    /// <summary>Words with the times that attention alone tells, and between which times it came to each.</summary>
    private (LyricsWord[] Words, TimeRange[] Onsets) TimedWords(MoonshinePass pass, double start, double end)
    {
        var groups = GroupIntoWords(pass.Tokens);
        var heads = TimingHeads(pass.Attention);
        var positions = pass.Attention.PositionStarts(heads);
        int[] firsts = [.. groups.Select(group => group.First)];
        var clock = new AttentionClock(pass.SecondsPerFrame, LongestLag: 0, AttentionLead, WidestAttention);
        TimeRange[] onsets = [.. WordTiming.Onsets(pass.Attention, heads, positions, firsts, clock)
            .Select(onset => new TimeRange(start + onset.Start, start + onset.End))];
        double End(int word) => word + 1 < onsets.Length ? Math.Max(onsets[word].End, onsets[word + 1].End) : end;
        LyricsWord[] words = [.. groups.Select((group, i) => new LyricsWord(group.Text, onsets[i].End, End(i))
        {
            Confidence = Confidence(pass.LogProbabilities.AsSpan(group.First, group.Count)),
        })];
        return (words, onsets);
    }

    /// <summary>
    /// A word is a piece that begins with a space and all that follow without one; bare punctuation joins the word before.
    /// </summary>
    private List<(int First, int Count, string Text)> GroupIntoWords(int[] tokens)
    {
        var vocabulary = _network.Value.Vocabulary;
        var groups = new List<(int First, int Count, string Text)>();
        for (int first = 0, end; first < tokens.Length; first = end)
        {
            for (end = first + 1; end < tokens.Length && !vocabulary.BeginsWord(tokens[end]);)
                end++;
            // The network marks singing by notes, which are no words.
            var text = vocabulary.Text(tokens.AsSpan(first, end - first)).Replace("♪", "", StringComparison.Ordinal).Trim();
            if (text.Length == 0)
                continue;
            if (!text.Any(char.IsLetterOrDigit))
            {
                if (groups.Count > 0)
                    groups[^1] = groups[^1] with { Text = groups[^1].Text + text };
                continue;
            }
            groups.Add((first, end - first, text));
        }
        return groups;
    }

    /// <summary>The heads of Moonshine tiny that follow the audio best (docs/decisions.md); all heads of another size.</summary>
    private static int[]? TimingHeads(CrossAttention attention) => attention.Heads == 48 ? [16, 25, 32] : null;

    private static double Confidence(ReadOnlySpan<float> logProbabilities)
    {
        var sum = 0.0;
        foreach (var value in logProbabilities)
            sum += value;
        return Math.Exp(sum / logProbabilities.Length);
    }

    private static double MeanLogProbability(MoonshinePass pass) =>
        pass.Tokens.Length == 0 ? 0 : (pass.LogProbabilities.Sum() + pass.EndLogProbability) / (pass.Tokens.Length + 1);

    [LoggerMessage(Level = LogLevel.Information,
        Message = "Dropped the text of {start:F1}-{end:F1} s: mean log probability {logProbability:F2}.")]
    private partial void LogUnlikely(double start, double end, double logProbability);
}
