using Libretto.Audio;
using Libretto.Speech;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace Libretto.Transcribe.Whisper;

/// <summary>One recording being transcribed: its windows, its language and what is asked of it.</summary>
internal sealed class WhisperSong
{
    /// <summary>The longest prompt, in tokens: what the network was trained with.</summary>
    private const int LongestPrompt = 223;
    private const int DetectionWindows = 4;
    /// <summary>Less than this, in seconds, is not worth a run of the encoder.</summary>
    private const double ShortestPart = 6;

    private readonly WhisperModel _model;
    private readonly PcmFile _audio;
    private readonly TranscribeOptions _options;
    private readonly ILogger _logger;
    private readonly GuardedDecoder _decoder;
    private readonly int _batch;
    private readonly WindowPlan _plan;
    private readonly int[] _prompt;
    private string? _language;
    private double? _languageProbability;

    public WhisperSong(
        WhisperModel model, PcmFile audio, TranscribeOptions options, int batch, ILogger logger, CancellationToken cancellationToken)
    {
        _model = model;
        _audio = audio;
        _options = options;
        _logger = logger;
        _decoder = new GuardedDecoder(model, options.BeamSize, batch);
        _prompt = EncodePrompt(model, options.Prompt);
        if (options.Language is { } language)
            _language = model.ResolveLanguage(language);
        _batch = batch;
        _plan = new WindowPlan(audio, options.VoiceActivity, cancellationToken);
        Windows = _plan.Windows;
    }

    /// <summary>The windows to transcribe, in order of time.</summary>
    public IReadOnlyList<TimeRange> Windows { get; }

    /// <summary>
    /// Transcribes some of the windows. What a window left without sound text, or stopped short of, is heard again by itself:
    /// other bounds free the network from a loop more surely than drawing other tokens.
    /// </summary>
    public IReadOnlyList<TranscribedPiece> Transcribe(IReadOnlyList<TimeRange> windows, CancellationToken cancellationToken)
    {
        _language ??= DetectLanguage(cancellationToken);
        var pieces = Decode(windows, cancellationToken);
        var left = new List<TimeRange>();
        for (var i = 0; i < pieces.Count; i++)
        {
            var parts = Unheard(pieces[i]);
            if (parts.Length > 0)
                pieces[i] = pieces[i] with { Range = pieces[i].Range with { End = parts[0].Start } };
            left.AddRange(parts);
        }
        foreach (var chunk in left.Chunk(_batch))
        {
            using var span = SpeechSpans.Start(SpeechSpans.HeardAgain);
            pieces.AddRange(Decode(chunk, cancellationToken));
        }
        pieces.Sort((one, other) => one.Range.Start.CompareTo(other.Range.Start));
        return pieces;
    }

    private List<TranscribedPiece> Decode(IReadOnlyList<TimeRange> windows, CancellationToken cancellationToken)
    {
        var features = windows.Select(window => _model.ReadWindow(_audio, window)).ToArray();
        using var states = _model.Encode([.. features.Select(f => f.Values)], cancellationToken);
        var start = _prompt.Concat(_model.StartTokens(_language!, _options.Translate)).ToArray();
        var jobs = windows.Select((window, i) => new WindowJob(i, _model.Frames(window), 0, features[i].Fingerprint)).ToArray();
        var texts = _decoder.Decode(states, jobs, start, cancellationToken);
        return [.. windows.Select((window, i) => Piece(window, texts[i], Attention(states, jobs[i], texts[i].Hypothesis, cancellationToken)))];
    }

    /// <summary>The parts of a decoded window worth hearing again.</summary>
    private TimeRange[] Unheard(TranscribedPiece piece)
    {
        var window = piece.Range;
        // Attention that follows nothing means music: shorter windows of it hold no words either.
        if (piece.Guards.ContainsKey(GuardedDecoder.Dropped) && !piece.Guards.ContainsKey(GuardedDecoder.Unfocused) && window.Length > 2 * ShortestPart)
        {
            var middle = _plan.QuietestTime(window.Start + window.Length / 3, window.End - window.Length / 3);
            return [new TimeRange(window.Start, middle), new TimeRange(middle, window.End)];
        }
        if (piece.Words.Count > 0 && window.End - piece.Words[^1].End > ShortestPart)
            return [new TimeRange(piece.Words[^1].End, window.End)];
        return [];
    }

    /// <summary>
    /// What each word looked at, from a second pass without times between the words: on songs 5 points more words are within
    /// 0.3 s than with the attention of the decoding itself. One window at a time, so that the others' lengths do not matter.
    /// </summary>
    private CrossAttention? Attention(OrtValue states, WindowJob job, Hypothesis hypothesis, CancellationToken cancellationToken)
    {
        int[] text = [.. hypothesis.Tokens.Where(_model.Tokenizer.IsText)];
        return text.Length == 0 || !_model.Layout.HasAttention
            ? null
            : ForcedPass.Run(_model, states, [new ForcedText(job.Row, job.Frames, text)], _language!, cancellationToken, _options.Translate)[0].Attention;
    }

    private TranscribedPiece Piece(TimeRange window, GuardedText guarded, CrossAttention? attention)
    {
        foreach (var guard in guarded.Guards.Keys)
            _logger.GuardActed(window.Start, window.End, guard);
        var hypothesis = guarded.Hypothesis;
        var language = _options.Translate ? "en" : _language!;
        var timed = TimedText.Read(_model, hypothesis, attention, language, window.Start, window.End);
        var words = _options.VoiceActivity is { } activity ? ActivityBounds.Apply(timed.Words, timed.Onsets, activity) : timed.Words;
        return new TranscribedPiece(window, words)
        {
            SegmentEnds = timed.SegmentEnds,
            Onsets = timed.Onsets,
            Language = language,
            DetectedLanguage = _languageProbability is null ? null : _language,
            LanguageProbability = _languageProbability,
            MeanLogProbability = words.Count == 0 ? null : hypothesis.MeanLogProbability,
            Guards = guarded.Guards,
        };
    }

    private string DetectLanguage(CancellationToken cancellationToken)
    {
        // Spread over the song: intros and endings are often instrumental or spoken.
        var step = Math.Max(1, Windows.Count / (double)DetectionWindows);
        var chosen = Enumerable.Range(0, Math.Min(DetectionWindows, Windows.Count)).Select(i => Windows[(int)(i * step + step / 2)]).ToArray();
        using var states = _model.Encode([.. chosen.Select(window => _model.ReadWindow(_audio, window).Values)], cancellationToken);
        var (language, probability) = _model.DetectLanguage(states, cancellationToken)[0];
        _languageProbability = probability;
        _logger.LanguageDetected(language, probability, chosen.Length);
        return language;
    }

    private static int[] EncodePrompt(WhisperModel model, string? prompt)
    {
        if (string.IsNullOrWhiteSpace(prompt))
            return [];
        var tokens = model.Tokenizer.Encode(" " + prompt.Trim());
        if (tokens.Count > LongestPrompt)
            throw SpeechException.PromptTooLong(tokens.Count, LongestPrompt);
        return [model.Tokenizer.StartOfPrevious, .. tokens];
    }
}
