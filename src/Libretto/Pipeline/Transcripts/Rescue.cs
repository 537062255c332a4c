using System.Globalization;
using Libretto.Audio;
using Libretto.Pipeline.Memo;
using Libretto.Pipeline.Stems;
using Libretto.Separate;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Has the passages heard again in which someone sings and nothing was understood: in windows that the voice bounds, and in the voice
/// alone. Where the voice is not known, only a song of which much was not understood is separated for it.
/// </summary>
/// <param name="song">The song.</param>
/// <param name="request">What its user wants.</param>
/// <param name="stems">Its stems, made here if they are to be.</param>
/// <param name="separation">Separates it.</param>
internal sealed class Rescue(Song song, SongRequest request, SongStems stems, VocalSeparation separation)
{
    /// <summary>The guard's name: counts passages that got words.</summary>
    private const string Guard = "rescued";

    /// <summary>The guard's name where text is left out because nobody sings.</summary>
    private const string Silent = "silent";

    /// <summary>The share of the words that must stand where someone sings for the others to be left out.</summary>
    private const double LeastSung = 0.75;

    /// <summary>How far from a word someone may sing and have sung it, seconds.</summary>
    private const double Near = 1;

    /// <summary>Shorter sounds where text was left out are breaths and the ends of words, seconds.</summary>
    private const double Shortest = 2;

    /// <summary>How long a passage may be for each of its words, seconds: a word here and there in long singing is invented.</summary>
    private const double LongestForWord = 6;

    /// <summary>Listens, where that is worth it.</summary>
    /// <param name="heard">What was heard.</param>
    /// <param name="vocals">What is known of the voice; null where nothing is.</param>
    /// <param name="mode">Whether the voice was to be known.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <returns>The words as they are then, under their own key of the memo, and what is known of the voice.</returns>
    public async Task<(RecognitionResult Heard, VocalStem? Vocals)> RunAsync(
        RecognitionResult heard, VocalStem? vocals, SeparationMode mode, CancellationToken cancellationToken)
    {
        // A hosted engine is paid by the minute; one that knows English only has probably met another language.
        if (heard.Engine.Folder is null || heard.Engine.AssumesEnglish)
            return (heard, vocals);
        var lost = LostText.Find(heard.Transcript);
        var mixFollowedVoice = vocals is not null;
        if (vocals is null && mode == SeparationMode.Never && LostText.IsMost(heard.Transcript, lost))
            vocals = await SeparateAsync(lost, cancellationToken);
        else if (vocals is null || !UnheardSinging.IsMuch(UnheardSinging.Find(heard.Transcript.Words, vocals.Singing), vocals.Singing))
            return (heard, vocals);
        if (vocals is null)
            return (heard, null);
        if (!mixFollowedVoice)
            heard = heard with
            {
                Key = song.Memo.Key("sung-words", heard.Key, vocals.Key),
                Transcript = WhereSomeoneSings(heard.Transcript, vocals.Singing),
            };
        if (Passages(heard.Transcript, lost, vocals.Singing) is not { Count: > 0 } passages)
            return (heard, vocals);

        song.Meter.Enter(WorkStep.TranscribeVocals, "listening again", heard.Engine.Transcriber.Name);
        var result = heard;
        if (!mixFollowedVoice)
            result = await HearAsync(result, passages, voice: null, cancellationToken);
        // Engines understand the mix better on the whole, so the voice alone comes last.
        TimeRange[] left = [.. passages.Where(range => !HasNewWords(heard, result, range))];
        if (vocals.Model is not null && left.Length > 0)
            result = await HearAsync(result, left, vocals, cancellationToken);
        return (Counted(heard, result, passages), vocals);
    }

    /// <summary>Where someone sings for long without words, or at all where text was left out; in order, none touching another.</summary>
    /// <param name="transcript">What was heard.</param>
    /// <param name="lost">Where text was left out.</param>
    /// <param name="singing">Where someone sings.</param>
    internal static IReadOnlyList<TimeRange> Passages(
        Transcript transcript, IReadOnlyList<TimeRange> lost, IReadOnlyList<TimeRange> singing)
    {
        var unheard = UnheardSinging.Find(transcript.Words, singing).Select(check => new TimeRange(check.Start, check.End));
        var dropped = from range in lost
            from sung in singing
            select new TimeRange(Math.Max(range.Start, sung.Start), Math.Min(range.End, sung.End));
        var passages = new List<TimeRange>();
        foreach (var range in unheard.Concat(dropped.Where(range => range.Length >= Shortest)).OrderBy(range => range.Start))
        {
            if (passages.Count > 0 && range.Start <= passages[^1].End)
                passages[^1] = passages[^1] with { End = Math.Max(passages[^1].End, range.End) };
            else
                passages.Add(range);
        }
        return passages;
    }

    /// <summary>
    /// The words without those that stand where nobody sings: music was taken for them before the voice was known. Where many stand there,
    /// the voice was not found well, and all are kept.
    /// </summary>
    /// <param name="transcript">What was heard.</param>
    /// <param name="singing">Where someone sings.</param>
    internal static Transcript WhereSomeoneSings(Transcript transcript, IReadOnlyList<TimeRange> singing)
    {
        int[] kept = [.. Enumerable.Range(0, transcript.Words.Count).Where(word => singing.Any(range =>
            range.Start < transcript.Words[word].End + Near && range.End > transcript.Words[word].Start - Near))];
        var ends = transcript.SentenceEnds.ToHashSet();
        var guards = new Dictionary<string, int>(transcript.Guards ?? new Dictionary<string, int>());
        guards[Silent] = guards.GetValueOrDefault(Silent) + 1;
        return kept.Length == transcript.Words.Count || kept.Length < LeastSung * transcript.Words.Count ? transcript : transcript with
        {
            Words = [.. kept.Select(word => transcript.Words[word])],
            Onsets = transcript.Onsets.Count == 0 ? [] : [.. kept.Select(word => transcript.Onsets[word])],
            SentenceEnds = [.. Enumerable.Range(0, kept.Length).Where(word => ends.Contains(kept[word]))],
            Guards = guards,
        };
    }

    /// <summary>Those of the passages in which enough words were heard again to believe them.</summary>
    internal static IReadOnlyList<TimeRange> Explained(IReadOnlyList<TimeRange> passages, Transcript again) => [.. passages.Where(range =>
        again.Words.Count(word => word.Start < range.End && word.End > range.Start) * LongestForWord >= range.Length)];

    private async Task<VocalStem?> SeparateAsync(IReadOnlyList<TimeRange> lost, CancellationToken cancellationToken)
    {
        if (!separation.MayFollow(request))
            return null;
        var much = string.Create(CultureInfo.InvariantCulture, $"In {lost.Sum(range => range.Length):0} s nothing was understood");
        if (!separation.IsInstalled)
        {
            song.Notice($"{much}. With a model that separates the vocals they would be heard again where someone sings: " +
                $"libretto models pull {StemSeparation.DefaultModel}");
            return null;
        }
        song.Notice($"{much}: the vocals tell whether someone sings there.");
        return await separation.RunAsync(song, stems, SeparationMode.Auto, takesLong: false, cancellationToken);
    }

    private async Task<RecognitionResult> HearAsync(
        RecognitionResult heard, IReadOnlyList<TimeRange> passages, VocalStem? voice, CancellationToken cancellationToken)
    {
        var run = heard.Run.Within(passages, voice);
        var again = await run.RecallAsync(cancellationToken) ?? await run.RunAsync(isFinal: () => false, cancellationToken);
        return heard with
        {
            Key = song.Memo.Key("rescue", heard.Key, run.Key),
            Transcript = HypothesisSelection.Choose(heard.Transcript, again, Explained(passages, again)),
        };
    }

    /// <summary>What was heard again, with its guard, and the user told.</summary>
    private RecognitionResult Counted(RecognitionResult before, RecognitionResult after, IReadOnlyList<TimeRange> passages)
    {
        var rescued = passages.Count(range => HasNewWords(before, after, range));
        song.Notice($"Someone sings in {passages.Count} passages without words. They were heard again: {rescued} of them have words now.");
        if (rescued == 0)
            return before;
        var guards = new Dictionary<string, int>(before.Transcript.Guards ?? new Dictionary<string, int>()) { [Guard] = rescued };
        return after with { Transcript = after.Transcript with { Guards = guards } };
    }

    private static bool HasNewWords(RecognitionResult before, RecognitionResult after, TimeRange range) => after.Transcript.Words
        .Where(word => word.Start < range.End && word.End > range.Start).Except(before.Transcript.Words).Any();
}
