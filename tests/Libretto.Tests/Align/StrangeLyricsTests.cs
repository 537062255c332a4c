using Libretto.Align;
using Libretto.Audio;
using Libretto.Audio.Activity;
using Libretto.Lyrics;
using Libretto.Speech.Whisper;
using Libretto.Tests.Support;

namespace Libretto.Tests.Align;

/// <summary>Lyrics and songs that nobody would think of.</summary>
public sealed class StrangeLyricsTests(WhisperFixture whisper) : IClassFixture<WhisperFixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static string AnyFolder => Path.Combine(TestModels.Folder, TestModels.Whisper);

    [Fact]
    public async Task A_text_without_line_breaks_gets_lines_and_a_notice()
    {
        using var audio = await WhisperFixture.Decode(Samples.TwoLines);
        var given = Lyrics(string.Join(' ', Enumerable.Range(0, 40).Select(i => $"word{i}")));
        var result = await AlignAsync(audio, given);
        Assert.All(result.Lines, line => Assert.InRange(line.Text.Length, 1, 84));
        Assert.Equal(40, result.Lines.Sum(line => line.Words.Count));
        Assert.NotNull(result.Fit.Notices);
    }

    [Theory]
    [InlineData("И вот, мои дорогие американцы\nне спрашивайте")]
    [InlineData("そして親愛なるアメリカ国民の皆さん\n問うてはならない")]
    [InlineData("საქართველო თბილისი სიყვარული მთვარე ვარსკვლავი საქართველო თბილისი\nსიყვარული მთვარე")]
    public async Task Lyrics_in_another_script_than_what_was_heard_keep_their_lines_and_are_unsure(string lyrics)
    {
        using var audio = await WhisperFixture.Decode(Samples.TwoLines);
        var heard = Lyrics("Morning light is on the water").Lines[0].Words.Select((word, i) => word with { Start = i, End = i + 0.9 });
        var result = await AlignAsync(audio, Lyrics(lyrics), [.. heard]);
        Assert.Equal(lyrics.Split('\n').Length, result.Lines.Count);
        Assert.True(result.Fit.Unsure);
        Assert.All(result.Lines.Zip(result.Lines.Skip(1)), pair => Assert.True(pair.First.Start <= pair.Second.Start));
    }

    [Fact]
    public async Task Words_that_are_longer_than_the_network_reads_are_timed_all_the_same()
    {
        using var audio = await WhisperFixture.Decode(Samples.TwoLines);
        var given = Lyrics($"{new string('x', 3000)} {string.Concat(Enumerable.Repeat("ლამაზი", 400))}\nmorning light");
        Assert.Equal(4, (await AlignAsync(audio, given)).Lines.Sum(line => line.Words.Count));
        // Lines with times of their own are not listened for in their place then.
        var sung = new SungAudio(new EncodedAudio(audio), ActivityDetector.Detect(audio, cancellationToken: Ct));
        using (sung.Encoded)
            Assert.Equal(4, (await new LyricsAligner(AnyFolder, whisper.Sessions).AlignAsync(
                sung, given, "file", [], "en", null, Ct, later: 0)).Lines.Sum(line => line.Words.Count));
    }

    [Fact]
    public async Task A_line_that_is_repeated_200_times_is_200_lines_in_order_and_unsure()
    {
        using var audio = await WhisperFixture.Decode(Samples.TwoLines);
        var result = await AlignAsync(audio, Lyrics(string.Join('\n', Enumerable.Repeat("morning light", 200))));
        Assert.Equal(200, result.Lines.Count);
        Assert.Equal(result.Lines.Select(line => line.Start).Order(), result.Lines.Select(line => line.Start));
        Assert.True(result.Fit.Unsure);
    }

    [Fact]
    public void Lyrics_of_5000_lines_are_compared_with_an_hour_of_words_in_little_memory_and_can_be_stopped()
    {
        var lyrics = Lyrics(string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"line {i} holds many words")));
        List<LyricsWord> heard = [.. Enumerable.Range(0, 9000).Select(i => new LyricsWord($"other{i % 700}", i * 0.4, (i * 0.4) + 0.3))];
        var text = new GivenText(lyrics.Lines);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(5000, new CompletedLyrics(lyrics.Lines, text, [], heard, Ct).OfGivenLines(lyrics.Lines).Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);

        var stopped = new CancellationToken(canceled: true);
        Assert.Throws<OperationCanceledException>(() => new CompletedLyrics(lyrics.Lines, text, [], heard, stopped));
        Assert.Throws<OperationCanceledException>(() => new SyncedLyrics(lyrics, heard, stopped));
    }

    private Task<AlignedLyrics> AlignAsync(PcmFile audio, LyricsDocument given, List<LyricsWord>? heard = null) =>
        new LyricsAligner(AnyFolder, whisper.Sessions).AlignAsync(
            audio, given, "file", heard ?? [], ActivityDetector.Detect(audio), "en", cancellationToken: Ct);

    private static LyricsDocument Lyrics(string text) => new()
    {
        Duration = 0,
        Lines = [.. text.Split('\n').Select(line => LyricsLine.Of([.. line.Split(' ').Select(word => new LyricsWord(word, 0, 0))]))],
    };
}
