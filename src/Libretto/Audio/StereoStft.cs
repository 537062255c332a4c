using System.Numerics.Tensors;

namespace Libretto.Audio;

/// <summary>
/// One window of stereo audio to its two spectra and back. Left and right go through one complex transform as its real and
/// imaginary parts; being real signals, they come apart again by symmetry. The window is a periodic Hann, applied on both ways:
/// overlapping windows are added and divided by the sum of <see cref="WindowSquared"/>. Serves one thread at a time.
/// </summary>
internal sealed class StereoStft
{
    private readonly ComplexFft _fft;
    private readonly float[] _window;
    private readonly float[] _synthesisWindow;
    private readonly float[] _real;
    private readonly float[] _imaginary;

    /// <param name="size">Frames in a window: a power of two, at least <see cref="ComplexFft.SmallestSize"/>.</param>
    public StereoStft(int size)
    {
        _fft = new ComplexFft(size);
        _window = new float[size];
        for (var i = 0; i < size; i++)
            _window[i] = (float)(0.5 - (0.5 * Math.Cos(2 * Math.PI * i / size)));
        _synthesisWindow = new float[size];
        TensorPrimitives.Divide(_window, size, _synthesisWindow);
        WindowSquared = new float[size];
        TensorPrimitives.Multiply(_window, _window, WindowSquared);
        _real = new float[size];
        _imaginary = new float[size];
    }

    /// <summary>Frames in a window.</summary>
    public int Size => _fft.Size;

    /// <summary>What analysis and synthesis together weigh each frame with.</summary>
    public float[] WindowSquared { get; }

    /// <summary>Analyses a window.</summary>
    /// <param name="frames">Left and right in turn, <see cref="Size"/> frames.</param>
    /// <param name="spectra">Receives the lowest bins, as many as its spans hold (at most half the size, and one); unscaled sums.</param>
    public void Analyse(ReadOnlySpan<float> frames, StereoSpectra spectra)
    {
        for (var i = 0; i < _window.Length; i++)
        {
            _real[i] = frames[2 * i] * _window[i];
            _imaginary[i] = frames[(2 * i) + 1] * _window[i];
        }
        _fft.Transform(_real, _imaginary);
        for (var k = 0; k < spectra.Bins; k++)
        {
            var mirror = (Size - k) & (Size - 1);
            spectra.LeftReal[k] = (_real[k] + _real[mirror]) / 2;
            spectra.LeftImaginary[k] = (_imaginary[k] - _imaginary[mirror]) / 2;
            spectra.RightReal[k] = (_imaginary[k] + _imaginary[mirror]) / 2;
            spectra.RightImaginary[k] = (_real[mirror] - _real[k]) / 2;
        }
    }

    /// <summary>Synthesises a window, weighted.</summary>
    /// <param name="spectra">The lowest bins; those it does not hold are silent.</param>
    /// <param name="frames">Receives left and right in turn, <see cref="Size"/> frames.</param>
    public void Synthesise(StereoSpectra spectra, Span<float> frames)
    {
        Array.Clear(_real);
        Array.Clear(_imaginary);
        for (var k = 0; k < spectra.Bins; k++)
        {
            var mirror = (Size - k) & (Size - 1);
            _real[mirror] = spectra.LeftReal[k] + spectra.RightImaginary[k];
            _imaginary[mirror] = spectra.RightReal[k] - spectra.LeftImaginary[k];
            _real[k] = spectra.LeftReal[k] - spectra.RightImaginary[k];
            _imaginary[k] = spectra.LeftImaginary[k] + spectra.RightReal[k];
        }
        _fft.Transform(_imaginary, _real);
        for (var i = 0; i < _synthesisWindow.Length; i++)
        {
            frames[2 * i] = _real[i] * _synthesisWindow[i];
            frames[(2 * i) + 1] = _imaginary[i] * _synthesisWindow[i];
        }
    }
}

/// <summary>The lowest bins of a left and a right spectrum; all four spans of one length.</summary>
internal readonly ref struct StereoSpectra(
    Span<float> leftReal, Span<float> leftImaginary, Span<float> rightReal, Span<float> rightImaginary)
{
    public Span<float> LeftReal { get; } = leftReal;

    public Span<float> LeftImaginary { get; } = leftImaginary;

    public Span<float> RightReal { get; } = rightReal;

    public Span<float> RightImaginary { get; } = rightImaginary;

    public int Bins => LeftReal.Length;
}
