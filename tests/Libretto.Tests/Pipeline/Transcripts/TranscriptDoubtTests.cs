using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Tests.Pipeline.Transcripts;

public sealed class TranscriptDoubtTests
{
    [Fact]
    public void A_song_that_was_understood_is_not_in_doubt() => Assert.Null(TranscriptDoubt.Of(Song(words: 120, confidence: 0.85), isEnglishOnly: true));

    [Theory]
    [InlineData(0, "No words")]
    [InlineData(20, "Only 20 words")]
    public void Hardly_a_word_by_an_engine_that_knows_English_only_says_so_with_the_way_out(int words, string what)
    {
        var doubt = TranscriptDoubt.Of(Song(words, confidence: 0.85), isEnglishOnly: true);
        Assert.Contains($"{what} were understood in 180 s", doubt, StringComparison.Ordinal);
        Assert.Contains("knows English only", doubt, StringComparison.Ordinal);
        Assert.Contains("libretto models pull whisper-base", doubt, StringComparison.Ordinal);
    }

    [Fact]
    public void Hardly_a_word_by_an_engine_that_knows_all_languages_is_an_instrumental() =>
        Assert.Null(TranscriptDoubt.Of(Song(words: 0, confidence: 0), isEnglishOnly: false));

    [Fact]
    public void Many_words_that_the_engine_thinks_unlikely_are_to_be_checked() =>
        Assert.Contains("Check them by ear", TranscriptDoubt.Of(Song(words: 200, confidence: 0.3), isEnglishOnly: false), StringComparison.Ordinal);

    [Fact]
    public void A_short_recording_may_hold_a_word_or_none() =>
        Assert.Null(TranscriptDoubt.Of(Song(words: 1, confidence: 0.9) with { Duration = 10 }, isEnglishOnly: true));

    [Theory]
    [InlineData("language", "Spanish", "its tags say that it is in Spanish")]
    [InlineData("title", "夜に駆ける", "its title is in another script")]
    [InlineData("artist", "Кино", "its title is in another script")]
    [InlineData("title", "Café del Mar", null)]
    [InlineData("language", "en", null)]
    public void What_a_file_says_of_itself_tells_of_another_language(string tag, string value, string? sign) =>
        Assert.Equal(sign, TranscriptDoubt.NotEnglish(Info(tag, value)));

    private static AudioInfo Info(string tag, string value) => new()
    {
        Path = "song.ogg", Container = "ogg", Codec = "vorbis", SampleRate = 44_100, Channels = 2, Tags = new Dictionary<string, string> { [tag] = value },
    };

    private static Transcript Song(int words, double confidence) => new()
    {
        Duration = 180,
        SentenceEnds = [],
        Words = [.. Enumerable.Range(0, words).Select(i => new LyricsWord("word", i * 0.5, i * 0.5 + 0.4) { Confidence = confidence })],
    };
}
