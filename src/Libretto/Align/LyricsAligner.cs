using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models.Onnx;
using Libretto.Speech.Timing;
using Libretto.Speech.Whisper;

namespace Libretto.Align;

/// <summary>
/// Times lyrics that are known. Given words are first found among the recognised ones over the whole song, and completed by what was
/// recognised where they lack something; every line is then listened for where it may be, and the chain of lines heard best is taken;
/// windows bounded by it are read once more for each word's start; last, lines that cannot be heard at all ("ooh") go by the voice
/// between the others. It may be unsure of a word, and says so; it does not lose its place (docs/decisions.md).
/// </summary>
public sealed class LyricsAligner
{
    /// <summary>Where this share of the words was recognised in place, lines need not be looked for.</summary>
    private const double WellMatched = 0.9;

    /// <summary>How near to where a word was recognised it must be placed to be the same, seconds.</summary>
    private const double Confirmed = 1;

    /// <summary>Below this share the result says that it is unsure.</summary>
    private const double BarelyMatched = 0.25;

    /// <summary>Seconds that an estimate may be off before and after a window.</summary>
    private const double Margin = 1.5;

    /// <summary>The same where lines have times.</summary>
    private const double LineMargin = 0.5;

    /// <summary>More words a second than anyone sings.</summary>
    private const double MostWordsASecond = 6;

    private readonly string _folder;
    private readonly OnnxSessions _sessions;

    /// <summary>Creates the aligner; nothing is loaded until it is used.</summary>
    /// <param name="folder">An installed Whisper model.</param>
    /// <param name="sessions">Where networks are loaded and shared.</param>
    public LyricsAligner(string folder, OnnxSessions sessions)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(sessions);
        _folder = folder;
        _sessions = sessions;
    }

    /// <summary>Times given lyrics.</summary>
    /// <param name="audio">16 kHz mono: the vocal stem, or the mix where there is none.</param>
    /// <param name="given">The lyrics; their times, if they have any, are not used.</param>
    /// <param name="source">Where they came from, such as <c>file</c>.</param>
    /// <param name="heard">What was recognised, in order of time.</param>
    /// <param name="activity">Where someone sings, in order.</param>
    /// <param name="language">The language sung, as an ISO 639 code.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <exception cref="LibrettoException">There are no words, the model is damaged, or it does not know the language.</exception>
    public Task<AlignedLyrics> AlignAsync(
        PcmFile audio, LyricsDocument given, string source, IReadOnlyList<LyricsWord> heard, IReadOnlyList<TimeRange> activity,
        string language, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(audio);
        ArgumentNullException.ThrowIfNull(given);
        ArgumentNullException.ThrowIfNull(heard);
        ArgumentNullException.ThrowIfNull(activity);
        return AlignAsync(new SungAudio(new EncodedAudio(audio), activity), given, source, heard, language, progress, cancellationToken,
            ownsAudio: true);
    }

    /// <summary>
    /// The same where more is known of the recording; and, with <paramref name="later"/>, of the lyrics, whose lines then stay at their own
    /// times, moved by so many seconds. <paramref name="anchors"/> are the given words that were heard, where they were found before.
    /// </summary>
    internal async Task<AlignedLyrics> AlignAsync(
        SungAudio audio, LyricsDocument given, string source, IReadOnlyList<LyricsWord> heard, string language,
        IProgress<double>? progress, CancellationToken cancellationToken, bool ownsAudio = false, double? later = null,
        IReadOnlyList<Anchor>? anchors = null)
    {
        try
        {
            var text = new GivenText(given.Lines);
            if (text.Words.Count == 0)
                throw AlignException.NoWords();
            return await Task.Run(
                () =>
                {
                    var found = anchors ?? LyricsMatch.Find(text.Words, heard, cancellationToken);
                    return (later is { } by
                        ? AlignLines(audio, given, text, source, heard, found, LineStarts.Of(given.Lines, text, by,
                            audio.Encoded.Audio.Duration), language, progress, cancellationToken)
                        : null) ?? Align(audio, given, source, heard, found, language, progress, cancellationToken);
                },
                cancellationToken);
        }
        finally
        {
            if (ownsAudio)
                audio.Encoded.Dispose();
        }
    }

    private AlignedLyrics Align(
        SungAudio sung, LyricsDocument given, string source, IReadOnlyList<LyricsWord> heard, IReadOnlyList<Anchor> anchors,
        string language, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var parts = new LineParts(given.Lines, language);
        var text = new GivenText(parts.Lines);
        var (activity, duration) = (sung.Activity, sung.Encoded.Audio.Duration);
        var clock = new VocalClock(activity, duration);
        if (activity.Count == 0 || text.Words.Count > duration * MostWordsASecond)
            return Whole(
                AlignedLines.Make(parts.Lines, text, WordTimeEstimator.Make(text, [], clock, duration), new PlacedWord?[text.Words.Count],
                    activity, duration),
                new SuppliedLyrics(source, 0, Unsure: true),
                [new LyricsCheck(0, duration, activity.Count == 0 ? "nobody is heard to sing"
                    : "more words than can be sung in this time")]);

        var matched = (double)anchors.Count / text.Words.Count;
        var completed = new CompletedLyrics(parts.Lines, text, anchors, heard, cancellationToken);
        var (all, recognized) = (completed.Text, completed.Anchors);
        var times = WordTimeEstimator.Make(all, recognized, clock, duration);
        var grid = new WindowGrid(new WindowPlan(sung.Encoded.Audio, sung.Singing, cancellationToken).Windows, duration);
        var edges = SoundEdges.Measure(sung.Voice ?? sung.Encoded.Audio, sung.Voice is not null, new TimeRange(0, duration),
            cancellationToken);
        using var aligner = new AttentionAligner(WhisperModel.Load(_folder, _sessions), language, sung.Encoded, grid, edges, activity);
        if (matched < WellMatched)
        {
            var found = new LineSearch(all, recognized, activity).Find(
                aligner, grid, times, duration, share => progress?.Report(0.6 * share), cancellationToken);
            if (found.Count > 0)
                times = WordTimeEstimator.Make(all, found, clock, duration);
            var lines = found.Select(anchor => anchor.Given).ToHashSet();
            times = UnheardLineTiming.Apply(all, times, line => lines.Contains(all.First(line)), activity, duration, cancellationToken);
        }
        var windows = AlignmentWindow.Plan(all, times, Margin, duration, grid, aligner.LimitOf(all));
        var placed = aligner.Align(all, windows, done => progress?.Report(0.6 + 0.4 * done / windows.Count), cancellationToken);
        times = Final(all, times, placed, recognized, activity, duration, cancellationToken);
        return Whole(
            [.. completed.OfGivenLines(AlignedLines.Make(completed.Lines, all, times, placed, activity, duration))],
            new SuppliedLyrics(source, Math.Round(matched, 3), matched < BarelyMatched),
            LyricsChecks.Find(text, [.. completed.OfGivenWords(times), times[^1]], [.. completed.OfGivenWords(placed)], anchors, heard,
                cancellationToken));

        AlignedLyrics Whole(IReadOnlyList<LyricsLine> timed, SuppliedLyrics fit, IReadOnlyList<LyricsCheck> checks)
        {
            var (lines, sections) = parts.Joined(timed, given.Sections);
            return new AlignedLyrics(lines, fit with { Notices = parts.Notices }, checks) { Sections = sections };
        }
    }

    /// <summary>
    /// Times the words of lines that have times: each is listened for where its line is, and none leaves it. Null where a line is longer
    /// than the network reads.
    /// </summary>
    private AlignedLyrics? AlignLines(
        SungAudio sung, LyricsDocument given, GivenText text, string source, IReadOnlyList<LyricsWord> heard,
        IReadOnlyList<Anchor> anchors, LineStarts lines, string language, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var (activity, duration) = (sung.Activity, sung.Encoded.Audio.Duration);
        var matched = (double)anchors.Count / text.Words.Count;
        var times = lines.Within(WordTimeEstimator.Make(text, lines.With(anchors), new VocalClock(activity, duration), duration));
        var grid = new WindowGrid(new WindowPlan(sung.Encoded.Audio, sung.Singing, cancellationToken).Windows, duration);
        var edges = SoundEdges.Measure(sung.Voice ?? sung.Encoded.Audio, sung.Voice is not null, new TimeRange(0, duration),
            cancellationToken);
        using var aligner = new AttentionAligner(WhisperModel.Load(_folder, _sessions), language, sung.Encoded, grid, edges, activity);
        var limit = aligner.LimitOf(text);
        if (Enumerable.Range(0, text.Lines).Any(line => !limit.Fits(text.First(line), text.First(line + 1))))
            return null;
        var windows = AlignmentWindow.Plan(text, times, LineMargin, duration, grid, limit);
        var placed = aligner.Align(text, windows, done => progress?.Report((double)done / windows.Count), cancellationToken, lines);
        var strays = lines.Strays(placed, anchors);
        lines.Keep(placed, times);
        new LineFit(text, lines, activity, sung.Voice is not null).Apply(placed, times, anchors, cancellationToken);
        // Who timed a line heard it sung.
        var timed = AlignedLines.Make(given.Lines, text, times, placed, activity, duration, edges)
            .Select(line => line with { Sung = null });
        return new AlignedLyrics(
            [.. timed],
            new SuppliedLyrics(source, Math.Round(matched, 3), matched < BarelyMatched),
            [.. LyricsChecks.Find(text, times, placed, anchors, heard, cancellationToken).Concat(strays).OrderBy(check => check.Start)])
        {
            Sections = given.Sections,
        };
    }

    /// <summary>
    /// What was placed, in place of what was estimated; lines that were not heard after all are taken back and go by the voice.
    /// </summary>
    private static double[] Final(GivenText text, double[] estimate, PlacedWord?[] placed, IReadOnlyList<Anchor> anchors,
        IReadOnlyList<TimeRange> activity,
        double duration, CancellationToken cancellationToken)
    {
        double[] times = [.. estimate.Select((time, word) => word < placed.Length ? placed[word]?.Start ?? time : time)];
        // A line is heard where attention stays with it, or where recognition heard it at the same place without knowing of it.
        var confirmed = anchors.Where(anchor => Math.Abs(times[anchor.Given] - anchor.Time) <= Confirmed).Select(anchor => anchor.Given)
            .ToHashSet();
        var isHeard = Enumerable.Range(0, text.Lines).Select(IsHeard).ToArray();
        times = UnheardLineTiming.Apply(text, times, line => isHeard[line], activity, duration, cancellationToken, placed);
        for (var line = 0; line < text.Lines; line++)
            if (!isHeard[line])
                placed.AsSpan(text.WordsOf(line)).Clear();
        return times;

        bool IsHeard(int line)
        {
            var (first, end) = (text.First(line), text.First(line + 1));
            return PlacedWord.AreHeard(placed.AsSpan(first, end - first)) || Enumerable.Range(first, end - first)
                .Count(confirmed.Contains) * 2 > end - first;
        }
    }
}
