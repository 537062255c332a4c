using Libretto.Speech.Whisper.Incremental;

namespace Libretto.Tests.Speech.Whisper.Incremental;

public sealed class BlockBytesTests
{
    [Fact]
    public void The_largest_number_becomes_the_largest_byte_and_all_are_half_a_step_off_at_most()
    {
        var random = new Random(3);
        float[] numbers = [.. Enumerable.Range(0, BlockBytes.Length).Select(_ => (float)(random.NextDouble() * 6 - 3))];
        numbers[17] = -3.5f;
        var bytes = new sbyte[BlockBytes.Length];
        var scale = BlockBytes.Write(numbers, bytes);
        Assert.Equal(-127, bytes[17]);
        for (var i = 0; i < numbers.Length; i++)
            Assert.Equal(numbers[i], bytes[i] * scale, scale * 0.501f);
    }

    [Fact]
    public void Nothing_stays_nothing()
    {
        var bytes = new sbyte[BlockBytes.Length];
        Assert.Equal(0, BlockBytes.Write(new float[BlockBytes.Length], bytes));
        Assert.All(bytes, number => Assert.Equal(0, number));
    }
}
