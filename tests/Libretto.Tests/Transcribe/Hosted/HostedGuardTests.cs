using System.Globalization;
using Libretto.Audio;
using Libretto.Transcribe.Hosted;

namespace Libretto.Tests.Transcribe.Hosted;

/// <summary>What a hosted engine invents is seen as what a local one invents is.</summary>
public class HostedGuardTests
{
    [Fact]
    public async Task A_word_that_is_repeated_300_times_in_six_seconds_is_a_loop()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Loop());
        var piece = Assert.Single(await groq.HearAsync());
        var doubt = Assert.Single(piece.Doubts);
        Assert.Equal(("loop", 1), (doubt.Guard, piece.Guards["loop"]));
        Assert.InRange(doubt.Range.Start, 3.9, 4.1);
        Assert.InRange(doubt.Range.End, 9.9, 10.1);
    }

    [Fact]
    public async Task Loops_are_seen_without_segments_and_over_many_of_them()
    {
        await using var groq = await HostedFixture.StartAsync();
        var words = string.Join(',', Enumerable.Range(0, 60).Select(i => Word("the sun is up".Split(' ')[i % 4], 1 + (i * 0.15))));
        groq.Server.Once(200, $$"""{"text":"{{string.Join(' ', Enumerable.Repeat("the sun is up", 15))}}","words":[{{words}}]}""");
        Assert.Equal("loop", Assert.Single((await groq.HearAsync())[0].Doubts).Guard);

        var segments = string.Join(',', Enumerable.Range(0, 12).Select(i =>
            string.Create(CultureInfo.InvariantCulture, $$"""{"start":{{i * 0.8}},"end":{{(i * 0.8) + 0.7}},"text":" Thank you."}""")));
        groq.Server.Once(200, $$"""{"text":"x","segments":[{{segments}}]}""");
        Assert.Equal("loop", Assert.Single((await groq.HearAsync())[0].Doubts).Guard);
    }

    [Fact]
    public async Task Unlikely_text_is_doubted_and_likely_text_is_not()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, Answers.WordsAtTheTop.Replace("\"avg_logprob\":-0.4", "\"avg_logprob\":-1.3", StringComparison.Ordinal));
        var piece = Assert.Single(await groq.HearAsync());
        var doubt = Assert.Single(piece.Doubts);
        Assert.Equal(("unlikely", 4.02, 5.0), (doubt.Guard, doubt.Range.Start, doubt.Range.End));
        Assert.Equal(7, piece.Words.Count);

        groq.Server.Once(200, Answers.WordsAtTheTop);
        Assert.Empty((await groq.HearAsync())[0].Doubts);
    }

    [Fact]
    public async Task A_chorus_of_three_lines_is_no_loop()
    {
        await using var groq = await HostedFixture.StartAsync();
        var words = string.Join(',', Enumerable.Range(0, 12).Select(i => Word("oh my darling Clementine".Split(' ')[i % 4], 1 + (i * 0.7))));
        groq.Server.Once(200, $$"""{"text":"oh my darling Clementine oh my darling Clementine oh my darling Clementine","words":[{{words}}]}""");
        Assert.Empty((await groq.HearAsync())[0].Guards);
    }

    [Fact]
    public async Task Words_where_nothing_sounds_are_left_out_and_that_is_said()
    {
        await using var groq = await HostedFixture.StartAsync();
        groq.Server.Once(200, """
            {"text":"ask not Thank you.","segments":[{"start":1,"end":3,"text":"ask not","avg_logprob":-0.2},{"start":14,"end":16,"text":"Thank you.","avg_logprob":-0.3,"no_speech_prob":0.1}],
             "words":[{"word":"ask","start":1,"end":1.5},{"word":"not","start":1.6,"end":2.4},{"word":"Thank","start":14,"end":14.5},{"word":"you","start":14.5,"end":15}]}
            """);
        using var song = new PcmFile(16_000, 1);
        var noise = new Random(7);
        song.Append([.. Enumerable.Range(0, 20 * 16_000).Select(i => i < 5 * 16_000 ? (float)((noise.NextDouble() - 0.5) * (0.2 + (0.2 * Math.Sin(i / 4000.0)))) : 0)]);
        var pieces = await groq.Transcriber().TranscribeAsync(song, new Libretto.Transcribe.TranscribeOptions(), null, HostedFixture.Token).ToListAsync(HostedFixture.Token);
        Assert.Equal(["ask", "not"], pieces[0].Words.Select(word => word.Text));
        Assert.Equal(1, pieces[0].Guards["silent"]);
        Assert.Contains(pieces[0].Notices, notice => notice.Contains("nothing sounds there", StringComparison.Ordinal));
    }

    /// <summary>Two sound words, then "la" 300 times from second 4 to 10.</summary>
    internal static string Loop()
    {
        var words = string.Join(',', Enumerable.Range(0, 300).Select(i => Word("la", 4 + (i * 0.02), 0.02)));
        return $$"""
            {"text":"ask not {{string.Join(' ', Enumerable.Repeat("la", 300))}}","segments":[
             {"start":0,"end":4,"text":" ask not","avg_logprob":-0.2,"compression_ratio":0.8},
             {"start":4,"end":10,"text":" {{string.Join(' ', Enumerable.Repeat("la", 300))}}","avg_logprob":-0.1,"compression_ratio":30.2}],
             "words":[{{Word("ask", 1)}},{{Word("not", 2)}},{{words}}]}
            """;
    }

    private static string Word(string word, double start, double length = 0.14) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"word":"{{word}}","start":{{start:0.###}},"end":{{start + length:0.###}}}""");
}
