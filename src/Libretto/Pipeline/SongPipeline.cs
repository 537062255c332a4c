using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Romanizing;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Timing;
using Libretto.Pipeline.Transcripts;
using Libretto.Separate;
using Libretto.Speech.Timing;

namespace Libretto.Pipeline;

/// <summary>
/// The whole way of a song, from a file to its lyrics; the only class that knows the stages and their order. Songs may run at
/// the same time: the networks are loaded once and shared.
/// </summary>
public sealed class SongPipeline
{
    private readonly SongOpener _opener;
    private readonly EngineSelector _engines;
    private readonly EngineFallback _fallback;
    private readonly StemSeparation _separation;
    private readonly VocalSeparation _vocals;
    private readonly LyricsSearch _search;
    private readonly CtcAlignment _ctc;
    private readonly Romanizer _romanizer;
    private readonly bool _tracesTimes;

    internal SongPipeline(
        SongOpener opener, EngineSelector engines, EngineFallback fallback, StemSeparation separation, VocalSeparation vocals,
        LyricsSearch search, CtcAlignment ctc, Romanizer romanizer, bool tracesTimes)
    {
        _opener = opener;
        _engines = engines;
        _fallback = fallback;
        _separation = separation;
        _vocals = vocals;
        _search = search;
        _ctc = ctc;
        _romanizer = romanizer;
        _tracesTimes = tracesTimes;
    }

    /// <summary>
    /// Whether a song's words would be waited for, from a hosted engine, and nothing of it computed here unless that engine fails.
    /// </summary>
    /// <param name="request">What is wanted of it.</param>
    public bool IsHosted(SongRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _engines.IsHosted(request) &&
            request is { Lyrics: null, FindLyrics: false, KeepStems: false, Quality: not SongQuality.Best } &&
            _vocals.ModeFor(request, timesAreTrusted: true) == SeparationMode.Never;
    }

    /// <summary>What would recognise a song now of which nothing special is asked; nothing is fetched.</summary>
    /// <param name="cancellationToken">Stops asking the hub whether it answers, which takes three seconds at most.</param>
    /// <exception cref="LibrettoException">The settings name an engine that is unknown or lacks its key.</exception>
    public Task<EngineForecast> ForecastAsync(CancellationToken cancellationToken = default) =>
        _engines.ForecastAsync(cancellationToken);

    /// <summary>Works on one song.</summary>
    /// <param name="request">The song and what is wanted of it.</param>
    /// <param name="progress">Told at once, in order, on whichever thread works.</param>
    /// <param name="cancellationToken">Checked at least every half second, by programs that were started too. Nothing remains.</param>
    /// <exception cref="LibrettoException">The file, a model, or a program it needs; its message says what to do.</exception>
    public async Task<SongResult> RunAsync(
        SongRequest request, IProgress<SongProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var plan = ProgressPlan.Song(separates: false, transcribesVocals: false, aligns: false);
        using var song = await _opener.OpenAsync(request, plan, progress, cancellationToken);
        var engine = await SelectAsync(song, request, cancellationToken);
        await using var search = _search.Start(song, request, cancellationToken);

        // Where the vocals help, they come first.
        var mode = _vocals.ModeFor(request, engine.Transcriber.TimesAreTrusted);
        var isBest = _vocals.QualityOf(request) == SongQuality.Best;
        var separates = mode != SeparationMode.Never;
        // A hosted engine may give no times of words.
        var mayAlign = request.Lyrics is not null || search.IsStarted ||
            (engine.Folder is null && !request.Translate && _engines.FindAligner(engine) is not null);
        song.Meter.Plan = ProgressPlan.Song(separates, isBest && separates, mayAlign);
        using var stems = new SongStems(song, _separation);
        var vocals = await _vocals.RunAsync(song, stems, mode, takesLong: isBest || request.Lyrics is not null, cancellationToken);

        var run = new RecognitionRun(song, request, engine, singer: vocals);
        var known = await run.RecallAsync(cancellationToken);
        // Known lyrics only need to know about where their words are: what was heard before, in other windows, serves as well.
        if (known is null && request.Lyrics is not null && new RecognitionRun(song, request, engine) is var earlier &&
            await earlier.RecallAsync(cancellationToken) is { } recognized)
            (run, known) = (earlier, recognized);
        if (known is null)
            await run.PrepareAsync(cancellationToken);

        // Words, by whichever engine answers; of those at hand, from the vocals as well.
        song.Meter.Enter(WorkStep.Transcribe, "transcribing", engine.Transcriber.Name);
        var heard = known is null ? await _fallback.RunAsync(song, run, cancellationToken) : Recalled(song, run, known);
        if (isBest && vocals?.Model is not null && heard.Engine.Folder is not null)
            heard = await TranscribeVocalsAsync(song, heard, vocals, cancellationToken);
        foreach (var remark in heard.Transcript.Notices(heard.Engine.Transcriber.Name))
            song.Notice(remark);
        heard = await new SecondOpinion(song, heard.Run).RunAsync(heard, cancellationToken);
        if (!isBest && request.Lyrics is null)
            (heard, vocals) = await new Rescue(song, request, stems, _vocals).RunAsync(heard, vocals, mode, cancellationToken);

        // Times: bounded by where someone sings, then aligned where something better than the engine's own is at hand.
        var own = heard.Transcript.Words;
        if (vocals is not null && (!heard.Engine.Transcriber.TimesAreTrusted || heard.Transcript.IsEstimated))
            heard = heard with { Transcript = await TimeByVocalsAsync(song, heard, vocals, cancellationToken) };
        var timed = await new SongTiming(song, request, _engines, _ctc, search).RunAsync(heard, vocals, cancellationToken);
        var document = Document(song, request, heard, timed, vocals);
        if (_tracesTimes)
            document = TimeTrace.Mark(document,
            [
                (TimeTrace.Engine, own), (TimeTrace.Vocals, heard.Transcript.Words),
                (timed.Alignment, timed.WordsOf(heard.Transcript)),
            ]);
        if (request.Romanize)
            document = await _romanizer.RunAsync(document, song.Notice, cancellationToken);
        return new SongResult(document, song.Notices)
        {
            LyricsRefused = request is { CheckLyrics: true, Lyrics: not null } && !timed.IsSupplied,
            Stems = request.KeepStems ? stems.Take() : null,
        };
    }

    /// <summary>Chooses the engine, and makes sure before any work that what the request asks of times can be had.</summary>
    private async Task<EngineChoice> SelectAsync(Song song, SongRequest request, CancellationToken cancellationToken)
    {
        var fetching = new Fetching(song.Notice, new SynchronousProgress<ModelProgress>(song.Meter.Fetching));
        var engine = await _engines.SelectAsync(request, fetching, cancellationToken);
        song.Notice(engine.Notice);
        if (engine.AssumesEnglish && TranscriptDoubt.NotEnglish(song.Info) is { } sign)
            song.Notice($"The song is probably not in English: {sign}. For other languages: libretto models pull whisper-base");
        _ctc.RequireNamed();
        if (request.Lyrics is not null)
        {
            await _engines.PrepareAlignerAsync(engine, fetching, cancellationToken);
            // Lines with times of their own can do without, if they must.
            if (!request.Lyrics.IsTimed)
                _engines.Aligner(engine);
        }
        foreach (var notice in request.LyricsNotices ?? [])
            song.Notice($"The given lyrics: {notice}");
        return engine;
    }

    /// <summary>Transcribes the vocals too, and keeps of each passage what was understood more surely.</summary>
    private static async Task<RecognitionResult> TranscribeVocalsAsync(
        Song song, RecognitionResult mix, VocalStem vocals, CancellationToken cancellationToken)
    {
        var run = mix.Run.Of(vocals);
        song.Meter.Enter(WorkStep.TranscribeVocals, "transcribing the vocals", mix.Engine.Transcriber.Name);
        var sung = await run.RecallAsync(cancellationToken) ?? await run.RunAsync(isFinal: () => true, cancellationToken);
        return mix with { Run = run, Key = run.Key, Transcript = HypothesisSelection.Choose(mix.Transcript, sung) };
    }

    /// <summary>Words as the vocals show them to begin and end.</summary>
    private static async Task<Transcript> TimeByVocalsAsync(
        Song song, RecognitionResult heard, VocalStem vocals, CancellationToken cancellationToken)
    {
        var key = song.Memo.Key("time-by-vocals", heard.Key, vocals.Key);
        if (await song.Memo.FindAsync(key, StageJson.Default.Transcript, cancellationToken) is { } known)
            return heard.Transcript with { Words = known.Words };
        var sound = await vocals.SpeechAsync(cancellationToken);
        var edges = await Task.Run(() => SoundEdges.Measure(sound, isVoice: true, new TimeRange(0, sound.Duration), cancellationToken),
            cancellationToken);
        var timed = heard.Transcript.TimedBy(edges, vocals.Singing);
        await song.Memo.KeepAsync(key, timed with { Windows = [] }, StageJson.Default.Transcript, cancellationToken);
        return timed;
    }

    /// <summary>Shows what was recognised before as if it were recognised now.</summary>
    private static RecognitionResult Recalled(Song song, RecognitionRun run, Transcript known)
    {
        song.Meter.Found("the words were found in the cache");
        foreach (var line in known.Lines())
            song.Meter.LineRecognized(line);
        return new RecognitionResult(run, known, null);
    }

    /// <summary>What is said of lyrics: first of their reading, then of their timing.</summary>
    private static SuppliedLyrics WithNotices(SuppliedLyrics fit, IReadOnlyList<string> reading) =>
        fit with { Notices = reading.Count + (fit.Notices?.Count ?? 0) == 0 ? null : [.. reading, .. fit.Notices ?? []] };

    private static LyricsDocument Document(Song song, SongRequest request, RecognitionResult heard, TimingResult timed, VocalStem? vocals)
    {
        var transcript = timed.Words is null ? heard.Transcript : heard.Transcript with { Words = timed.Words };
        IReadOnlyList<TimeRange> singing = timed.IsSupplied ? [] : vocals?.Singing ?? [];
        var unheard = UnheardSinging.Find(transcript.Words, singing);
        // Without the voice, only text that was left out tells that some may be missing.
        var lost = timed.IsSupplied || vocals is not null ? [] : LostText.Find(transcript);
        transcript = transcript with
        {
            Checks = [.. transcript.Checks.Concat(unheard).Concat(LostText.Checks(lost)).OrderBy(check => check.Start)],
        };
        var doubt = timed.IsSupplied ? null : TranscriptDoubt.Of(transcript, heard.Engine.AssumesEnglish)
            ?? UnheardSinging.Doubt(unheard, singing) ?? LostText.Doubt(transcript, lost);
        if (doubt is not null)
            song.Notice(doubt);
        return transcript.ToDocument(timed.Aligned, timed.IsSupplied) with
        {
            Title = request.Title ?? song.Info.Tag("title"),
            Artist = request.Artist ?? song.Info.Tag("artist"),
            Language = request.Translate ? transcript.Language : heard.Engine.Language ?? transcript.Language,
            Source = request.Source ?? new LyricsSource("file"),
            Method = new LyricsMethod
            {
                Engine = heard.Engine.Transcriber.Name,
                Reason = heard.TakenOver,
                Cost = transcript.Cost,
                Separation = vocals?.Model,
                Alignment = timed.Alignment,
                Words = timed.IsSupplied ? "supplied" : "transcribed",
                Lyrics = timed.IsSupplied ? WithNotices(timed.Aligned!.Fit, request.LyricsNotices ?? []) : null,
                Guards = transcript.Guards,
                Unsure = doubt is null ? null : true,
            },
        };
    }
}
