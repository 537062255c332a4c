using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Libretto.Speech.Whisper.Incremental;

/// <summary>
/// Numbers in 14 bits, as two digits of seven: 128 x high + low. Products of such a digit and a signed byte are exact on every processor,
/// four of them added in one step.
/// </summary>
internal static unsafe class TwoDigits
{
    /// <summary>What a high digit counts.</summary>
    public const int Base = 128;

    /// <summary>What digits stand for 0 where numbers may be negative.</summary>
    public const int Zero = Base * Base / 2;

    private const int Lanes = 16;

    /// <summary>Writes numbers as digits: a number is (128 high + low - <see cref="Zero"/>) x the scale.</summary>
    /// <param name="numbers">A multiple of 16.</param>
    /// <param name="high">As many; overwritten.</param>
    /// <param name="low">As many; overwritten.</param>
    /// <returns>The scale.</returns>
    public static float WriteSigned(ReadOnlySpan<float> numbers, Span<byte> high, Span<byte> low) =>
        Write(numbers, high, low, Zero, Zero - 1);

    /// <summary>Writes numbers that are not negative as digits: a number is (128 high + low) x the scale.</summary>
    /// <param name="numbers">A multiple of 16.</param>
    /// <param name="high">As many; overwritten.</param>
    /// <param name="low">As many; overwritten.</param>
    /// <returns>The scale.</returns>
    public static float Write(ReadOnlySpan<float> numbers, Span<byte> high, Span<byte> low) =>
        Write(numbers, high, low, 0, Base * Base - 1);

    /// <summary>Adds, in each lane, four products of digits and bytes from -127 to 127; exact.</summary>
    /// <param name="sum">What they are added to.</param>
    /// <param name="digits">Four digits, the same for each lane.</param>
    /// <param name="bytes">Four bytes a lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sum, Vector256<byte> digits, Vector256<sbyte> bytes) => AvxVnni.IsSupported
        ? AvxVnni.MultiplyWideningAndAdd(sum, digits, bytes)
        : sum + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(digits, bytes), Vector256<short>.One);

    /// <summary>Four digits in each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> Four(byte* digits) => Vector256.Create(*(int*)digits).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Write(ReadOnlySpan<float> numbers, Span<byte> high, Span<byte> low, int zero, int most)
    {
        var largest = Vector512<float>.Zero;
        for (var i = 0; i < numbers.Length; i += Lanes)
            largest = Vector512.Max(largest, Vector512.Abs(Vector512.Create(numbers[i..])));
        var scale = BlockBytes.Greatest(largest) / most;
        var steps = Vector512.Create(scale == 0 ? 0 : 1 / scale);
        for (var i = 0; i < numbers.Length; i += Lanes)
        {
            var whole = BlockBytes.Whole(Vector512.Create(numbers[i..]) * steps) + Vector512.Create(zero);
            Bytes(whole >> 7).CopyTo(high[i..]);
            Bytes(whole & Vector512.Create(Base - 1)).CopyTo(low[i..]);
        }
        return scale;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector512<int> numbers)
    {
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector128Byte(numbers);
        var shorts = Vector256.Narrow(numbers.GetLower(), numbers.GetUpper()).AsUInt16();
        return Vector128.Narrow(shorts.GetLower(), shorts.GetUpper());
    }
}
