using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>What happens to numbers between a decoder's products.</summary>
internal static class Activations
{
    private const float Epsilon = 1e-5f;

    /// <summary>Numbers worked on at once.</summary>
    private const int Chunk = 512;

    /// <summary>Brings each row to mean 0 and variance 1, then scales and shifts it.</summary>
    /// <param name="rows">[rows, width].</param>
    /// <param name="norm">Of that width.</param>
    /// <param name="results">As large; overwritten.</param>
    public static void Normalize(ReadOnlySpan<float> rows, LayerNorm norm, Span<float> results)
    {
        var width = norm.Scale.Length;
        for (var at = 0; at < rows.Length; at += width)
        {
            var result = results.Slice(at, width);
            TensorPrimitives.Subtract(rows.Slice(at, width), TensorPrimitives.Sum(rows.Slice(at, width)) / width, result);
            var variance = TensorPrimitives.SumOfSquares<float>(result) / width;
            TensorPrimitives.Multiply(result, 1 / MathF.Sqrt(variance + Epsilon), result);
            TensorPrimitives.MultiplyAdd(result, norm.Scale, norm.Shift, result);
        }
    }

    /// <summary>
    /// The Gaussian error linear unit, x times the share of a normal distribution below x, in place. The error function after Abramowitz
    /// and Stegun 7.1.26, exact to 2e-7.
    /// </summary>
    /// <param name="numbers">A multiple of 16.</param>
    public static void Gelu(Span<float> numbers)
    {
        Span<float> powers = stackalloc float[Chunk];
        for (var at = 0; at < numbers.Length; at += Chunk)
        {
            var chunk = numbers[at..Math.Min(at + Chunk, numbers.Length)];
            var part = powers[..chunk.Length];
            TensorPrimitives.Multiply(chunk, chunk, part);
            TensorPrimitives.Multiply(part, -0.5f, part);
            TensorPrimitives.Exp<float>(part, part);
            Gelu(chunk, part);
        }
    }

    /// <param name="numbers">The numbers x.</param>
    /// <param name="powers">exp(-x² / 2) of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gelu(Span<float> numbers, ReadOnlySpan<float> powers)
    {
        var one = Vector512<float>.One;
        for (var i = 0; i < numbers.Length; i += Vector512<float>.Count)
        {
            var x = Vector512.Create<float>(numbers[i..]);
            var t = one / Vector512.FusedMultiplyAdd(Vector512.Abs(x), Vector512.Create(0.3275911f * 0.70710678f), one);
            var polynomial = Vector512.FusedMultiplyAdd(t, Vector512.Create(1.061405429f), Vector512.Create(-1.453152027f));
            polynomial = Vector512.FusedMultiplyAdd(polynomial, t, Vector512.Create(1.421413741f));
            polynomial = Vector512.FusedMultiplyAdd(polynomial, t, Vector512.Create(-0.284496736f));
            polynomial = Vector512.FusedMultiplyAdd(polynomial, t, Vector512.Create(0.254829592f)) * t;
            var error = one - polynomial * Vector512.Create(powers[i..]);
            (0.5f * x * (one + Vector512.CopySign(error, x))).CopyTo(numbers[i..]);
        }
    }
}
