using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Audio.Activity;

namespace Libretto.Speech.Timing;

/// <summary>
/// Where sounds begin and end in a stretch of a recording, every 10 ms: attention tells a word's place, the sound itself tells the moment.
/// Beginnings are rises of the log-mel spectrum over what was there 20 ms before in the same and the neighbouring bands (after Böck and
/// Widmer, "Maximum filter vibrato suppression for onset detection", 2013), ends are falls of the level in the voice's bands.
/// </summary>
internal sealed class SoundEdges
{
    private const int Bins = 80;
    private const int Lag = 2;

    /// <summary>How many standard deviations the range of an onset reaches before where the word most likely begins.</summary>
    public const double Deviations = 3;

    /// <summary>Surer than this, in seconds, attention is not corrected.</summary>
    private const double LeastDeviation = 0.005;

    /// <summary>A voice alone has ended when it lies this far below its loudest moment, in decibels.</summary>
    private const float FallOfVoice = 30;

    /// <summary>How long it must stay there, in steps.</summary>
    private const int SilenceOfVoice = 8;

    /// <summary>In a mix a voice has ended when the level has come so near to what accompanies it, as a share of the way.</summary>
    private const float NearAccompaniment = 0.2f;

    /// <summary>A voice that lies no farther above what accompanies it, in decibels, is not told from it.</summary>
    private const float LeastFallOfMix = 5;

    /// <summary>A shorter pause in a mix is not told from the music between two beats, seconds.</summary>
    private const double ShortestPauseOfMix = 0.3;

    /// <summary>
    /// What accompanies a word is as loud as the quieter moments so many steps before and after its start: a tenth is quieter still.
    /// </summary>
    private const int Accompaniment = 300;

    private const int ShortestWord = 6;

    private readonly double _start;
    private readonly bool _isVoice;
    private readonly float[] _rises;
    private readonly VoiceLevels _levels;

    private SoundEdges(double start, bool isVoice, float[] rises, VoiceLevels levels) =>
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
            cancellationToken);
        return new SoundEdges(start, isVoice, rises, levels);
    }

    /// <summary>When a word starts: at the clearest beginning of a sound near to where attention puts it.</summary>
    /// <param name="onset">From the earliest moment to the likeliest, seconds; its length tells how sure attention is.</param>
    /// <param name="earliest">No start lies before, seconds.</param>
    /// <returns>Seconds; what attention alone says where no sound begins near.</returns>
    public double Onset(TimeRange onset, double earliest)
    {
        var (place, deviation) = (onset.End, onset.Length / Deviations);
        var (best, likeliest) = (Math.Max(place, earliest), 0.0);
        if (deviation < LeastDeviation)
            return best;
        var reach = 2.5 * deviation;
        for (var i = Math.Max(1, IndexFrom(Math.Max(place - reach, earliest))); i <= Index(place + reach) && i + 1 < _rises.Length; i++)
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
        var (first, end) = (Math.Max(0, Index(start)), Math.Min(_rises.Length, Index(latest)));
        if (end - first <= ShortestWord)
            return latest;
        return Math.Min(latest, _isVoice ? EndOfVoice(first, end) : EndInMix(first, end));
    }

    /// <summary>Where a voice alone has fallen far below its loudest moment, and stays there.</summary>
    private double EndOfVoice(int first, int end)
    {
        var levels = _levels.Decibels.AsSpan(first, end - first);
        var silent = Loudest(levels) - FallOfVoice;
        var below = 0;
        for (var i = 0; i < levels.Length; i++)
        {
            below = levels[i] < silent ? below + 1 : 0;
            if (below >= SilenceOfVoice && i - below >= ShortestWord)
                return TimeAt(first + i - below + 1);
        }
        return double.PositiveInfinity;
    }

    /// <summary>
    /// Where the sound changes for good from a voice with its accompaniment to the accompaniment alone: up to there the levels lie above a
    /// bound between the two by the greatest sum (Page, "Continuous inspection schemes", 1954), so that neither a soft moment of the voice
    /// nor a beat after it decides.
    /// </summary>
    private double EndInMix(int first, int end)
    {
        var levels = _levels.Balanced.AsSpan(first, end - first);
        var (loudest, accompaniment) = (Loudest(levels), AccompanimentAround(first));
        if (loudest - accompaniment < LeastFallOfMix)
            return double.PositiveInfinity;
        var bound = accompaniment + NearAccompaniment * (loudest - accompaniment);
        var (sum, greatest, last) = (0.0, double.NegativeInfinity, 0);
        for (var i = 0; i < levels.Length; i++)
        {
            sum += levels[i] - bound;
            if (i >= ShortestWord && sum > greatest)
                (greatest, last) = (sum, i + 1);
        }
        return levels.Length - last < ShortestPauseOfMix * VoiceLevels.HopsPerSecond ? double.PositiveInfinity : TimeAt(first + last);
    }

    /// <summary>The loudest moment of a word: of its first second, since a louder one may follow where its end is not known.</summary>
    private static float Loudest(ReadOnlySpan<float> levels) =>
        TensorPrimitives.Max(levels[..Math.Min(levels.Length, VoiceLevels.HopsPerSecond)]);

    private float AccompanimentAround(int step)
    {
        float[] levels = [.. _levels.Balanced[Math.Max(0, step - Accompaniment)..Math.Min(_rises.Length, step + Accompaniment)]];
        Array.Sort(levels);
        return levels[levels.Length / 10];
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

    /// <summary>The first step that is not before a time.</summary>
    private int IndexFrom(double time) => (int)Math.Ceiling((time - _start) * VoiceLevels.HopsPerSecond - 1e-6);

    private double TimeAt(int index) => _start + (double)index / VoiceLevels.HopsPerSecond;
}
