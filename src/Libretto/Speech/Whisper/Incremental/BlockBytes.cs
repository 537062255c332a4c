using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>Turns numbers into bytes with one scale.</summary>
internal static class BlockBytes
{
    private const int Largest = 127;

    /// <summary>Numbers that share a scale.</summary>
    public const int Length = 64;

    /// <summary>Turns a block's numbers into bytes from -127 to 127.</summary>
    /// <param name="numbers"><see cref="Length"/> of them.</param>
    /// <param name="bytes">As many; overwritten.</param>
    /// <returns>What a byte is to be multiplied by.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Write(ReadOnlySpan<float> numbers, Span<sbyte> bytes)
    {
        var (a, b) = (Vector512.Create(numbers), Vector512.Create(numbers[16..]));
        var (c, d) = (Vector512.Create(numbers[32..]), Vector512.Create(numbers[48..]));
        var most = Vector512.Max(Vector512.Max(Vector512.Abs(a), Vector512.Abs(b)), Vector512.Max(Vector512.Abs(c), Vector512.Abs(d)));
        var scale = Greatest(most) / Largest;
        var steps = Vector512.Create(scale == 0 ? 0 : 1 / scale);
        var low = Vector512.Narrow(Whole(a * steps), Whole(b * steps));
        var high = Vector512.Narrow(Whole(c * steps), Whole(d * steps));
        Vector512.Narrow(low, high).CopyTo(bytes);
        return scale;
    }

    /// <summary>The sum of a block's bytes.</summary>
    public static int Sum(ReadOnlySpan<sbyte> bytes)
    {
        var (low, high) = Vector512.Widen(Vector512.Create(bytes));
        return Vector512.Sum(low + high); // 8,128 at most
    }

    /// <summary>The greatest of sixteen numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greatest(Vector512<float> numbers)
    {
        var half = Vector256.Max(numbers.GetLower(), numbers.GetUpper());
        var quarter = Vector128.Max(half.GetLower(), half.GetUpper());
        return MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
    }

    /// <summary>Numbers rounded to whole ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Whole(Vector512<float> numbers) => Vector512.ConvertToInt32(Vector512.Round(numbers));
}
