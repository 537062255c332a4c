using Libretto.Separate;
using Microsoft.Extensions.Time.Testing;

namespace Libretto.Tests.Separate;

public class SeparationPolicyTests(SeparationFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SeparationMode.Always, true)]
    [InlineData(SeparationMode.Never, false)]
    public async Task What_the_user_asks_for_is_done(SeparationMode mode, bool expected)
    {
        using var mix = Recordings.Stereo(new float[2]);
        var decision = await new SeparationPolicy(fixture.Spleeter).DecideAsync(mix, mode, TimeSpan.Zero, Token);
        Assert.Equal(expected, decision.Separate);
        Assert.Contains("asked for", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sample_song_is_separated()
    {
        using var mix = await fixture.SongAsync();
        var decision = await new SeparationPolicy(fixture.Spleeter).DecideAsync(mix, SeparationMode.Auto, null, Token);
        Assert.True(decision.Separate, decision.Reason);
    }

    [Theory]
    [InlineData("holiznacc0-excerpt.ogg")]
    [InlineData("songs/Fantasma_-_Los_Rombos.mp3")]
    public async Task A_song_is_separated(string file)
    {
        using var mix = await fixture.DecodeAsync("audio", file);
        var decision = await new SeparationPolicy(fixture.Spleeter).DecideAsync(mix, SeparationMode.Auto, null, Token);
        Assert.True(decision.Separate, decision.Reason);
    }

    [Theory]
    [InlineData("jfk.wav")]
    [InlineData("vm-intro-en.wav")]
    public async Task Speech_is_not_separated(string file)
    {
        using var mix = await fixture.DecodeAsync("audio", file);
        var decision = await new SeparationPolicy(fixture.Spleeter).DecideAsync(mix, SeparationMode.Auto, null, Token);
        Assert.False(decision.Separate, decision.Reason);
        Assert.Contains("hardly anything", decision.Reason, StringComparison.Ordinal);
        Assert.True(decision.IsVoiceAlone);
    }

    [Fact]
    public async Task Silence_is_not_separated()
    {
        using var mix = Recordings.Stereo(new float[44100]);
        var decision = await new SeparationPolicy(fixture.Spleeter).DecideAsync(mix, SeparationMode.Auto, null, Token);
        Assert.False(decision.Separate);
        Assert.Contains("silent", decision.Reason, StringComparison.Ordinal);
        Assert.False(decision.IsVoiceAlone);
    }

    [Fact]
    public async Task A_separation_that_takes_too_long_is_not_begun()
    {
        // The clock moves on by 4 s at each look, and the excerpt is one trial long.
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(4) };
        using var song = await fixture.DecodeAsync("audio", "holiznacc0-excerpt.ogg");
        var policy = new SeparationPolicy(fixture.Spleeter, time);

        var hurried = await policy.DecideAsync(song, SeparationMode.Auto, TimeSpan.FromSeconds(3), Token);
        var patient = await policy.DecideAsync(song, SeparationMode.Auto, TimeSpan.FromSeconds(5), Token);

        Assert.False(hurried.Separate);
        Assert.Contains("about 4 s, and 3 s are allowed", hurried.Reason, StringComparison.Ordinal);
        Assert.True(patient.Separate);
    }

    [Theory]
    [InlineData(1, 0.0001, false, "hardly anything was found to accompany them (40 dB softer than they are)")]
    [InlineData(1, 0.01, true, "accompanied (20 dB softer than they are)")]
    [InlineData(0.1, 1, true, "accompanied (10 dB louder than they are)")]
    [InlineData(0, 1, true, "accompanied (90 dB louder than they are)")]
    public void A_voice_that_is_alone_is_left_alone(double vocals, double accompaniment, bool expected, string reason)
    {
        var decision = SeparationPolicy.Judge(vocals, accompaniment, TimeSpan.Zero, null);
        Assert.Equal(expected, decision.Separate);
        Assert.Contains(reason, decision.Reason, StringComparison.Ordinal);
    }
}
