using Libretto.Speech.Whisper.Incremental;

namespace Libretto.Tests.Speech.Whisper.Incremental;

public sealed class AudioKeysTests
{
    private const int Layers = 2, Heads = 3, Frames = 37, Width = AudioKeys.HeadWidth;

    private readonly Random _random = new(11);

    [Fact]
    public void Attention_is_that_to_the_numbers_that_were_written()
    {
        var (keys, values) = (Numbers(Frames * Heads * Width), Numbers(Frames * Heads * Width));
        using var audio = new AudioKeys(Layers, Heads, Frames);
        audio.Write(1, 0, keys, values);
        var query = Numbers(Width);

        var (weights, found) = Attend(audio, 1, 2, query);

        double[] scores = [.. Enumerable.Range(0, Frames).Select(frame => Math.Exp(Enumerable.Range(0, Width).Sum(
            i => (double)query[i] * keys[(frame * Heads + 2) * Width + i])))];
        double[] expected = [.. scores.Select(score => score / scores.Sum())];
        for (var frame = 0; frame < Frames; frame++)
            Assert.Equal(expected[frame], weights[frame], 0.03 * expected[frame] + 1e-6);
        for (var i = 0; i < Width; i++)
            Assert.Equal(Enumerable.Range(0, Frames).Sum(frame => expected[frame] * values[(frame * Heads + 2) * Width + i]), found[i], 0.02);
    }

    [Fact]
    public void What_one_finds_does_not_depend_on_who_else_asks()
    {
        using var audio = Audio();
        float[][] queries = [.. Enumerable.Range(0, 5).Select(_ => Numbers(Width))];
        var (weights, found) = (new float[5 * audio.Stride], new float[5 * Width]);
        audio.Attend(0, 1, [.. queries.SelectMany(query => query)], weights, found);

        for (var i = 0; i < queries.Length; i++)
        {
            var alone = Attend(audio, 0, 1, queries[i]);
            Assert.Equal(alone.Weights.AsSpan(0, Frames), weights.AsSpan(i * audio.Stride, Frames));
            Assert.Equal(alone.Found, found.AsSpan(i * Width, Width));
        }
    }

    [Theory]
    [InlineData(0, Frames)]
    [InlineData(0, 5)]
    [InlineData(9, 34)]
    [InlineData(16, 32)]
    [InlineData(30, Frames)]
    public void Of_a_part_only_its_own_frames_are_heard(int from, int to)
    {
        var (keys, values) = (Numbers(Frames * Heads * Width), Numbers(Frames * Heads * Width));
        using var audio = new AudioKeys(Layers, Heads, Frames);
        audio.Write(1, 0, keys, values);
        using var part = (AudioKeys)audio.Only(from, to, () => throw new InvalidOperationException("No silence is needed."));
        using var alone = new AudioKeys(Layers, Heads, to - from);
        var (first, count) = (from * Heads * Width, (to - from) * Heads * Width);
        alone.Write(1, 0, keys.AsSpan(first, count), values.AsSpan(first, count));
        var query = Numbers(Width);

        var (found, expected) = (Attend(part, 1, 2, query), Attend(alone, 1, 2, query));

        Assert.All(found.Weights[..from].Concat(found.Weights[to..]), weight => Assert.Equal(0, weight));
        for (var frame = from; frame < to; frame++)
            Assert.Equal(expected.Weights[frame - from], found.Weights[frame], 1e-5f);
        for (var i = 0; i < Width; i++)
            Assert.Equal(expected.Found[i], found.Found[i], 1e-5f);
    }

    [Fact]
    public void A_part_is_forgotten_without_the_whole()
    {
        using var audio = Audio();
        var query = Numbers(Width);
        var before = Attend(audio, 0, 0, query).Found;

        audio.Only(3, 9, () => audio).Dispose();
        using var other = Audio();

        Assert.Equal(before, Attend(audio, 0, 0, query).Found);
    }

    private AudioKeys Audio()
    {
        var audio = new AudioKeys(Layers, Heads, Frames);
        for (var layer = 0; layer < Layers; layer++)
            audio.Write(layer, 0, Numbers(Frames * Heads * Width), Numbers(Frames * Heads * Width));
        return audio;
    }

    private static (float[] Weights, float[] Found) Attend(AudioKeys audio, int layer, int head, float[] query)
    {
        var (weights, found) = (new float[audio.Stride], new float[Width]);
        audio.Attend(layer, head, query, weights, found);
        return (weights, found);
    }

    private float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(_random.NextDouble() - 0.5))];
}
