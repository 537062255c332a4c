using Libretto.Align;

namespace Libretto.Tests.Align;

public class TimingTrustTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void A_providers_word_times_are_trusted(bool hasCtc, bool hasAttention) => Assert.Equal(
        TimingMethod.AsTheyAre,
        Method(new() { EngineTimesAreTrusted = true, HasCtcModel = hasCtc, HasAttention = hasAttention }));

    [Fact]
    public void Attention_times_are_trusted_when_no_aligner_fits()
    {
        Assert.Equal(TimingMethod.AsTheyAre, Method(new() { HasAttention = true }));
        Assert.Equal(TimingMethod.Ctc, Method(new() { HasAttention = true, HasCtcModel = true }));
    }

    [Fact]
    public void Supplied_lyrics_always_need_alignment()
    {
        var facts = new TimingFacts { LyricsAreSupplied = true, EngineTimesAreTrusted = true };
        Assert.Equal(TimingMethod.Ctc, Method(facts with { HasCtcModel = true, HasAttention = true }));
        Assert.Equal(TimingMethod.Attention, Method(facts with { HasAttention = true }));
        Assert.Equal(TimingMethod.Estimated, Method(facts));
    }

    [Fact]
    public void Estimated_words_need_alignment_whatever_the_engine()
    {
        var facts = new TimingFacts { WordsAreEstimated = true, EngineTimesAreTrusted = true };
        Assert.Equal(TimingMethod.Ctc, Method(facts with { HasCtcModel = true }));
        Assert.Equal(TimingMethod.Attention, Method(facts with { HasAttention = true }));
        Assert.Equal(TimingMethod.Estimated, Method(facts));
    }

    [Fact]
    public void The_reason_is_a_sentence_that_says_why()
    {
        var decision = TimingTrust.Decide(new() { LyricsAreSupplied = true, HasCtcModel = true });
        Assert.Equal("Words are aligned to the voice by letters: the lyrics were supplied.", decision.Reason);
    }

    private static TimingMethod Method(TimingFacts facts) => TimingTrust.Decide(facts).Method;
}
