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
    public void The_midpoint_rule_lies_between_the_two_rows()
    {
        int[] starts = [0, 10, 20, 40];
        var words = WordTiming.FromPositions(starts, [0, 1], 0.02, WordStartRule.Midpoint, 1.0);
        Assert.Equal(0.1, words[0].Start, 6);
        Assert.Equal(0.3, words[1].Start, 6);
        Assert.Equal(words[1].Start, words[0].End);
        Assert.Equal(0.2, WordTiming.FromPositions(starts, [0, 1], 0.02, WordStartRule.Usual, 1.0)[1].Start, 6);
    }

    [Fact]
    public void The_median_filter_removes_a_spike_and_reflects_edges()
    {
        float[] values = [1, 1, 9, 1, 2, 2, 2, 5], filtered = new float[8];
        MedianFilter.Apply(values, filtered, 3);
        Assert.Equal([1, 1, 1, 2, 2, 2, 2, 2], filtered);
    }
}
