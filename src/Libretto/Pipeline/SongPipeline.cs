using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Timing;
using Libretto.Pipeline.Transcripts;
using Libretto.Separate;

namespace Libretto.Pipeline;

/// <summary>
/// The whole way of a song, from a file to its lyrics; the only class that knows the stages and their order. Songs may run at
/// the same time: the networks are loaded once and shared.
/// </summary>
public sealed class SongPipeline
{
    // Share of the whole work, measured on songs of three minutes; only the progress shown depends on it.
    private const double DecodedAt = 0.08;
    private const double SeparatedAt = 0.5;
    private const double HeardAt = 0.6;

    private readonly AudioDecoder _decoder;
    private readonly EngineSelector _engines;
    private readonly EngineFallback _fallback;
    private readonly Separation _separation;
    private readonly VocalSeparation _voice;
    private readonly LyricsSearch _search;
    private readonly CtcAlignment _ctc;
    private readonly StageMemo _memo;
    private readonly TimeProvider _time;

    internal SongPipeline(
        AudioDecoder decoder, EngineSelector engines, Separation separation, VocalSeparation voice, LyricsSearch search, CtcAlignment letters,
        StageMemo memo, TimeProvider time)
    {
        _decoder = decoder;
        _engines = engines;
        _fallback = new EngineFallback(time);
        _separation = separation;
        _voice = voice;
        _search = search;
        _ctc = letters;
        _memo = memo;
        _time = time;
    }

    /// <summary>Whether a song's words would be waited for, from a hosted engine, and nothing of it computed here unless that engine fails.</summary>
    /// <param name="request">What is wanted of it.</param>
    public bool IsHosted(SongRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _engines.IsHosted(request) && request is { Lyrics: null, FindLyrics: false, KeepStems: false, Quality: not SongQuality.Best } &&
            _voice.ModeFor(request, timesAreTrusted: true) == SeparationMode.Never;
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
        var meter = new ProgressMeter(progress, _time);
        meter.Enter(Stage.Acquire, 0, DecodedAt, "reading");
        using var song = await Song.OpenAsync(request.Path, request.Track, request.Fresh, _decoder, _memo, meter, cancellationToken);
        var fetching = new Fetching(song.Notice, new SynchronousProgress<ModelProgress>(meter.Fetching));
        var engine = await _engines.SelectAsync(request, fetching, cancellationToken);
        song.Notice(engine.Notice);
        if (engine.AssumesEnglish && TranscriptDoubt.NotEnglish(song.Info) is { } sign)
            song.Notice($"The song is probably not in English: {sign}. For other languages: libretto models pull whisper-base");
        if (request.Lyrics is not null)
            await _engines.PrepareAlignerAsync(engine, fetching, cancellationToken);
        var timing = new SongTiming(song, request, _engines, _ctc, engine);
        var transcription = new RecognitionRun(song, request, engine);
        var transcript = await transcription.RecallAsync(cancellationToken);
        if (transcript is null)
            await transcription.PrepareAsync(cancellationToken);
        timing.Search(_search, cancellationToken);

        var mode = _voice.ModeFor(request, engine.Transcriber.TimesAreTrusted);
        using var stems = _separation.Of(song);
        var isBest = _voice.QualityOf(request) == SongQuality.Best;
        var voice = await _voice.RunAsync(song, stems, mode, isBest || request.Lyrics is not null, DecodedAt, SeparatedAt, cancellationToken);
        var isHeardTwice = isBest && voice?.Model is not null;

        meter.Enter(Stage.Transcribe, voice is null ? DecodedAt : SeparatedAt, timing.IsExpected(engine) || isHeardTwice ? HeardAt : 1, "listening", engine.Transcriber.Name);
        string? takenOver = null;
        if (transcript is null)
            (transcription, transcript, takenOver) = await _fallback.RunAsync(song, transcription, cancellationToken);
        else
            Show(transcript, song);
        engine = transcription.Engine;
        // Engines beyond the network are paid for by the minute, and are better than this.
        if (isHeardTwice && engine.Folder is not null)
            (transcription, transcript) = await ListenToBothAsync(song, transcription, transcript, voice!, cancellationToken);
        foreach (var remark in transcript.Notices(engine.Transcriber.Name))
            song.Notice(remark);
        (transcript, var transcriptKey) = await new SecondOpinion(song, transcription).RunAsync(transcript, cancellationToken);
        if (voice is not null && (!engine.Transcriber.TimesAreTrusted || transcript.IsEstimated))
            transcript = transcript.BoundBy(voice.Singing);

        var timed = await timing.RunAsync(
            engine, (transcript, transcriptKey), voice, (what, how) => meter.Enter(Stage.Align, HeardAt, 1, what, how), cancellationToken);
        if (timed.Words is not null)
            transcript = transcript with { Words = timed.Words };
        var doubt = timed.IsSupplied ? null : TranscriptDoubt.Of(transcript, engine.AssumesEnglish);
        if (doubt is not null)
            song.Notice(doubt);
        var document = transcript.ToDocument(timed.Aligned, timed.IsSupplied) with
        {
            Title = request.Title ?? song.Info.Tag("title"),
            Artist = request.Artist ?? song.Info.Tag("artist"),
            Language = request.Translate ? transcript.Language : engine.Language ?? transcript.Language,
            Source = request.Source ?? new LyricsSource("file"),
            Method = new LyricsMethod
            {
                Engine = engine.Transcriber.Name,
                Reason = takenOver,
                Cost = transcript.Cost,
                Separation = voice?.Model,
                Alignment = timed.Alignment,
                Words = timed.IsSupplied ? "supplied" : "transcribed",
                Lyrics = timed.IsSupplied ? timed.Aligned!.Fit with { Notices = request.LyricsNotices is { Count: > 0 } notices ? notices : null } : null,
                Guards = transcript.Guards,
                Unsure = doubt is null ? null : true,
            },
        };
        return new SongResult(document, song.Notices) { Stems = request.KeepStems ? stems.Take() : null };
    }

    /// <summary>Listens to the voice too, and keeps of each passage what was understood more surely.</summary>
    private static async Task<(RecognitionRun By, Transcript Heard)> ListenToBothAsync(
        Song song, RecognitionRun mix, Transcript transcript, VocalStem voice, CancellationToken cancellationToken)
    {
        var alone = mix.Of(voice);
        song.Meter.Enter(Stage.Transcribe, HeardAt, 1, "listening to the voice alone", mix.Engine.Transcriber.Name);
        var sung = await alone.RecallAsync(cancellationToken) ?? await alone.RunAsync(isFinal: () => true, cancellationToken);
        return (alone, HypothesisSelection.Choose(transcript, sung));
    }

    /// <summary>Shows what was heard before as if it were heard now.</summary>
    private static void Show(Transcript transcript, Song song)
    {
        song.Meter.Found("the words were found in the cache");
        foreach (var line in transcript.Lines())
            song.Meter.Heard(line);
    }
}
