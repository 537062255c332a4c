using System.Runtime.Intrinsics;

namespace Libretto.Audio.Activity;

/// <summary>
/// Four band filters in the four lanes of one vector: 200-500, 500-1000, 1000-2000 and 2000-4000 Hz, each a high pass and a low pass
/// of second order (Butterworth; coefficients by the Audio EQ Cookbook), after a pre-emphasis.
/// </summary>
internal sealed class VoiceBands
{
    public const int Count = 4;

    private const float PreEmphasis = 0.97f;

    // Keeps the filters' decaying memory out of the range of subnormal numbers, which are slow.
    private const float Offset = 1e-15f;

    private readonly Section _highPass;
    private readonly Section _lowPass;
    private float _previous;
    private Vector128<float> _high1, _high2, _low1, _low2;

    public VoiceBands(int sampleRate)
    {
        _highPass = Section.Design(sampleRate, [200, 500, 1000, 2000], isHighPass: true);
        _lowPass = Section.Design(sampleRate, [500, 1000, 2000, 4000], isHighPass: false);
    }

    /// <summary>Filters the next samples and sums the squares in each band.</summary>
    public Vector128<float> Energy(ReadOnlySpan<float> samples)
    {
        var (high, low) = (_highPass, _lowPass);
        var (high1, high2, low1, low2) = (_high1, _high2, _low1, _low2);
        var previous = _previous;
        var energy = Vector128<float>.Zero;
        foreach (var sample in samples)
        {
            var input = Vector128.Create(sample - (PreEmphasis * previous) + Offset);
            previous = sample;
            var middle = high.Step(input, ref high1, ref high2);
            var output = low.Step(middle, ref low1, ref low2);
            energy += output * output;
        }
        (_high1, _high2, _low1, _low2, _previous) = (high1, high2, low1, low2, previous);
        return energy;
    }

    /// <summary>Four filters of second order, transposed direct form II.</summary>
    private readonly struct Section
    {
        private readonly Vector128<float> _b0, _b1, _b2, _a1, _a2;

        private Section(ReadOnlySpan<float> b0, ReadOnlySpan<float> b1, ReadOnlySpan<float> a1, ReadOnlySpan<float> a2)
        {
            _b0 = Vector128.Create(b0);
            _b1 = Vector128.Create(b1);
            _b2 = _b0;
            _a1 = Vector128.Create(a1);
            _a2 = Vector128.Create(a2);
        }

        public static Section Design(int sampleRate, ReadOnlySpan<double> cutoffs, bool isHighPass)
        {
            Span<float> b0 = stackalloc float[Count], b1 = stackalloc float[Count];
            Span<float> a1 = stackalloc float[Count], a2 = stackalloc float[Count];
            for (var i = 0; i < Count; i++)
            {
                var omega = 2 * Math.PI * Math.Min(cutoffs[i] / sampleRate, 0.45);
                var (sin, cos) = Math.SinCos(omega);
                var alpha = sin / Math.Sqrt(2);
                var side = isHighPass ? (1 + cos) / 2 : (1 - cos) / 2;
                b0[i] = (float)(side / (1 + alpha));
                b1[i] = (float)((isHighPass ? -2 : 2) * side / (1 + alpha));
                a1[i] = (float)(-2 * cos / (1 + alpha));
                a2[i] = (float)((1 - alpha) / (1 + alpha));
            }
            return new Section(b0, b1, a1, a2);
        }

        public Vector128<float> Step(Vector128<float> input, ref Vector128<float> state1, ref Vector128<float> state2)
        {
            var output = Vector128.FusedMultiplyAdd(_b0, input, state1);
            state1 = Vector128.FusedMultiplyAdd(_b1, input, state2) - (_a1 * output);
            state2 = (_b2 * input) - (_a2 * output);
            return output;
        }
    }
}
