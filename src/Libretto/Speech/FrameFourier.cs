using System.Numerics;

namespace Libretto.Speech;

/// <summary>
/// The power spectrum of several real frames at once. Each lane of a vector holds another frame, so that the transform's
/// steps need no shuffles: a frame's even and odd samples make half as many complex points, which pass one matrix stage a
/// radix (Stockham's self-sorting order) and are then told apart.
/// </summary>
internal sealed class FrameFourier
{
    private readonly int _points;
    private readonly List<Step> _steps = [];
    private readonly float[] _cosines;
    private readonly float[] _sines;

    /// <summary>Prepares a transform.</summary>
    /// <param name="length">Samples a frame, even.</param>
    /// <param name="radices">Factors of half the length.</param>
    public FrameFourier(int length, params ReadOnlySpan<int> radices)
    {
        _points = length / 2;
        var remaining = _points;
        var stride = 1;
        foreach (var radix in radices)
        {
            _steps.Add(new Step(radix, remaining / radix, stride));
            remaining /= radix;
            stride *= radix;
        }
        if (remaining != 1)
            throw new ArgumentException("The radices must multiply to half the length.", nameof(radices));
        _cosines = new float[_points + 1];
        _sines = new float[_points + 1];
        for (var k = 0; k <= _points; k++)
            (_sines[k], _cosines[k]) = ((float, float))Math.SinCos(-Math.Tau * k / length);
    }

    /// <summary>Vectors that <see cref="Power"/> needs to work in.</summary>
    public int WorkLength => 4 * _points;

    /// <summary>Squared magnitudes of frequencies 0 to half the length.</summary>
    /// <param name="samples">One vector a sample.</param>
    /// <param name="power">Filled: one vector a frequency, half the frame's length and one more.</param>
    /// <param name="work">At least <see cref="WorkLength"/>; overwritten.</param>
    public void Power(ReadOnlySpan<Vector<float>> samples, Span<Vector<float>> power, Span<Vector<float>> work)
    {
        var points = _points;
        var from = work[..(2 * points)];
        var to = work.Slice(2 * points, 2 * points);
        samples[..(2 * points)].CopyTo(from);
        foreach (var step in _steps)
        {
            step.Run(from, to);
            var swapped = from;
            from = to;
            to = swapped;
        }

        for (var k = 0; k <= points; k++)
        {
            var a = 2 * (k % points);
            var b = 2 * ((points - k) % points);
            var evenRe = from[a] + from[b];
            var evenIm = from[a + 1] - from[b + 1];
            var oddRe = from[a + 1] + from[b + 1];
            var oddIm = from[b] - from[a];
            var re = evenRe + _cosines[k] * oddRe - _sines[k] * oddIm;
            var im = evenIm + _cosines[k] * oddIm + _sines[k] * oddRe;
            power[k] = (re * re + im * im) * 0.25f;
        }
    }

    /// <summary>One radix: small matrices, twiddle factors included, applied to interleaved complex points.</summary>
    private sealed class Step(int radix, int blocks, int stride)
    {
        private readonly float[] _matrices = Matrices(radix, blocks);

        public void Run(ReadOnlySpan<Vector<float>> from, Span<Vector<float>> to)
        {
            var matrix = 0;
            for (var block = 0; block < blocks; block++)
            {
                for (var row = 0; row < radix; row++, matrix += 2 * radix)
                {
                    var factors = _matrices.AsSpan(matrix, 2 * radix);
                    for (var offset = 0; offset < stride; offset++)
                    {
                        var re = Vector<float>.Zero;
                        var im = Vector<float>.Zero;
                        for (var k = 0; k < radix; k++)
                        {
                            var at = 2 * (offset + stride * (block + blocks * k));
                            var cosine = new Vector<float>(factors[2 * k]);
                            var sine = new Vector<float>(factors[2 * k + 1]);
                            re = Vector.FusedMultiplyAdd(from[at], cosine, re);
                            re = Vector.FusedMultiplyAdd(-from[at + 1], sine, re);
                            im = Vector.FusedMultiplyAdd(from[at], sine, im);
                            im = Vector.FusedMultiplyAdd(from[at + 1], cosine, im);
                        }
                        var target = 2 * (offset + stride * (radix * block + row));
                        to[target] = re;
                        to[target + 1] = im;
                    }
                }
            }
        }

        private static float[] Matrices(int radix, int blocks)
        {
            var length = radix * blocks;
            var factors = new float[2 * length * radix];
            var at = 0;
            for (var block = 0; block < blocks; block++)
                for (var row = 0; row < radix; row++)
                    for (var k = 0; k < radix; k++, at += 2)
                        (factors[at + 1], factors[at]) = ((float, float))Math.SinCos(
                            -Math.Tau * ((double)block * row / length + (double)row * k / radix));
            return factors;
        }
    }
}
