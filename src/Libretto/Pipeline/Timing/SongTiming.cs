using Libretto.Acquire;
using Libretto.Align;
using Libretto.Lyrics;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Stems;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Pipeline.Timing;

/// <summary>
/// Decides whose words and times the result has: lyrics that were given or found, timed; what an engine heard, where it could not
/// time it, timed anew; else the transcript as it is.
/// </summary>
/// <param name="song">The song.</param>
/// <param name="request">What its user wants.</param>
/// <param name="engines">Knows what can listen for words.</param>
/// <param name="ctc">Times words letter by letter.</param>
/// <param name="search">The lyrics that are looked up.</param>
internal sealed class SongTiming(Song song, SongRequest request, EngineSelector engines, CtcAlignment ctc, RunningSearch search)
{
    private const string Attention = "attention";
    private const string Estimated = "estimated";

    /// <summary>Decides, and does what follows.</summary>
    /// <param name="heard">The transcript, and the engine that made it.</param>
    /// <param name="vocals">What is known of the vocals; null where the song was not separated.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    public async Task<TimingResult> RunAsync(RecognitionResult heard, VocalStem? vocals, CancellationToken cancellationToken)
    {
        var language = heard.Engine.Language ?? heard.Transcript.Language ?? "en";
        var timed = await ChooseAsync(heard, vocals, language, cancellationToken);
        if (request.Translate || timed.Alignment is not (Attention or Estimated) || ctc.Find(language) is not { } network)
        {
            if (timed.Alignment == Estimated)
                song.Notice("The words are spread over their lines and marked estimated" +
                    (request.Translate ? "." : ". An installed Whisper model would time them: libretto models pull whisper-base"));
            return timed;
        }

        song.Meter.Enter(WorkStep.Align, "aligning the words letter by letter", CtcAlignment.Method);
        song.Notice(TimingReasons.OfCtc(timed.IsSupplied, heard.Transcript.IsEstimated));
        return timed.WithCtcTimes(await ctc.RunAsync(song, network, timed.WordsOf(heard.Transcript), timed.LineStartsOf(heard.Transcript),
            vocals, language, cancellationToken));
    }

    private async Task<TimingResult> ChooseAsync(
        RecognitionResult heard, VocalStem? vocals, string language, CancellationToken cancellationToken)
    {
        if (request.Lyrics is { } timed && (request.CheckLyrics || timed.IsTimed))
        {
            song.Meter.Enter(WorkStep.Align, "aligning the lyrics", Attention);
            var alignment = new CheckedLyricsAlignment(song, engines.FindAligner(heard.Engine), mayBeAnothers: request.CheckLyrics);
            if (await alignment.RunAsync(timed, heard, vocals, language, cancellationToken) is { } used)
                return used;
        }
        else if (request.Lyrics is { } given)
        {
            song.Meter.Enter(WorkStep.Align, "aligning the lyrics", Attention);
            var alignment = new LyricsAlignment(song, engines.Aligner(heard.Engine), LyricsAlignment.FromFile);
            return new TimingResult(await alignment.RunAsync(given, heard, vocals, language, cancellationToken), Attention,
                IsSupplied: true);
        }
        if (await search.ResultAsync() is { } found)
        {
            song.Meter.Enter(WorkStep.Align, "aligning the lyrics that were found", Attention);
            var alignment = new FoundLyricsAlignment(song, engines.FindAligner(heard.Engine));
            if (await alignment.RunAsync(found, heard, vocals, language, cancellationToken) is { } used)
                return used;
        }
        if (heard.Transcript.IsEstimated && !request.Translate && engines.FindAligner(heard.Engine) is { } aligner)
        {
            song.Meter.Enter(WorkStep.Align, "aligning the words", Attention);
            song.Notice(TimingReasons.EstimatesByAttention);
            var alignment = new LyricsAlignment(song, aligner, LyricsAlignment.FromEngine);
            var aligned = await alignment.RunAsync(heard.Transcript.ToDocument(null), heard, vocals, language, cancellationToken);
            return new TimingResult(aligned, Attention, IsSupplied: false);
        }
        return new TimingResult(
            null, heard.Transcript.IsEstimated ? Estimated : heard.Engine.Transcriber.TimesAreTrusted ? "provider" : Attention,
            IsSupplied: false);
    }
}

/// <summary>A song's words and times, as far as they are other than what was heard.</summary>
/// <param name="Aligned">The words with their times; null for those that were heard.</param>
/// <param name="Alignment">Where the times are from, as <c>method.alignment</c> says.</param>
/// <param name="IsSupplied">Whether the words are others than were heard.</param>
internal sealed record TimingResult(AlignedLyrics? Aligned, string Alignment, bool IsSupplied)
{
    /// <summary>The transcript's words with other times; null where they are the engine's.</summary>
    public IReadOnlyList<LyricsWord>? Words { get; init; }

    /// <summary>The same with times from the CTC network.</summary>
    /// <param name="words">All words that are sung, in order.</param>
    public TimingResult WithCtcTimes(IReadOnlyList<LyricsWord> words)
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

    /// <summary>All words that are sung, in order.</summary>
    /// <param name="transcript">What the engine heard.</param>
    public IReadOnlyList<LyricsWord> WordsOf(Transcript transcript) =>
        Aligned is null ? Words ?? transcript.Words : [.. Aligned.Lines.Where(IsSung).SelectMany(line => line.Words)];

    /// <summary>Indexes of those of <see cref="WordsOf"/> that begin a line.</summary>
    public IReadOnlySet<int> LineStartsOf(Transcript transcript)
    {
        if (Aligned is null)
            return transcript.SentenceEnds.Select(end => end + 1).ToHashSet();
        var starts = new HashSet<int>();
        var next = 0;
        foreach (var line in Aligned.Lines.Where(IsSung))
        {
            starts.Add(next);
            next += line.Words.Count;
        }
        return starts;
    }

    /// <summary>Whether a line is sung, as far as is known.</summary>
    public static bool IsSung(LyricsLine line) => line.Sung != false && line.Words.Count > 0;
}
