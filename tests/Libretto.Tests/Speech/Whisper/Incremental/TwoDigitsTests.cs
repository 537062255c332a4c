using System.Runtime.Intrinsics;
using Libretto.Speech.Whisper.Incremental;

namespace Libretto.Tests.Speech.Whisper.Incremental;

public sealed class TwoDigitsTests
{
    private const int Count = 48;

    private readonly Random _random = new(5);

    [Theory]
    [InlineData(1f)]
    [InlineData(1e-20f)]
    [InlineData(0f)]
    public void Digits_stand_for_the_numbers_to_14_bits(float size)
    {
        float[] numbers = [.. Enumerable.Range(0, Count).Select(_ => size * (float)(_random.NextDouble() - 0.5))];
        var (high, low) = (new byte[Count], new byte[Count]);

        var scale = TwoDigits.WriteSigned(numbers, high, low);

        Assert.All(high.Concat(low), digit => Assert.InRange(digit, 0, TwoDigits.Base - 1));
        for (var i = 0; i < Count; i++)
            Assert.Equal(numbers[i], (TwoDigits.Base * high[i] + low[i] - TwoDigits.Zero) * scale, size / 16_000);
    }

    [Fact]
    public void Numbers_that_are_not_negative_use_all_bits()
    {
        float[] weights = [.. Enumerable.Range(0, Count).Select(i => i / 47f)];
        var (high, low) = (new byte[Count], new byte[Count]);

        var scale = TwoDigits.Write(weights, high, low);

        Assert.Equal((127, 127), (high[^1], low[^1]));
        for (var i = 0; i < Count; i++)
            Assert.Equal(weights[i], (TwoDigits.Base * high[i] + low[i]) * scale, 1f / 32_000);
    }

    [Fact]
    public void Products_of_the_largest_digits_and_bytes_are_exact()
    {
        byte[] digits = [.. Enumerable.Repeat(new byte[] { 127, 127, 0, 127 }, 8).SelectMany(four => four)];
        sbyte[] bytes = [.. Enumerable.Range(0, 8).SelectMany(lane => new sbyte[] { 127, 127, -5, (sbyte)(lane % 2 == 0 ? -127 : 1) })];

        var sum = TwoDigits.Dot(Vector256.Create(7), Vector256.Create(digits), Vector256.Create(bytes));

        for (var lane = 0; lane < 8; lane++)
            Assert.Equal(7 + 127 * (127 + 127 + bytes[lane * 4 + 3]), sum[lane]);
    }
}
