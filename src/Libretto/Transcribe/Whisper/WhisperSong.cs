using Libretto.Audio;
using Libretto.Speech;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;
using Microsoft.Extensions.Logging;

namespace Libretto.Transcribe.Whisper;

/// <summary>
/// One recording being transcribed: its windows, its language and what is asked of it. Groups of windows may be transcribed at the same
/// time.
/// </summary>
internal sealed class WhisperSong : IDisposable
{
    /// <summary>The longest prompt, in tokens: what the network was trained with.</summary>
    private const int LongestPrompt = 223;
    private const int DetectionWindows = 4;

    /// <summary>Beams where the user leaves it to us: two points of word error rate less than with one, a fifth more time.</summary>
    private const int UsualBeams = 2;

    /// <summary>Less than this, in seconds, is not heard again.</summary>
    private const double ShortestPart = 6;

    /// <summary>How far beyond a window sounds are looked at, seconds.</summary>
    private const double EdgeMargin = 0.5;

    private readonly WhisperModel _model;
    private readonly PcmFile _audio;
    private readonly TranscribeOptions _options;
    private readonly ILogger _logger;
    private readonly GuardedDecoder _decoder;
    private readonly int _batch;
    private readonly WindowPlan _plan;
    private readonly int[] _prompt;
    private readonly EncodedAudio _encoded;
    private readonly bool _ownsEncoded;
    private readonly string _language;
    private readonly double? _languageProbability;

    /// <param name="model">The network.</param>
    /// <param name="audio">16 kHz mono.</param>
    /// <param name="options">What the user wants.</param>
    /// <param name="batch">Sequences decoded at once at most.</param>
    /// <param name="logger">Told what the guards did.</param>
    /// <param name="cancellationToken">Checked before every layer.</param>
    public WhisperSong(
        WhisperModel model, PcmFile audio, TranscribeOptions options, int batch, ILogger logger, CancellationToken cancellationToken)
    {
        _model = model;
        _audio = audio;
        _options = options;
        _logger = logger;
        _decoder = new GuardedDecoder(model, options.BeamSize ?? Beams(model, options), batch, retries: !options.OnlyGuides);
        _prompt = EncodePrompt(model, options.Prompt);
        _batch = batch;
        var language = options.Language is { } given ? model.ResolveLanguage(given) : null;
        _plan = new WindowPlan(audio, options.VoiceActivity, cancellationToken);
        (_encoded, _ownsEncoded) = (options.Encoded ?? new EncodedAudio(audio), options.Encoded is null);
        (_language, _languageProbability) = language is not null || Windows.Count == 0 ? (language ?? "en", null)
            : DetectLanguage(cancellationToken);
    }

    /// <summary>The windows to transcribe, in order of time.</summary>
    public IReadOnlyList<TimeRange> Windows => _plan.Windows;

    /// <summary>
    /// Transcribes some of the windows. What a window left without sound text, or stopped short of, is heard again by itself: other bounds
    /// free the network from a loop more surely than drawing other tokens. The encoder does not run again for it.
    /// </summary>
    public IReadOnlyList<TranscribedPiece> Transcribe(IReadOnlyList<TimeRange> windows, CancellationToken cancellationToken)
    {
        var texts = windows.Select(window => new WindowText(window, _encoded.Encode(_model, window.Start, cancellationToken))).ToArray();
        using var decoders = new StretchDecoders(_model, _encoded);
        WindowPart[] parts = [.. texts.Select(text => new WindowPart(text, text.Range, IsWhole: true))];
        Decode(decoders, parts, cancellationToken);
        // Once: what was left out again held words no more often than invented ones.
        if (!_options.OnlyGuides && parts.SelectMany(Unheard).ToArray() is { Length: > 0 } unheard)
        {
            using var span = SpeechSpans.Start(SpeechSpans.HeardAgain);
            foreach (var chunk in unheard.Chunk(_batch))
                Decode(decoders, chunk, cancellationToken);
        }
        return [.. texts.Select(text => Piece(decoders, text, cancellationToken))];
    }

    public void Dispose()
    {
        if (_ownsEncoded)
            _encoded.Dispose();
    }

    private void Decode(StretchDecoders decoders, WindowPart[] parts, CancellationToken cancellationToken)
    {
        EncodedStretch[] stretches = [.. parts.Select(part => part.Stretch(_model.Config.EncoderFrames))];
        var start = _prompt.Concat(_model.StartTokens(_language, _options.Translate)).ToArray();
        var jobs = parts.Select((part, row) => new WindowJob(
            stretches[row], Math.Min(stretches[row].To, part.Text.Encoded.Frames), 0, part.Seed, part.IsWhole
            ? [] : [_model.Tokenizer.FirstTime + stretches[row].From])).ToArray();
        var texts = _decoder.Decode(decoders, jobs, start, cancellationToken);
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i].Result = texts[i];
            parts[i].Text.Parts.Add(parts[i]);
        }
    }

    /// <summary>The parts of what was decoded that are worth hearing again.</summary>
    private IEnumerable<WindowPart> Unheard(WindowPart part)
    {
        var (text, range, guards) = (part.Text, part.Range, part.Result!.Guards);
        // Attention that follows nothing means music: shorter stretches of it hold no words either.
        if (guards.ContainsKey(TranscribedPiece.Dropped) && !guards.ContainsKey(GuardedDecoder.Unfocused) &&
            range.Length > 2 * ShortestPart)
        {
            var middle = _plan.QuietestTime(range.Start + range.Length / 3, range.End - range.Length / 3);
            return [new WindowPart(text, range with { End = middle }, IsWhole: false),
                new WindowPart(text, range with { Start = middle }, IsWhole: false)];
        }
        if (part.Result.Hypothesis.TextEnd(_model.Tokenizer) is { } frame && text.Encoded.Start +
            frame * WhisperModel.SecondsPerFrame is var end &&
            end > range.Start && range.End - end > ShortestPart)
            return [new WindowPart(text, range with { Start = end }, IsWhole: false)];
        return [];
    }

    /// <summary>
    /// What each word looked at, from a second pass without times between the words: on songs 5 points more words are within
    /// 0.3 s than with the attention of the decoding itself. One window at a time, so that the others' lengths do not matter.
    /// </summary>
    private CrossAttention? Attention(
        StretchDecoders decoders, WindowText text, Hypothesis hypothesis, CancellationToken cancellationToken)
    {
        var tokens = hypothesis.TextTokens(_model.Tokenizer);
        if (tokens.Length == 0 || !_model.Decoder.HasAttention)
            return null;
        var audio = decoders.Hear(new EncodedStretch(text.Encoded, 0, _model.Config.EncoderFrames), cancellationToken);
        return ForcedPass.Run(_model, audio, new ForcedText(text.Encoded.Frames, tokens, WantsProbabilities: false), _language,
            cancellationToken, _options.Translate).Attention;
    }

    private TranscribedPiece Piece(StretchDecoders decoders, WindowText text, CancellationToken cancellationToken)
    {
        var window = text.Range;
        var guards = text.Guards();
        foreach (var guard in guards.Keys)
            _logger.GuardActed(window.Start, window.End, guard);
        var hypothesis = text.Whole();
        var language = _options.Translate ? "en" : _language;
        var timed = TimedText.Read(_model, hypothesis, Attention(decoders, text, hypothesis, cancellationToken), language, window.Start,
            text.Encoded.End).Before(window.End);
        var edges = SoundEdges.Measure(_audio, isVoice: false, new TimeRange(window.Start - EdgeMargin, window.End + EdgeMargin),
            cancellationToken);
        var words = WordEdges.Apply(timed.Words, timed.Onsets, edges);
        return new TranscribedPiece(window, words)
        {
            SegmentEnds = timed.SegmentEnds,
            Onsets = timed.Onsets,
            Language = language,
            DetectedLanguage = _languageProbability is null ? null : _language,
            LanguageProbability = _languageProbability,
            MeanLogProbability = words.Length == 0 ? null : hypothesis.MeanLogProbability,
            Guards = guards,
        };
    }

    private (string Language, double? Probability) DetectLanguage(CancellationToken cancellationToken)
    {
        // Spread over the song: intros and endings are often instrumental or spoken.
        var step = Math.Max(1, Windows.Count / (double)DetectionWindows);
        var chosen = Enumerable.Range(0, Math.Min(DetectionWindows, Windows.Count)).Select(i => Windows[(int)(i * step + step / 2)]);
        using var decoders = new StretchDecoders(_model, _encoded);
        var heard = chosen.Select(window => decoders.Hear(
            new EncodedStretch(_encoded.Encode(_model, window.Start, cancellationToken), 0, _model.Config.EncoderFrames),
            cancellationToken)).ToList();
        var (language, probability) = _model.DetectLanguage(heard, cancellationToken)[0];
        _logger.LanguageDetected(language, probability, heard.Count);
        return (language, probability);
    }

    /// <summary>What only guides need not be the likeliest text, and beams that do not share what they hear take twice the time.</summary>
    private static int Beams(WhisperModel model, TranscribeOptions options) =>
        options.OnlyGuides || !model.Decoder.MixesAudio ? 1 : UsualBeams;

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
