using System.Buffers;
using System.Numerics.Tensors;

namespace Libretto.Speech.Timing;

/// <summary>A running median with reflected edges.</summary>
internal static class MedianFilter
{
    /// <summary>Filters a row.</summary>
    /// <param name="values">The row.</param>
    /// <param name="filtered">As long as <paramref name="values"/>, not the same memory.</param>
    /// <param name="width">An odd number of values a median is taken of; a row no longer than half of it is copied.</param>
    public static void Apply(ReadOnlySpan<float> values, Span<float> filtered, int width)
    {
        var (half, length) = (width / 2, values.Length);
        if (length <= half)
        {
            values.CopyTo(filtered);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent((width + 1) * length);
        try
        {
            // The row shifted by each place of the window: place i of all windows is one lane.
            for (var i = 0; i < width; i++)
                Shift(values, i - half, rented.AsSpan(i * length, length));
            // Half a bubble sort, of all windows at once: each pass brings the largest left to the end, until the median is one of those.
            var smaller = rented.AsSpan(width * length, length);
            for (var last = width - 1; last >= half; last--)
                for (var i = 0; i < last; i++)
                {
                    var (low, high) = (rented.AsMemory(i * length, length), rented.AsMemory((i + 1) * length, length));
                    TensorPrimitives.Min(low.Span, high.Span, smaller);
                    TensorPrimitives.Max(low.Span, high.Span, high.Span);
                    smaller.CopyTo(low.Span);
                }
            rented.AsSpan(half * length, length).CopyTo(filtered);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static void Shift(ReadOnlySpan<float> values, int by, Span<float> shifted)
    {
        var (from, to) = (Math.Max(0, -by), Math.Min(values.Length, values.Length - by));
        values[(from + by)..(to + by)].CopyTo(shifted[from..to]);
        for (var i = 0; i < from; i++)
            shifted[i] = values[-(i + by)];
        for (var i = to; i < shifted.Length; i++)
            shifted[i] = values[2 * (values.Length - 1) - (i + by)];
    }
}
