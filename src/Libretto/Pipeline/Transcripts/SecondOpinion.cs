using System.Globalization;
using Libretto.Audio;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Pipeline.Engines;
using Libretto.Pipeline.Memo;
using Libretto.Speech;
using Libretto.Transcribe;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Has the passages that a hosted engine may have invented heard again by an engine of this machine. What that one understands takes
/// their place; what it does not understand either is left out, as a local engine's invented text is.
/// </summary>
internal sealed class SecondOpinion(Song song, RecognitionRun run)
{
    private const string HeardAgain = "heard_again";

    /// <summary>Heard on both sides of a passage, so that its first and last words are whole, seconds.</summary>
    private const double Around = 0.5;

    /// <summary>Shorter sounds hold no word, seconds.</summary>
    private const double Shortest = 0.1;

    /// <summary>Nobody sings more words a second for long.</summary>
    private const double FastestSinging = 8;

    private readonly string _first = run.Engine.Transcriber.Name;

    /// <summary>Listens.</summary>
    /// <param name="heard">What the first engine heard.</param>
    /// <param name="cancellationToken">Checked at least every half second.</param>
    /// <returns>The words as they are then, under their own key of the memo.</returns>
    public async Task<RecognitionResult> RunAsync(RecognitionResult heard, CancellationToken cancellationToken)
    {
        var transcript = heard.Transcript;
        if (transcript.Doubts.Count == 0)
            return heard;
        var other = run.Engine.SecondOpinion is { } open ? await open(cancellationToken) : null;
        var key = song.Memo.Key("transcribe-again", run.Key, other?.Identity ?? "");
        if (await song.Memo.FindAsync(key, StageJson.Default.Transcript, cancellationToken) is { } known)
            return heard with { Transcript = known with { Cost = transcript.Cost }, Key = key };
        var checkedTranscript = transcript;
        foreach (var doubt in transcript.Doubts)
        {
            var again = other is null ? null : await HearAsync(other, doubt.Range, cancellationToken);
            checkedTranscript = Settle(checkedTranscript, doubt, again, other?.Transcriber.Name);
        }
        await song.Memo.KeepAsync(key, checkedTranscript, StageJson.Default.Transcript, cancellationToken);
        return heard with { Transcript = checkedTranscript, Key = key };
    }

    /// <summary>What another engine hears in a passage.</summary>
    private async Task<Transcript> HearAsync(EngineChoice other, TimeRange range, CancellationToken cancellationToken)
    {
        var audio = await song.SpeechAsync(null, cancellationToken);
        var from = Math.Max(0, range.Start - Around);
        using var passage = Cut(audio, from, Math.Min(audio.Duration, range.End + Around));
        var words = new TranscriptBuilder();
        if (passage.Duration > Shortest)
            await foreach (var piece in other.Transcriber.TranscribeAsync(passage, new TranscribeOptions { Language = other.Language },
                null, cancellationToken))
                words.Add(piece);
        var heard = words.Song(passage.Duration);
        var middle = heard.Words.Select(word => from + ((word.Start + word.End) / 2)).ToList();
        var kept = heard.Words.Select((word, i) => (Word: word with { Start = word.Start + from, End = word.End + from }, Index: i))
            .Where(word => middle[word.Index] >= range.Start - Around && middle[word.Index] <= range.End + Around).ToList();
        return heard with
        {
            Words = [.. kept.Select(word => word.Word)],
            SentenceEnds = [.. kept.Select((word, i) => heard.SentenceEnds.Contains(word.Index) ? i : -1).Where(i => i >= 0)],
        };
    }

    private static PcmFile Cut(PcmFile audio, double from, double to)
    {
        var cut = new PcmFile(audio.SampleRate, 1);
        var block = new float[audio.SampleRate];
        var end = Math.Min(audio.Frames, (long)(to * audio.SampleRate));
        for (var at = (long)(from * audio.SampleRate); at < end; at += block.Length)
        {
            var part = block.AsSpan(0, (int)Math.Min(block.Length, end - at));
            audio.ReadMono(at, part);
            cut.Append(part);
        }
        return cut;
    }

    /// <summary>The transcript with one doubt settled, and the user told how.</summary>
    private Transcript Settle(Transcript transcript, PassageDoubt doubt, Transcript? again, string? by)
    {
        var mine = transcript.Words.Where(word => IsIn(word, doubt.Range)).ToList();
        if (again is not null && IsBetter(again, doubt, transcript))
        {
            Tell(doubt, $"it was heard again on this machine by {by}.");
            return Replace(transcript, doubt.Range, again, HeardAgain);
        }
        var isImpossible = mine.Count > FastestSinging * doubt.Range.Length;
        if (doubt.Guard != "unlikely" && (again is not null || isImpossible))
        {
            Tell(doubt, again is null ? "nobody sings that fast, so it is left out."
                : $"{by} on this machine does not understand it either, so it is left out.");
            return WithCheck(Replace(transcript, doubt.Range, null, TranscribedPiece.Dropped), doubt);
        }
        Tell(doubt, by is null ? "no engine of this machine can hear it again, so it should be checked by ear."
            : "it is kept, and should be checked by ear.");
        return WithCheck(transcript, doubt);
    }

    private static bool IsBetter(Transcript again, PassageDoubt doubt, Transcript transcript)
    {
        var isSound = again.Words.Count > 0 && again.Guards?.ContainsKey(TranscribedPiece.Dropped) != true &&
            again.Words.Count <= FastestSinging * Math.Max(
            1, doubt.Range.Length) &&
            Repetition.CompressionRatio(WordJoiner.Join(again.Words.Select(word => word.Text))) <= DecodingThresholds.CompressionRatio;
        // A larger network that is unsure is not worse than a small one that is unsure too.
        return isSound && (doubt.Guard != "unlikely" || again.Windows.All(window => window.MeanLogProbability > -1));
    }

    private static Transcript Replace(Transcript transcript, TimeRange range, Transcript? by, string guard)
    {
        var ends = transcript.SentenceEnds.ToHashSet();
        var words = transcript.Words.Select((word, i) => (Word: word, IsEnd: ends.Contains(i)))
            .Where(word => !IsIn(word.Word, range)).ToList();
        if (by is not null)
        {
            var at = words.FindIndex(word => word.Word.Start >= range.Start);
            words.InsertRange(at < 0 ? words.Count : at,
                by.Words.Select((word, i) => (word, by.SentenceEnds.Contains(i) || i == by.Words.Count - 1)));
        }
        var guards = new Dictionary<string, int>(transcript.Guards ?? new Dictionary<string, int>());
        guards[guard] = guards.GetValueOrDefault(guard) + 1;
        return transcript with
        {
            Words = [.. words.Select(word => word.Word)],
            Onsets = [],
            SentenceEnds = [.. words.Select((word, i) => word.IsEnd ? i : -1).Where(i => i >= 0)],
            Guards = guards,
        };
    }

    private static bool IsIn(LyricsWord word, TimeRange range) =>
        (word.Start + word.End) / 2 is var middle && middle >= range.Start && middle <= range.End;

    private static Transcript WithCheck(Transcript transcript, PassageDoubt doubt) => transcript with
    {
        Checks = [.. transcript.Checks, new LyricsCheck(Math.Round(doubt.Range.Start, 3), Math.Round(doubt.Range.End, 3), Reason(doubt))],
    };

    private void Tell(PassageDoubt doubt, string outcome) => song.Notice(string.Create(
        CultureInfo.InvariantCulture,
        $"{_first}: what it heard from {TimeSpan.FromSeconds(doubt.Range.Start):m\\:ss} to " +
            $"{TimeSpan.FromSeconds(doubt.Range.End):m\\:ss} may be invented ({Reason(doubt)}); {outcome}"));

    private static string Reason(PassageDoubt doubt) => doubt.Guard switch
    {
        "loop" => "the text goes in circles",
        "compression" => "the text repeats itself",
        _ => "the words are unlikely",
    };
}
