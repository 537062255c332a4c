using System.Numerics.Tensors;
using Libretto.Audio;

namespace Libretto.Pitch;

/// <summary>
/// How much each pitch stands out in one frame of a recording: the weighted sum of the spectrum at its harmonics (after A. Klapuri,
/// "Multiple fundamental frequency estimation by summing harmonic amplitudes", ISMIR 2006), less what lies midway between them, which an
/// octave below has and the pitch itself has not (after A. Camacho and J. Harris, SWIPE, JASA 124, 2008). What is not in the middle of the
/// stereo picture, where singers are, counts less, and the bass nothing. Serves one thread at a time.
/// </summary>
internal sealed class Salience
{
    /// <summary>Frames of the recording that one look takes in: 128 ms.</summary>
    public const int WindowFrames = 2048;

    /// <summary>Pitches looked at: <see cref="Lowest"/> and up, a quarter of a half tone apart, 82 to 1,032 Hz.</summary>
    public const int Pitches = (int)((84 - Lowest) / Step);

    /// <summary>The lowest pitch, a MIDI note number.</summary>
    public const double Lowest = 40;

    /// <summary>From one pitch to the next, half tones.</summary>
    public const double Step = 0.25;

    private const int Bins = (WindowFrames / 2) + 1;
    private const double BinHertz = (double)PitchTrack.SampleRate / WindowFrames;
    private const int Harmonics = 12;
    private const float Decay = 0.85f;
    private const float Between = 0.8f;
    private const double HighestHarmonic = 5_000;

    // What lies aside keeps this share at least: a voice that was recorded on one side alone is still heard.
    private const float AsideShare = 0.2f;

    // The bass is in the middle too: what is lower than the first counts nothing, from the second on all counts, hertz.
    private const double BassEnds = 120, AllCounts = 200;

    private static readonly float[] s_bassCut =
        [.. Enumerable.Range(0, Bins).Select(bin => (float)Math.Clamp((bin * BinHertz - BassEnds) / (AllCounts - BassEnds), 0, 1))];

    private static readonly Tap[][] s_taps = [.. Enumerable.Range(0, Pitches).Select(TapsOf)];

    private readonly StereoStft _stft = new(WindowFrames);
    private readonly float[] _spectra = new float[4 * Bins];
    private readonly float[] _middle = new float[Bins];
    private readonly float[] _side = new float[Bins];

    /// <summary>A pitch of the list, as a MIDI note number.</summary>
    public static double NoteOf(int pitch) => Lowest + (pitch * Step);

    /// <summary>Looks at one window.</summary>
    /// <param name="frames">Left and right in turn, <see cref="WindowFrames"/> frames at 16 kHz.</param>
    /// <param name="salience">Receives 0 or more for each of <see cref="Pitches"/>.</param>
    /// <returns>How loud the middle is, decibels (-120 is silence).</returns>
    public float Measure(ReadOnlySpan<float> frames, Span<float> salience)
    {
        var level = FindMiddle(frames);
        for (var pitch = 0; pitch < Pitches; pitch++)
        {
            var sum = 0f;
            foreach (var tap in s_taps[pitch])
                sum += tap.Weight * (_middle[tap.Bin] + (tap.Part * (_middle[tap.Bin + 1] - _middle[tap.Bin])));
            salience[pitch] = Math.Max(0, sum);
        }
        return level;
    }

    /// <summary>The spectrum of the middle: what both sides share, less what they do not, as the roots of magnitudes.</summary>
    private float FindMiddle(ReadOnlySpan<float> frames)
    {
        var leftReal = _spectra.AsSpan(0, Bins);
        var leftImaginary = _spectra.AsSpan(Bins, Bins);
        var rightReal = _spectra.AsSpan(2 * Bins, Bins);
        var rightImaginary = _spectra.AsSpan(3 * Bins, Bins);
        _stft.Analyse(frames, new StereoSpectra(leftReal, leftImaginary, rightReal, rightImaginary));
        for (var k = 0; k < Bins; k++)
        {
            var (sumReal, sumImaginary) = (leftReal[k] + rightReal[k], leftImaginary[k] + rightImaginary[k]);
            var (otherReal, otherImaginary) = (leftReal[k] - rightReal[k], leftImaginary[k] - rightImaginary[k]);
            _middle[k] = (sumReal * sumReal) + (sumImaginary * sumImaginary);
            _side[k] = (otherReal * otherReal) + (otherImaginary * otherImaginary);
        }
        TensorPrimitives.Sqrt(_middle, _middle);
        TensorPrimitives.Sqrt(_side, _side);
        for (var k = 0; k < Bins; k++)
            _middle[k] = Math.Max(_middle[k] - _side[k], AsideShare * _middle[k]);
        var power = TensorPrimitives.SumOfSquares(_middle) / ((float)WindowFrames * WindowFrames);
        TensorPrimitives.Sqrt(_middle, _middle);
        TensorPrimitives.Multiply(_middle, s_bassCut, _middle);
        return 10 * MathF.Log10(power + 1e-12f);
    }

    private static Tap[] TapsOf(int pitch)
    {
        var hertz = 440 * Math.Pow(2, (NoteOf(pitch) - 69) / 12);
        return
        [
            .. Enumerable.Range(1, Harmonics).Where(harmonic => harmonic * hertz < HighestHarmonic).SelectMany(harmonic =>
            {
                var weight = MathF.Pow(Decay, harmonic - 1);
                return (Tap[])[Tap.At(harmonic * hertz, weight), Tap.At((harmonic - 0.5) * hertz, -Between * weight)];
            }),
        ];
    }

    /// <summary>A place between two bins, and what is found there counts as.</summary>
    private readonly record struct Tap(int Bin, float Part, float Weight)
    {
        public static Tap At(double hertz, float weight)
        {
            var place = hertz / BinHertz;
            return new Tap((int)place, (float)(place - Math.Floor(place)), weight);
        }
    }
}
