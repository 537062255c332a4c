using System.Buffers;
using System.Numerics.Tensors;
using Libretto.Audio;
using Libretto.Audio.Activity;

namespace Libretto.Pitch;

/// <summary>
/// Follows the melody of a whole recording, accompaniment and all, without a network: of all ways through the pitches the one that
/// stands out most (<see cref="Salience"/>) and leaps least (a Viterbi search; compare J. Salamon and E. Gómez, "Melody extraction from
/// polyphonic music signals using pitch contour characteristics", IEEE TASLP 20(6), 2012). Half tones are surer than octaves.
/// </summary>
internal static class MelodyTracker
{
    // What a leap of one half tone costs, in frames of the pitch that stands out most; from as many half tones on it is no more.
    private const float LeapCost = 2f;
    private const float WidestLeap = 6f;

    // A frame is sung if its pitch stands out at least so much against where the melody does most (decibels): within some seconds
    // around it, and in the whole song.
    private const double NearBy = -6, InAll = -20;
    private const double Most = 0.95;
    private const int Around = (int)(4 / PitchTrack.Hop);

    // Nothing stands out as much, decibels, in sixteen bits of dither; a voice 80 dB below full scale does.
    private const float Silent = -10;

    private const int BlockFrames = 1024;

    /// <summary>Listens to a whole recording.</summary>
    /// <param name="song">Stereo, 16 kHz.</param>
    /// <param name="progress">Share done, 0 to 1.</param>
    /// <param name="cancellationToken">Felt within a few seconds' worth of sound.</param>
    public static PitchTrack Track(PcmFile song, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(song.SampleRate, PitchTrack.SampleRate);
        ArgumentOutOfRangeException.ThrowIfNotEqual(song.Channels, 2);
        var frames = (int)((song.Frames + PitchTrack.HopSamples - 1) / PitchTrack.HopSamples);
        var track = new PitchTrack(new float[frames], new float[frames], new float[frames]);
        var search = new Search(frames);
        for (var first = 0; first < frames; first += BlockFrames)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Listen(song, search, track, first, Math.Min(BlockFrames, frames - first));
            progress?.Report((double)Math.Min(first + BlockFrames, frames) / frames);
        }
        search.Finish(track.Hertz, track.Confidence);
        RateConfidence(track.Confidence);
        return track;
    }

    private static void Listen(PcmFile song, Search search, PitchTrack track, int first, int count)
    {
        const int Window = 2 * Salience.WindowFrames;
        const int Hop = 2 * PitchTrack.HopSamples;
        var measure = new Salience();
        var length = ((count - 1) * Hop) + Window;
        var rented = ArrayPool<float>.Shared.Rent(length);
        try
        {
            var samples = rented.AsSpan(0, length);
            // A frame is looked at in the middle of a window.
            song.Read(((long)first * PitchTrack.HopSamples) + ((PitchTrack.HopSamples - Salience.WindowFrames) / 2), samples);
            Span<float> salience = stackalloc float[Salience.Pitches];
            for (var i = 0; i < count; i++)
            {
                track.Level[first + i] = measure.Measure(samples.Slice(i * Hop, Window), salience);
                search.Add(salience);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>How much the melody stands out becomes how sure it is that there is one.</summary>
    private static void RateConfidence(Span<float> salience)
    {
        var levels = new float[salience.Length];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = 20 * MathF.Log10(salience[i] + 1e-9f);
        if (levels.Length == 0 || levels.Max() < Silent)
        {
            salience.Clear();
            return;
        }
        var all = new SlidingPercentiles(levels, levels.Length);
        all.MoveTo(0);
        var (least, near) = (all.At(Most) + InAll, new SlidingPercentiles(levels, Around));
        for (var i = 0; i < levels.Length; i++)
        {
            near.MoveTo(i);
            var above = levels[i] - Math.Max(least, near.At(Most) + NearBy);
            salience[i] = (float)Math.Min(1, PitchTrack.Voiced * Math.Pow(10, above / 20));
        }
    }

    /// <summary>The search for the best way, a frame at a time; two bytes are kept of each pitch of each frame.</summary>
    private sealed class Search(int frames)
    {
        private const float StepCost = LeapCost * (float)Salience.Step;

        private readonly byte[] _from = new byte[frames * Salience.Pitches];
        private readonly byte[] _shares = new byte[frames * Salience.Pitches];
        private readonly float[] _most = new float[frames];
        private readonly float[] _scores = new float[Salience.Pitches];
        private readonly float[] _reached = new float[Salience.Pitches];
        private int _count;

        public void Add(ReadOnlySpan<float> salience)
        {
            Reach(Row(_from, _count));
            var shares = Row(_shares, _count);
            var most = _most[_count++] = TensorPrimitives.Max(salience);
            for (var pitch = 0; pitch < Salience.Pitches; pitch++)
            {
                var share = most > 0 ? salience[pitch] / most : 0;
                _scores[pitch] = _reached[pitch] + share;
                shares[pitch] = (byte)(share * byte.MaxValue);
            }
        }

        /// <summary>Goes the best way back.</summary>
        /// <param name="hertz">Receives its pitch in each frame.</param>
        /// <param name="salience">Receives how much that stands out.</param>
        public void Finish(Span<float> hertz, Span<float> salience)
        {
            var at = TensorPrimitives.IndexOfMax(_scores);
            for (var frame = _count - 1; frame >= 0; frame--)
            {
                hertz[frame] = (float)(440 * Math.Pow(2, (Salience.NoteOf(at) - 69) / 12));
                salience[frame] = _most[frame] * Row(_shares, frame)[at] / byte.MaxValue;
                at = Row(_from, frame)[at];
            }
        }

        /// <summary>
        /// How well each pitch can be reached, and from where: from its neighbours in two sweeps, or by a leap from the best.
        /// </summary>
        private void Reach(Span<byte> from)
        {
            var best = TensorPrimitives.IndexOfMax(_scores);
            // Scores count from the best, so that they stay exact however long the song is.
            TensorPrimitives.Subtract(_scores, _scores[best], _scores);
            for (var pitch = 0; pitch < Salience.Pitches; pitch++)
                (_reached[pitch], from[pitch]) = _scores[pitch] >= -LeapCost * WidestLeap
                    ? (_scores[pitch], (byte)pitch)
                    : (-LeapCost * WidestLeap, (byte)best);
            for (var pitch = 1; pitch < Salience.Pitches; pitch++)
                ReachFrom(pitch - 1, pitch, from);
            for (var pitch = Salience.Pitches - 2; pitch >= 0; pitch--)
                ReachFrom(pitch + 1, pitch, from);
        }

        private void ReachFrom(int neighbour, int pitch, Span<byte> from)
        {
            if (_reached[neighbour] - StepCost > _reached[pitch])
                (_reached[pitch], from[pitch]) = (_reached[neighbour] - StepCost, from[neighbour]);
        }

        private static Span<byte> Row(byte[] rows, int frame) => rows.AsSpan(frame * Salience.Pitches, Salience.Pitches);
    }
}
