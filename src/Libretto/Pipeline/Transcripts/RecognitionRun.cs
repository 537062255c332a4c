using System.Globalization;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Transcribe;
using Libretto.Transcribe.Whisper;

namespace Libretto.Pipeline.Transcripts;

/// <summary>A song's words as one engine hears them, or heard them before.</summary>
internal sealed class RecognitionRun
{
    private readonly Song _song;
    private readonly SongRequest _request;
    private readonly ITranscriber _engine;
    private readonly TranscribeOptions _options;
    private readonly VocalStem? _voice;
    private readonly VocalStem? _singer;
    private readonly string _within;
    private readonly List<LyricsLine> _unshown = [];
    private Task _prepared = Task.CompletedTask;
    private volatile string? _waitsFor;

    /// <param name="song">The song.</param>
    /// <param name="request">What its user wants.</param>
    /// <param name="choice">The engine.</param>
    /// <param name="voice">What to listen to instead of the whole song.</param>
    /// <param name="singer">Whose voice tells an engine on this machine where to listen in the whole song; by default the song's level
    /// does.</param>
    /// <param name="within">The only passages that are listened to, in order; null for the whole.</param>
    public RecognitionRun(
        Song song, SongRequest request, EngineChoice choice, VocalStem? voice = null, VocalStem? singer = null,
        IReadOnlyList<TimeRange>? within = null)
    {
        _within = string.Join(' ', (within ?? []).Select(
            range => string.Create(CultureInfo.InvariantCulture, $"{range.Start:R}-{range.End:R}")));
        _voice = voice;
        _singer = choice.Folder is null ? null : singer;
        _song = song;
        _request = request;
        Engine = choice;
        _engine = choice.Transcriber;
        _options = new TranscribeOptions
        {
            Language = choice.Language,
            Translate = request.Translate,
            Prompt = request.Prompt,
            BeamSize = request.BeamSize,
            VoiceActivity = within ?? _singer?.Singing,
            // Lyrics that are to be checked may turn out to be another song's.
            OnlyGuides = _engine is WhisperTranscriber && request is { Lyrics: not null, CheckLyrics: false },
            Waiting = new SynchronousProgress<string?>(Wait),
        };
        Key = KeyOf(_options.OnlyGuides);
    }

    /// <summary>Who listens.</summary>
    public EngineChoice Engine { get; }

    /// <summary>What the engine waits for now, in a few words; null while it is at work.</summary>
    public string? WaitsFor => _waitsFor;

    /// <summary>The same by another engine.</summary>
    public RecognitionRun By(EngineChoice other) => new(_song, _request, other, singer: _singer);

    /// <summary>The same by the same engine, of the voice alone.</summary>
    public RecognitionRun Of(VocalStem voice) => new(_song, _request, Engine, voice);

    /// <summary>Some passages by the same engine, of the voice alone or, without one, of the whole song.</summary>
    public RecognitionRun Within(IReadOnlyList<TimeRange> passages, VocalStem? voice) =>
        new(_song, _request, Engine, voice, within: passages);

    /// <summary>Where the memo keeps it.</summary>
    public string Key { get; }

    /// <summary>What was heard before, be it for words that were to be the result; null when nothing was.</summary>
    public async Task<Transcript?> RecallAsync(CancellationToken cancellationToken)
    {
        var transcript = await FindAsync(KeyOf(onlyGuides: false), cancellationToken)
            ?? (_options.OnlyGuides ? await FindAsync(Key, cancellationToken) : null);
        _song.Warn(transcript?.Warnings ?? []);
        return transcript;
    }

    /// <summary>Decodes the song, while the engine loads its networks.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        _prepared = _engine.PrepareAsync(cancellationToken);
        await _song.SpeechAsync(_song.Meter.Step(), cancellationToken);
    }

    /// <summary>Listens.</summary>
    /// <param name="isFinal">Whether lines may be shown as they come, because no other engine can replace them; asked anew for each
    /// piece.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    public async Task<Transcript> RunAsync(Func<bool> isFinal, CancellationToken cancellationToken)
    {
        var audio = _voice is null ? await _song.SpeechAsync(null, cancellationToken) : await _voice.SpeechAsync(cancellationToken);
        await _prepared;
        var words = new TranscriptBuilder();
        var options = _voice is null ? _options with { Encoded = _song.Encoded } : _options;
        await foreach (var piece in _engine.TranscribeAsync(audio, options, _song.Meter.Step(), cancellationToken))
        {
            words.Add(piece);
            _unshown.AddRange(LineBreaker.Break(DocumentRules.Normalize(piece.Words, audio.Duration), piece.SegmentEnds, piece.Language));
            if (isFinal())
                Show();
        }
        cancellationToken.ThrowIfCancellationRequested();
        var transcript = words.Song(audio.Duration) with { Warnings = _song.Warn(audio.Warnings) };
        await _song.Memo.KeepAsync(Key, transcript, StageJson.Default.Transcript, cancellationToken);
        return transcript;
    }

    /// <summary>Shows the lines that were held back while another engine might have replaced them.</summary>
    public void Show()
    {
        if (_voice is null)
            _unshown.ForEach(_song.Meter.LineRecognized);
        _unshown.Clear();
    }

    private string KeyOf(bool onlyGuides) => _song.Memo.Key(
        "transcribe", Engine.Identity, _options.Language ?? "", _options.Translate ? "translate" : "", _options.Prompt ?? "",
        $"{_options.BeamSize}" + (onlyGuides ? " guide" : ""), _voice?.Key ?? "", _singer?.Key ?? "", _within);

    private Task<Transcript?> FindAsync(string key, CancellationToken cancellationToken) =>
        _song.Memo.FindAsync(key, StageJson.Default.Transcript, cancellationToken);

    private void Wait(string? what)
    {
        _waitsFor = what;
        _song.Meter.Waiting(what);
    }
}
