using Libretto.Audio;
using Libretto.Speech.Timing;

namespace Libretto.Tests.Speech.Timing;

public class CrossAttentionTests
{
    [Fact]
    public void Positions_start_where_their_attention_does_and_padding_is_cropped()
    {
        const int Frames = 60, Padded = 100;
        int[] begins = [0, 12, 25, 44];
        var attention = new CrossAttention(heads: 2, Frames);
        for (var position = 0; position < begins.Length; position++)
        {
            var rows = new float[2 * Padded];
            var end = position + 1 < begins.Length ? begins[position + 1] : Frames;
            for (var head = 0; head < 2; head++)
            {
                for (var frame = 0; frame < Padded; frame++)
                    rows[head * Padded + frame] = frame >= begins[position] && frame < end ? 0.05f : 0.001f;
                rows[head * Padded + 80] = 5f; // attention given to padding must not count
            }
            attention.Add(rows, Padded);
        }
        Assert.All(attention.PositionStarts().Zip(begins), pair => Assert.InRange(pair.First, pair.Second - 1, pair.Second + 1));
    }

    [Fact]
    public void Nothing_starts_in_frames_that_are_left_out()
    {
        var attention = new CrossAttention(heads: 1, frames: 60);
        foreach (var begin in (int[])[0, 25, 44])
            attention.Add([.. Enumerable.Range(0, 60).Select(frame => frame >= begin && frame < begin + 10 ? 0.1f : 0.001f)], 60);
        int[] sung = [.. Enumerable.Range(0, 20), .. Enumerable.Range(40, 20)];
        var starts = attention.PositionStarts(frames: sung);
        Assert.Equal(starts.Order(), starts);
        Assert.All(starts, start => Assert.Contains(start, sung));
    }

    [Fact]
    public void Quartiles_tell_where_a_positions_attention_lies_within_the_frames_asked_for()
    {
        var attention = new CrossAttention(heads: 2, frames: 40);
        // Half of all lies far away from the word, as attention to a song's first frame does.
        attention.Add([.. Enumerable.Repeat(Enumerable.Range(0, 40).Select(f => f == 0 ? 8f : f is >= 20 and < 28 ? 1 : 0), 2).SelectMany(r => r)], 40);
        Assert.Equal((21, 23, 25), attention.Quartiles(0, 10, 40));
        Assert.Equal((0, 0, 23), attention.Quartiles(0, 0, 40));
        Assert.Equal((21, 23, 25), attention.Quartiles(0, 10, 400, heads: [1]));
    }

    [Theory]
    [InlineData(0.08, double.PositiveInfinity, 0.43)]
    [InlineData(0, double.PositiveInfinity, 0.46)]
    [InlineData(0.08, 0.04, 0.6)]
    public void A_word_begins_where_the_position_that_writes_it_looks_or_where_its_own_begins_if_that_looks_anywhere(
        double lag, double widest, double expected)
    {
        var attention = new CrossAttention(heads: 1, frames: 60);
        foreach (var (from, to) in ((int, int)[])[(20, 28), (30, 50)])
            attention.Add([.. Enumerable.Range(0, 60).Select(frame => frame >= from && frame < to ? 1f : 0)], 60);
        var onset = WordTiming.Onsets(attention, null, [0, 30], [0], new AttentionClock(0.02, lag, Widest: widest))[0];
        Assert.Equal(expected, onset.End, 0.025);
        Assert.True(onset.Start <= onset.End);
    }

    [Fact]
    public void The_median_filter_removes_a_spike_and_reflects_edges()
    {
        float[] values = [1, 1, 9, 1, 2, 2, 2, 5], filtered = new float[8];
        MedianFilter.Apply(values, filtered, 3);
        Assert.Equal([1, 1, 1, 2, 2, 2, 2, 2], filtered);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(100)]
    public void The_median_filter_takes_the_middle_of_the_values_around_each(int length)
    {
        var random = new Random(length);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())], filtered = new float[length];
        MedianFilter.Apply(values, filtered, 7);
        for (var i = 0; i < length; i++)
            Assert.Equal(Enumerable.Range(i - 3, 7).Select(at => values[at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at]).Order().ElementAt(3), filtered[i]);
    }
}
