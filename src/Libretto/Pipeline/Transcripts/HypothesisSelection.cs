using Libretto.Audio;
using Libretto.Lyrics.Writing;
using Libretto.Lyrics;
using Libretto.Transcribe;

namespace Libretto.Pipeline.Transcripts;

/// <summary>
/// Puts one song together from what was heard in the mix and in the voice alone: the mix, which engines understand better on the
/// whole, but window by window the voice where it is clearly surer or where nothing was understood in the mix.
/// </summary>
internal static class HypothesisSelection
{
    /// <summary>How much likelier the voice's words must be for each token, as a natural logarithm: a tie is the mix's.</summary>
    private const double ClearlySurer = 0.25;

    /// <summary>Chooses.</summary>
    /// <param name="mix">What was heard in the mix.</param>
    /// <param name="voice">What was heard in the voice, by the same engine.</param>
    /// <param name="within">The passages, in order, in which there is a choice; elsewhere the mix is kept. Null for the whole song.</param>
    public static Transcript Choose(Transcript mix, Transcript voice, IReadOnlyList<TimeRange>? within = null)
    {
        var words = new List<LyricsWord>();
        var onsets = new List<TimeRange>();
        var ends = new List<int>();
        var windows = new List<TranscriptWindow>();
        foreach (var window in Frames(mix).SelectMany(frame => Cut(frame, within)))
        {
            var (mixed, alone) = (Passage.Of(mix, window), Passage.Of(voice, window));
            var isOpen = within?.Any(range => range.Start <= window.Start && window.End <= range.End) != false;
            var better = isOpen && alone.IsSound && (!mixed.IsSound || alone.Score > mixed.Score + ClearlySurer) ? alone : mixed;
            windows.Add(new TranscriptWindow(window.Start, window.End, better.Score)
            {
                LostText = better == mixed ? mixed.LostText : null,
            });
            ends.AddRange(better.Ends.Select(index => words.Count + index));
            words.AddRange(better.Words);
            onsets.AddRange(better.Onsets);
        }
        return mix with { Words = words, Onsets = onsets, SentenceEnds = ends, Windows = windows };
    }

    /// <summary>The mix's windows, and the gaps before, between and after them, in which the voice may have been heard.</summary>
    private static IEnumerable<(double Start, double End)> Frames(Transcript mix)
    {
        var from = 0.0;
        foreach (var window in mix.Windows)
        {
            if (window.Start > from)
                yield return (from, window.Start);
            yield return (Math.Max(from, window.Start), window.End);
            from = Math.Max(from, window.End);
        }
        yield return (from, double.PositiveInfinity);
    }

    /// <summary>The frame cut wherever a passage begins or ends in it.</summary>
    private static IEnumerable<(double Start, double End)> Cut((double Start, double End) frame, IReadOnlyList<TimeRange>? passages)
    {
        var from = frame.Start;
        foreach (var time in passages?.SelectMany(range => new[] { range.Start, range.End }) ?? [])
        {
            if (time <= from || time >= frame.End)
                continue;
            yield return (from, time);
            from = time;
        }
        yield return (from, frame.End);
    }

    /// <summary>What was heard in a stretch of time.</summary>
    /// <param name="Words">Its words, by their middles.</param>
    /// <param name="Onsets">Between which times they begin, where that is known.</param>
    /// <param name="Ends">Indexes among them after which a sentence ends.</param>
    /// <param name="Score">Mean log probability of its windows.</param>
    /// <param name="LostText">Whether text was left out of one of its windows; else null.</param>
    private sealed record Passage(
        IReadOnlyList<LyricsWord> Words, IReadOnlyList<TimeRange> Onsets, IReadOnlyList<int> Ends, double? Score, bool? LostText)
    {
        public bool IsSound => Words.Count > 0 && Score >= DecodingThresholds.MeanLogProbability &&
            Repetition.CompressionRatio(WordJoiner.Join(Words.Select(word => word.Text))) <= DecodingThresholds.CompressionRatio;

        public static Passage Of(Transcript song, (double Start, double End) time)
        {
            var first = song.Words.TakeWhile(word => Middle(word) < time.Start).Count();
            LyricsWord[] words = [.. song.Words.Skip(first).TakeWhile(word => Middle(word) < time.End)];
            int[] ends = [.. song.SentenceEnds.Select(index => index - first).Where(index => index >= 0 && index < words.Length)];
            var lost = song.Windows.Any(window => window.LostText == true && window.Start < time.End && window.End > time.Start);
            return new Passage(words, [.. song.Onsets.Skip(first).Take(words.Length)], ends, ScoreOf(song, time), lost ? true : null);
        }

        /// <summary>The scores of the windows that it lies in, by how much of it lies in each.</summary>
        private static double? ScoreOf(Transcript song, (double Start, double End) time)
        {
            var shares = song.Windows.Where(window => window.MeanLogProbability is not null)
                .Select(window => (Share: Math.Min(window.End, time.End) - Math.Max(window.Start, time.Start),
                    Score: window.MeanLogProbability!.Value))
                .Where(window => window.Share > 0).ToList();
            return shares.Count == 0 ? null : shares.Sum(window => window.Share * window.Score) / shares.Sum(window => window.Share);
        }

        private static double Middle(LyricsWord word) => (word.Start + word.End) / 2;
    }
}
