using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Speech.Timing;

namespace Libretto.Tests.Speech.Timing;

public sealed class WordEdgesTests : IDisposable
{
    private const int Rate = 16_000;

    private readonly PcmFile _audio = new(Rate, 1);
    private readonly SoundEdges _edges;

    public WordEdgesTests()
    {
        // Two notes with silence around them: 1.00 to 1.80 s and 2.50 to 4.00 s.
        var samples = new float[5 * Rate];
        for (var i = 0; i < samples.Length; i++)
            if ((double)i / Rate is (>= 1 and < 1.8) or (>= 2.5 and < 4))
                samples[i] = (float)(0.2 * Math.Sin(Math.Tau * 440 * i / Rate) + 0.1 * Math.Sin(Math.Tau * 1320 * i / Rate));
        _audio.Append(samples);
        _edges = SoundEdges.Measure(_audio, isVoice: true, new TimeRange(0, 5), TestContext.Current.CancellationToken);
    }

    public void Dispose() => _audio.Dispose();

    [Theory]
    [InlineData(0.5, 1.2)]
    [InlineData(0.8, 1.4)]
    [InlineData(0.7, 1.1)]
    public void A_word_starts_where_a_sound_begins_near_to_where_attention_comes(double from, double to) =>
        Assert.Equal(1, _edges.Onset(new TimeRange(from, to), 0), 0.03);

    [Fact]
    public void Where_no_sound_begins_near_attention_has_the_last_word() =>
        Assert.Equal(3.4, _edges.Onset(new TimeRange(3.3, 3.4), 0), 0.001);

    [Fact]
    public void Attention_that_is_sure_is_not_corrected() => Assert.Equal(1.02, _edges.Onset(new TimeRange(1.01, 1.02), 0), 0.001);

    [Fact]
    public void In_a_mix_a_held_word_ends_where_only_the_accompaniment_goes_on()
    {
        // A voice from 1.0 to 2.4 s that grows softer, over a chord and a drum four times a second that go on.
        using var mix = new PcmFile(Rate, 1);
        var samples = new float[5 * Rate];
        for (var i = 0; i < samples.Length; i++)
        {
            var time = (double)i / Rate;
            var voice = time is >= 1 and < 2.4 ? 0.2 * (1.3 - 0.4 * time) : 0;
            var drum = 0.1 * Math.Exp(-(time % 0.25) / 0.01);
            foreach (var harmonic in (int[])[300, 600, 900, 1500, 3000])
                samples[i] += (float)((voice + 0.004 * Math.Sin(time)) * Math.Sin(Math.Tau * harmonic * time));
            samples[i] += (float)(0.01 * Math.Sin(Math.Tau * 262 * time) + drum * Math.Sin(Math.Tau * 2000 * time));
        }
        mix.Append(samples);
        var edges = SoundEdges.Measure(mix, isVoice: false, new TimeRange(0, 5), TestContext.Current.CancellationToken);
        Assert.Equal(2.4, edges.End(1, 4.5), 0.2);
        // Where the next word follows at once, there is no pause to be found.
        Assert.Equal(2.5, edges.End(1, 2.5));
    }

    [Fact]
    public void A_held_word_ends_with_its_voice_and_not_when_the_next_begins()
    {
        LyricsWord[] words = [new("on", 0.9, 1.3), new("water", 1.3, 2.4), new("And", 2.4, 4.8)];
        var timed = WordEdges.Apply(words, [], _edges);
        Assert.Equal(1.3, timed[0].End);
        Assert.Equal(1.8, timed[1].End, 0.1);
        Assert.Equal(4, timed[2].End, 0.1);
    }

    [Fact]
    public void Words_stay_in_order_whatever_attention_says()
    {
        LyricsWord[] words = [new("a", 1, 1.1), new("b", 1.1, 1.2), new("c", 1.2, 1.3), new("d", 2.6, 3)];
        var timed = WordEdges.Apply(words, [new(0.9, 1.1), new(0.9, 1.1), new(0.9, 1.1), new(0.9, 3)], _edges);
        for (var i = 0; i < timed.Length; i++)
        {
            Assert.True(timed[i].End > timed[i].Start);
            Assert.True(i == 0 || timed[i].Start >= timed[i - 1].End - 1e-9);
        }
    }
}
