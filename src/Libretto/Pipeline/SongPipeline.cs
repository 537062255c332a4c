using Libretto.Align;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Separate;
using Libretto.Transcribe;

namespace Libretto.Pipeline;

/// <summary>
/// The whole way of a song, from a file to its lyrics; the only class that knows the stages and their order. Songs may run at
/// the same time: the networks are loaded once and shared.
/// </summary>
public sealed class SongPipeline
{
    private const int SpeechRate = 16_000;

    // Share of the whole work, measured on songs of three minutes; only the progress shown depends on it.
    private const double DecodedAt = 0.08;
    private const double SeparatedAt = 0.5;
    private const double HeardAt = 0.6;

    private const string LyricsFromFile = "file";

    private readonly AudioDecoder _decoder;
    private readonly EngineSelector _engines;
    private readonly VoiceSeparation _separation;
    private readonly TimeProvider _time;

    internal SongPipeline(AudioDecoder decoder, EngineSelector engines, VoiceSeparation separation, TimeProvider time)
    {
        _decoder = decoder;
        _engines = engines;
        _separation = separation;
        _time = time;
    }

    /// <summary>Works on one song.</summary>
    /// <param name="request">The song and what is wanted of it.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Felt within half a second, by programs that were started too. Nothing remains.</param>
    /// <exception cref="LibrettoException">The file, a model, or a program it needs; its message says what to do.</exception>
    public async Task<SongResult> RunAsync(
        SongRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var notices = new List<string>();
        var meter = new ProgressMeter(progress, _time);
        void Notice(string notice)
        {
            notices.Add(notice);
            meter.Notice(notice);
        }

        meter.Enter(Stage.Acquire, 0, DecodedAt, "reading");
        var info = await _decoder.ProbeAsync(request.Path, cancellationToken);
        var engine = await _engines.SelectAsync(request, new Relay<ModelProgress>(meter.Fetching), cancellationToken);
        Notice(engine.Notice);
        var aligner = request.Lyrics is null ? null : _engines.Aligner(engine);
        var prepared = engine.Transcriber.PrepareAsync(cancellationToken);
        using var audio = await _decoder.DecodeAsync(info, SpeechRate, channels: 1, range: null, meter.Step(), cancellationToken);
        foreach (var warning in info.Warnings.Concat(audio.Warnings))
            Notice(warning);

        var mode = _separation.ModeFor(request, engine.Transcriber.TimesAreTrusted);
        if (mode != SeparationMode.Never)
            meter.Enter(Stage.Separate, DecodedAt, SeparatedAt, "separating the voice");
        using var voice = await _separation.RunAsync(info, mode, meter, Notice, cancellationToken);

        meter.Enter(Stage.Transcribe, voice is null ? DecodedAt : SeparatedAt, aligner is null ? 1 : HeardAt, "listening");
        await prepared;
        var heard = await TranscribeAsync(request, engine, audio, meter, cancellationToken);
        if (heard.DetectedLanguage is { } detected)
            Notice(detected);
        if (voice is not null)
            heard.BoundBy(voice.Activity);

        AlignedLyrics? aligned = null;
        if (aligner is not null)
        {
            meter.Enter(Stage.Align, HeardAt, 1, "timing the lyrics");
            aligned = await aligner.AlignAsync(
                audio, request.Lyrics!, LyricsFromFile, heard.Words, voice?.Activity ?? ActivityDetector.Detect(audio, null, cancellationToken),
                engine.Language ?? heard.Language ?? "en", meter.Step(), cancellationToken);
            if (aligned.Fit.Unsure)
                Notice($"The lyrics fit badly: {aligned.Fit.Matched:P0} of their words were recognised. Check that they are this song's, and their times by ear.");
        }

        var document = heard.ToDocument(audio.Duration, aligned) with
        {
            Title = request.Title ?? info.Tag("title"),
            Artist = request.Artist ?? info.Tag("artist"),
            Language = request.Translate ? heard.Language : engine.Language ?? heard.Language,
            Source = new LyricsSource("file"),
            Method = new LyricsMethod
            {
                Engine = engine.Transcriber.Name,
                Separation = voice?.Model,
                Alignment = engine.Transcriber.TimesAreTrusted && aligned is null ? "provider" : "attention",
                Words = aligned is null ? "transcribed" : "supplied",
                Lyrics = aligned?.Fit,
                Guards = heard.Guards,
            },
        };
        return new SongResult(document, notices) { Stems = request.KeepStems ? voice?.Take() : null };
    }

    private static async Task<HeardWords> TranscribeAsync(
        SongRequest request, EngineChoice engine, PcmFile audio, ProgressMeter meter, CancellationToken cancellationToken)
    {
        var heard = new HeardWords();
        var options = new TranscribeOptions
        {
            Language = engine.Language,
            Translate = request.Translate,
            Prompt = request.Prompt,
            BeamSize = request.BeamSize,
        };
        await foreach (var piece in engine.Transcriber.TranscribeAsync(audio, options, meter.Step(), cancellationToken))
        {
            heard.Add(piece);
            foreach (var line in LineBreaker.Break(DocumentRules.MakeLawful(piece.Words, audio.Duration), piece.SegmentEnds))
                meter.Heard(line);
        }
        return heard;
    }
}
