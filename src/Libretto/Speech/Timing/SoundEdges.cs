using System.Buffers;
using Libretto.Audio;
using Libretto.Audio.Activity;

namespace Libretto.Speech.Timing;

/// <summary>
/// Where sounds begin and end in a stretch of a recording, every 10 ms: attention tells a word's place to some tenths of a second, the
/// sound itself tells the moment. Beginnings are rises of the log-mel spectrum over what was there 20 ms before in the same and the
/// neighbouring
/// bands (after Böck and Widmer, "Maximum filter vibrato suppression for onset detection", 2013), ends are falls of the level in the
/// voice's bands.
/// </summary>
internal sealed class SoundEdges
{
    private const int Bins = 80;
    private const int Lag = 2;

    /// <summary>Where within the time in which attention comes to a word it starts, as far as attention alone tells.</summary>
    private const double Lead = 0.6;

    /// <summary>The longest lead, seconds: in a pause attention may move on at any time.</summary>
    private const double LongestLead = 0.3;

    /// <summary>How far off attention is, as a share of the time it takes to come to the word: a standard deviation.</summary>
    private const double Uncertainty = 0.25;

    /// <summary>A voice alone has ended when it lies this far below its loudest moment, in decibels.</summary>
    private const float FallOfVoice = 25;

    /// <summary>
    /// In a mix the level falls to what accompanies the voice: half of that way, if it is clear enough to tell and no farther than a
    /// voice falls
    /// in silence.
    /// </summary>
    private const float LeastFallOfMix = 7, MostFallOfMix = 18;

    /// <summary>How long it must stay there, in steps.</summary>
    private const int SilenceOfVoice = 8, SilenceOfMix = 15;

    /// <summary>A shorter pause is not told from the music between two beats, seconds.</summary>
    private const double ShortestPauseOfMix = 0.8;

    /// <summary>What accompanies a word is looked for up to so long after its start, in steps.</summary>
    private const int Accompaniment = 400;

    private const int ShortestWord = 6;

    private readonly double _start;
    private readonly bool _isVoice;
    private readonly float[] _rises, _levels;

    private SoundEdges(double start, bool isVoice, float[] rises, float[] levels) =>
        (_start, _isVoice, _rises, _levels) = (start, isVoice, rises, levels);

    /// <summary>Measures a stretch.</summary>
    /// <param name="audio">16 kHz mono: the voice alone where there is one, else the mix.</param>
    /// <param name="isVoice">Whether it is the voice alone.</param>
    /// <param name="range">The stretch.</param>
    /// <param name="cancellationToken">Checked for every half minute of audio.</param>
    public static SoundEdges Measure(PcmFile audio, bool isVoice, TimeRange range, CancellationToken cancellationToken)
    {
        var first = (long)(Math.Max(0, range.Start) * VoiceLevels.HopsPerSecond);
        var count = (int)Math.Max(1, Math.Ceiling(range.End * VoiceLevels.HopsPerSecond) - first);
        var start = (double)first / VoiceLevels.HopsPerSecond;
        var rises = new float[count];
        var mel = new LogMel(Bins);
        const int Block = 3000;
        for (var at = 0; at < count; at += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Rises(audio, mel, first + at, rises.AsSpan(at, Math.Min(Block, count - at)));
        }
        var levels = VoiceLevels.Measure(audio, new TimeRange(start, start + (double)count / VoiceLevels.HopsPerSecond),
            cancellationToken).Decibels;
        return new SoundEdges(start, isVoice, rises, levels);
    }

    /// <summary>When a word starts: at the clearest beginning of a sound near to where attention puts it.</summary>
    /// <param name="onset">Between which times attention comes to the word, seconds.</param>
    /// <param name="earliest">No start lies before, seconds.</param>
    /// <param name="mayFollowPause">Whether a pause may lie before the word; what attention takes time over is a held note else.</param>
    /// <returns>Seconds; what attention alone says where no sound begins near.</returns>
    public double Onset(TimeRange onset, double earliest, bool mayFollowPause = true)
    {
        var place = onset.End - Math.Min(Lead * onset.Length, mayFollowPause ? LongestLead : double.PositiveInfinity);
        var deviation = Math.Clamp(Uncertainty * onset.Length, 0.01, Uncertainty);
        var reach = Math.Min(2.5 * deviation, 2 * LongestLead);
        var (best, likeliest) = (Math.Max(place, earliest), 0.0);
        for (var i = Math.Max(1, Index(Math.Max(place - reach, earliest)) + 1); i <= Index(place + reach) && i + 1 < _rises.Length; i++)
        {
            if (_rises[i] < _rises[i - 1] || _rises[i] < _rises[i + 1])
                continue;
            var distance = (TimeAt(i) - place) / deviation;
            var likelihood = _rises[i] * Math.Exp(-distance * distance / 2);
            if (likelihood > likeliest)
                (best, likeliest) = (TimeAt(i), likelihood);
        }
        return best;
    }

    /// <summary>When a word's sound ends.</summary>
    /// <param name="start">Its start, seconds.</param>
    /// <param name="latest">It does not end later, seconds.</param>
    public double End(double start, double latest)
    {
        var (first, end) = (Math.Max(0, Index(start)), Math.Min(_levels.Length, Index(latest)));
        if (end - first <= ShortestWord)
            return latest;
        var loudest = float.NegativeInfinity;
        foreach (var level in _levels.AsSpan(first, Math.Min(end - first, VoiceLevels.HopsPerSecond)))
            loudest = Math.Max(loudest, level);
        var fall = _isVoice ? FallOfVoice : Math.Min(MostFallOfMix, (loudest - Floor(first, end)) / 2);
        if (fall < LeastFallOfMix)
            return latest;
        var (below, silence) = (0, _isVoice ? SilenceOfVoice : SilenceOfMix);
        for (var i = first; i < end; i++)
        {
            below = _levels[i] < loudest - fall ? below + 1 : 0;
            if (below >= silence && i - below >= first + ShortestWord)
                return !_isVoice && latest - TimeAt(i - below + 1) < ShortestPauseOfMix ? latest : Math.Min(TimeAt(i - below + 1), latest);
        }
        return latest;
    }

    /// <summary>The level of the quieter moments, a fifth being quieter still.</summary>
    private float Floor(int first, int end)
    {
        float[] levels = [.. _levels.AsSpan(first, Math.Min(end - first, Accompaniment))];
        Array.Sort(levels);
        return levels[levels.Length / 5];
    }

    private static void Rises(PcmFile audio, LogMel mel, long first, Span<float> rises)
    {
        var frames = rises.Length + Lag + 1;
        var samples = ArrayPool<float>.Shared.Rent(frames * LogMel.Hop);
        var bands = ArrayPool<float>.Shared.Rent(Bins * frames);
        try
        {
            audio.Read((first - Lag) * LogMel.Hop, samples.AsSpan(0, frames * LogMel.Hop));
            foreach (ref var sample in samples.AsSpan(0, frames * LogMel.Hop))
                sample = float.IsFinite(sample) ? Math.Clamp(sample, -1, 1) : 0;
            mel.Compute(samples.AsSpan(0, frames * LogMel.Hop), bands);
            for (var band = 0; band < Bins; band++)
            {
                var row = bands.AsSpan(band * frames, frames);
                var below = bands.AsSpan(Math.Max(0, band - 1) * frames, frames);
                var above = bands.AsSpan(Math.Min(Bins - 1, band + 1) * frames, frames);
                for (var i = 0; i < rises.Length; i++)
                    rises[i] += Math.Max(0, row[i + Lag] - Math.Max(row[i], Math.Max(below[i], above[i])));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(samples);
            ArrayPool<float>.Shared.Return(bands);
        }
    }

    private int Index(double time) => (int)Math.Round((time - _start) * VoiceLevels.HopsPerSecond);

    private double TimeAt(int index) => _start + (double)index / VoiceLevels.HopsPerSecond;
}
