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
        var half = width / 2;
        if (values.Length <= half)
        {
            values.CopyTo(filtered);
            return;
        }

        Span<float> window = stackalloc float[width];
        for (var at = 0; at < values.Length; at++)
        {
            for (var i = 0; i < width; i++)
                window[i] = values[Reflect(at + i - half, values.Length)];
            InsertionSort(window);
            filtered[at] = window[half];
        }
    }

    private static int Reflect(int index, int length) =>
        index < 0 ? -index : index >= length ? 2 * (length - 1) - index : index;

    private static void InsertionSort(Span<float> values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            var value = values[i];
            var j = i - 1;
            for (; j >= 0 && values[j] > value; j--)
                values[j + 1] = values[j];
            values[j + 1] = value;
        }
    }
}
