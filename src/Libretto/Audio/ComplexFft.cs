using System.Numerics;
using System.Runtime.InteropServices;

namespace Libretto.Audio;

/// <summary>
/// The discrete Fourier transform of complex signals of one length. The four-step method (Bailey, 1990): seen as a matrix, the
/// signal is transformed down its columns, turned by the twiddle factors, transposed and transformed down its columns again.
/// Every inner loop then runs over a whole row with one factor, which is what vector instructions want. Columns go through
/// Stockham's self-sorting butterflies, radix 4. An instance keeps its working memory and serves one thread at a time.
/// </summary>
internal sealed class ComplexFft
{
    /// <summary>Below this a row would be shorter than the widest vector.</summary>
    public const int SmallestSize = 256;

    private readonly int _rows;
    private readonly int _columns;
    private readonly Twiddles _down;
    private readonly Twiddles _across;
    private readonly float[] _turnReal;
    private readonly float[] _turnImaginary;
    private readonly float[] _spareReal;
    private readonly float[] _spareImaginary;

    public ComplexFft(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        if (!BitOperations.IsPow2(size))
            throw new ArgumentException("The size must be a power of two.", nameof(size));
        Size = size;
        _rows = 1 << (BitOperations.Log2((uint)size) / 2);
        _columns = size / _rows;
        _down = new Twiddles(_rows);
        _across = new Twiddles(_columns);
        _turnReal = new float[size];
        _turnImaginary = new float[size];
        for (var row = 0; row < _rows; row++)
            for (var column = 0; column < _columns; column++)
                (_turnImaginary[(row * _columns) + column], _turnReal[(row * _columns) + column]) = SinCos(-row * column, size);
        _spareReal = new float[size];
        _spareImaginary = new float[size];
    }

    /// <summary>Samples in, bins out.</summary>
    public int Size { get; }

    /// <summary>
    /// Transforms in place, without scaling: bin k is the sum over n of x[n] exp(-2 pi i k n / size). Given the imaginary part
    /// as the real one and the reverse, this is the inverse transform times the size.
    /// </summary>
    public void Transform(Span<float> real, Span<float> imaginary)
    {
        real = real[..Size];
        imaginary = imaginary[..Size];
        var a = new Planes(real, imaginary);
        var b = new Planes(_spareReal, _spareImaginary);
        if (Columns(a, b, _down, _columns))
            Swap(ref a, ref b);
        Turn(a.Real, a.Imaginary);
        Transpose(a.Real, b.Real);
        Transpose(a.Imaginary, b.Imaginary);
        if (Columns(b, a, _across, _rows))
            Swap(ref a, ref b);
        if (b.Real == real)
            return;
        b.Real.CopyTo(real);
        b.Imaginary.CopyTo(imaginary);
    }

    /// <summary>Transforms each column of a matrix; true when the result is in <paramref name="y"/>.</summary>
    private static bool Columns(Planes x, Planes y, Twiddles twiddles, int width)
    {
        var swapped = false;
        var left = twiddles.Size;
        for (; left >= 4; left /= 4, width *= 4)
        {
            for (var p = 0; p < left / 4; p++)
                Radix4(x, y, twiddles, p, left, width);
            Swap(ref x, ref y);
            swapped = !swapped;
        }
        if (left == 2)
        {
            Radix2(x.Real, y.Real, width);
            Radix2(x.Imaginary, y.Imaginary, width);
            swapped = !swapped;
        }
        return swapped;
    }

    private static void Radix4(Planes x, Planes y, Twiddles twiddles, int p, int left, int width)
    {
        var step = twiddles.Size / left * p;
        var (w1r, w1i) = twiddles[step];
        var (w2r, w2i) = twiddles[2 * step];
        var (w3r, w3i) = twiddles[3 * step];
        var quarter = left / 4;
        var (ar, ai) = x.Row(p, width);
        var (br, bi) = x.Row(p + quarter, width);
        var (cr, ci) = x.Row(p + (2 * quarter), width);
        var (dr, di) = x.Row(p + (3 * quarter), width);
        var (y0r, y0i) = y.Row(4 * p, width);
        var (y1r, y1i) = y.Row((4 * p) + 1, width);
        var (y2r, y2i) = y.Row((4 * p) + 2, width);
        var (y3r, y3i) = y.Row((4 * p) + 3, width);
        for (var i = 0; i < ar.Length; i++)
        {
            var (sumR, sumI) = (ar[i] + cr[i], ai[i] + ci[i]);
            var (differenceR, differenceI) = (ar[i] - cr[i], ai[i] - ci[i]);
            var (otherR, otherI) = (br[i] + dr[i], bi[i] + di[i]);
            var (turnedR, turnedI) = (bi[i] - di[i], dr[i] - br[i]);
            y0r[i] = sumR + otherR;
            y0i[i] = sumI + otherI;
            var (r, m) = (differenceR + turnedR, differenceI + turnedI);
            y1r[i] = (r * w1r) - (m * w1i);
            y1i[i] = (r * w1i) + (m * w1r);
            (r, m) = (sumR - otherR, sumI - otherI);
            y2r[i] = (r * w2r) - (m * w2i);
            y2i[i] = (r * w2i) + (m * w2r);
            (r, m) = (differenceR - turnedR, differenceI - turnedI);
            y3r[i] = (r * w3r) - (m * w3i);
            y3i[i] = (r * w3i) + (m * w3r);
        }
    }

    private static void Radix2(Span<float> x, Span<float> y, int width)
    {
        var a = MemoryMarshal.Cast<float, Vector<float>>(x[..width]);
        var b = MemoryMarshal.Cast<float, Vector<float>>(x.Slice(width, width));
        var sum = MemoryMarshal.Cast<float, Vector<float>>(y[..width]);
        var difference = MemoryMarshal.Cast<float, Vector<float>>(y.Slice(width, width));
        for (var i = 0; i < a.Length; i++)
        {
            sum[i] = a[i] + b[i];
            difference[i] = a[i] - b[i];
        }
    }

    private void Turn(Span<float> real, Span<float> imaginary)
    {
        var xr = MemoryMarshal.Cast<float, Vector<float>>(real);
        var xi = MemoryMarshal.Cast<float, Vector<float>>(imaginary);
        var wr = MemoryMarshal.Cast<float, Vector<float>>(_turnReal);
        var wi = MemoryMarshal.Cast<float, Vector<float>>(_turnImaginary);
        for (var i = 0; i < xr.Length; i++)
        {
            var (r, m) = (xr[i], xi[i]);
            xr[i] = (r * wr[i]) - (m * wi[i]);
            xi[i] = (r * wi[i]) + (m * wr[i]);
        }
    }

    /// <summary>In tiles, so that neither side leaves the first cache.</summary>
    private void Transpose(ReadOnlySpan<float> from, Span<float> to)
    {
        const int Tile = 16;
        for (var top = 0; top < _rows; top += Tile)
        {
            for (var left = 0; left < _columns; left += Tile)
            {
                for (var row = top; row < top + Tile; row++)
                {
                    var line = from.Slice((row * _columns) + left, Tile);
                    for (var i = 0; i < line.Length; i++)
                        to[((left + i) * _rows) + row] = line[i];
                }
            }
        }
    }

    private static (float Sin, float Cos) SinCos(int numerator, int size)
    {
        var (sin, cos) = Math.SinCos(2 * Math.PI * numerator / size);
        return ((float)sin, (float)cos);
    }

    private static void Swap(ref Planes a, ref Planes b)
    {
        var c = a;
        a = b;
        b = c;
    }

    /// <summary>exp(-2 pi i k / size) for every k.</summary>
    private sealed class Twiddles
    {
        private readonly (float Real, float Imaginary)[] _values;

        public Twiddles(int size)
        {
            _values = new (float, float)[size];
            for (var k = 0; k < size; k++)
                (_values[k].Imaginary, _values[k].Real) = SinCos(-k, size);
        }

        public int Size => _values.Length;

        public (Vector<float> Real, Vector<float> Imaginary) this[int k] => (new(_values[k].Real), new(_values[k].Imaginary));
    }

    private readonly ref struct Planes(Span<float> real, Span<float> imaginary)
    {
        public Span<float> Real { get; } = real;

        public Span<float> Imaginary { get; } = imaginary;

        public RowPair Row(int row, int width) => new(
            MemoryMarshal.Cast<float, Vector<float>>(Real.Slice(row * width, width)),
            MemoryMarshal.Cast<float, Vector<float>>(Imaginary.Slice(row * width, width)));
    }

    private readonly ref struct RowPair(Span<Vector<float>> real, Span<Vector<float>> imaginary)
    {
        private readonly Span<Vector<float>> _real = real;
        private readonly Span<Vector<float>> _imaginary = imaginary;

        public void Deconstruct(out Span<Vector<float>> real, out Span<Vector<float>> imaginary)
        {
            real = _real;
            imaginary = _imaginary;
        }
    }
}
