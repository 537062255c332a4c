using Libretto.Acquire;
using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Timing;

/// <summary>
/// Decides whose words and times the result has: lyrics that were given or found, timed; what an engine heard, where it could not
/// time it, timed anew; else what was heard as it is.
/// </summary>
internal sealed class SongTiming
{
    private const string Attention = "attention";
    private const string Estimated = "estimated";

    private readonly Song _song;
    private readonly SongRequest _request;
    private readonly EngineSelector _engines;
    private readonly CtcAlignment _ctc;
    private readonly LyricsAlignment? _given;
    private Task<FoundLyrics?>? _search;

    /// <param name="song">The song.</param>
    /// <param name="request">What its user wants.</param>
    /// <param name="engines">Knows what can listen for words.</param>
    /// <param name="letters">Times words letter by letter.</param>
    /// <param name="engine">The engine chosen for the song.</param>
    /// <exception cref="PipelineException">Lyrics are given, and nothing here can time them; or the network for letters is not where it should be.</exception>
    public SongTiming(Song song, SongRequest request, EngineSelector engines, CtcAlignment letters, EngineChoice engine)
    {
        (_song, _request, _engines, _ctc) = (song, request, engines, letters);
        letters.Named();
        _given = request.Lyrics is null ? null : new LyricsAlignment(song, engines.Aligner(engine), LyricsAlignment.FromFile);
        foreach (var notice in request.LyricsNotices ?? [])
            song.Notice($"The given lyrics: {notice}");
    }

    /// <summary>Whether there will, or may, be something to do after the song was heard: a hosted engine may give no times of words.</summary>
    /// <param name="engine">The engine chosen for the song.</param>
    public bool IsExpected(EngineChoice engine) => _given is not null || _search is not null ||
        (engine.Folder is null && !_request.Translate && _engines.FindAligner(engine) is not null);

    /// <summary>Looks lyrics up, where they are asked for, while the song is listened to.</summary>
    public void Search(LyricsSearch search, CancellationToken cancellationToken)
    {
        if (_request is { Lyrics: null, FindLyrics: true, Translate: false })
            _search = search.FindAsync(_song, _request, cancellationToken);
    }

    /// <summary>Decides, and does what follows.</summary>
    /// <param name="engine">The engine that heard the song.</param>
    /// <param name="transcript">What it heard, and where the memo keeps it.</param>
    /// <param name="voice">Where someone sings in the voice; null where the song was not separated.</param>
    /// <param name="begin">Called before anything is done, with what will be done and how.</param>
    /// <param name="cancellationToken">Felt within half a second.</param>
    public async Task<TimingResult> RunAsync(
        EngineChoice engine, (Transcript Song, string Key) transcript, VocalStem? voice, Action<string, string> begin, CancellationToken cancellationToken)
    {
        var language = engine.Language ?? transcript.Song.Language ?? "en";
        var timed = await ChooseAsync(engine, transcript, voice, language, what => begin(what, Attention), cancellationToken);
        if (_request.Translate || timed.Alignment is not (Attention or Estimated) || _ctc.Find(language) is not { } network)
        {
            if (timed.Alignment == Estimated)
                _song.Notice("The words are spread over their lines and marked estimated" +
                    (_request.Translate ? "." : ". An installed Whisper model would time them: libretto models pull whisper-base"));
            return timed;
        }

        begin("timing the words letter by letter", CtcAlignment.Method);
        _song.Notice(TimingTrust.Decide(new TimingFacts
        {
            LyricsAreSupplied = timed.IsSupplied,
            WordsAreEstimated = transcript.Song.IsEstimated,
            EngineTimesAreTrusted = engine.Transcriber.TimesAreTrusted,
            HasCtcModel = true,
        }).Reason);
        var words = timed.Aligned is null ? transcript.Song.Words : [.. timed.Aligned.Lines.Where(TimingResult.IsSung).SelectMany(line => line.Words)];
        words = await _ctc.RunAsync(_song, network, words, voice, language, cancellationToken);
        return timed.WithLetters(words);
    }

    private async Task<TimingResult> ChooseAsync(
        EngineChoice engine, (Transcript Song, string Key) transcript, VocalStem? voice, string language, Action<string> begin, CancellationToken cancellationToken)
    {
        if (_given is not null)
        {
            begin("timing the lyrics");
            return new TimingResult(await _given.RunAsync(_request.Lyrics!, transcript, voice, language, cancellationToken), Attention, IsSupplied: true);
        }
        if (_search is not null && await _search is { } found)
        {
            begin("timing the lyrics that were found");
            var timing = new FoundLyricsAlignment(_song, _engines.FindAligner(engine));
            if (await timing.RunAsync(found, transcript, voice, language, cancellationToken) is { } used)
                return used;
        }
        if (transcript.Song.IsEstimated && !_request.Translate && _engines.FindAligner(engine) is { } aligner)
        {
            begin("timing the words");
            _song.Notice(TimingTrust.Decide(new TimingFacts { WordsAreEstimated = true, HasAttention = true }).Reason);
            var timing = new LyricsAlignment(_song, aligner, LyricsAlignment.FromEngine);
            return new TimingResult(await timing.RunAsync(transcript.Song.ToDocument(null), transcript, voice, language, cancellationToken), Attention, IsSupplied: false);
        }
        return new TimingResult(null, transcript.Song.IsEstimated ? Estimated : engine.Transcriber.TimesAreTrusted ? "provider" : Attention, IsSupplied: false);
    }
}

/// <summary>A song's words and times, as far as they are other than what was heard.</summary>
/// <param name="Aligned">The words with their times; null for those that were heard.</param>
/// <param name="Alignment">Where the times are from, as <c>method.alignment</c> says.</param>
/// <param name="IsSupplied">Whether the words are others than were heard.</param>
internal sealed record TimingResult(AlignedLyrics? Aligned, string Alignment, bool IsSupplied)
{
    /// <summary>The heard words with other times; null where they are as they were heard.</summary>
    public IReadOnlyList<LyricsWord>? Words { get; init; }

    /// <summary>The same with times from the letters.</summary>
    /// <param name="words">All words that are sung, in order.</param>
    public TimingResult WithLetters(IReadOnlyList<LyricsWord> words)
    {
        if (Aligned is null)
            return this with { Words = words, Alignment = CtcAlignment.Method };
        var next = 0;
        LyricsLine Timed(LyricsLine line)
        {
            if (!IsSung(line))
                return line;
            LyricsWord[] own = [.. words.Skip(next).Take(line.Words.Count)];
            next += own.Length;
            return line.WithWords(own) with { Text = line.Text };
        }
        return this with { Aligned = Aligned with { Lines = [.. Aligned.Lines.Select(Timed)] }, Alignment = CtcAlignment.Method };
    }

    /// <summary>Whether a line is sung, as far as is known.</summary>
    public static bool IsSung(LyricsLine line) => line.Sung != false && line.Words.Count > 0;
}
