using Libretto.Align;
using Libretto.Lyrics;

namespace Libretto.Tests.Align;

public class LyricsMatchTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_chorus_is_told_from_its_repetition_by_what_stands_around_it()
    {
        var given = Words("sing with me tonight / walking down the river / sing with me tonight / sleeping in the garden / sing with me tonight");
        var heard = Heard("walking down a river sing with me tonight sleeping in the garden");
        var anchors = LyricsMatch.Find(given, heard, Ct);
        Assert.Equal([4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15], anchors.Select(anchor => anchor.Given));
    }

    [Fact]
    public void Misheard_words_still_count_when_they_are_alike()
    {
        var anchors = LyricsMatch.Find(Words("la tristeza es muy extraña"), Heard("la tristesa es muy extrañe"), Ct);
        Assert.Equal(5, anchors.Count);
        Assert.All(anchors, anchor => Assert.InRange(anchor.Similarity, 0.6, 1));
    }

    [Fact]
    public void A_short_word_alone_is_no_anchor() =>
        Assert.Empty(LyricsMatch.Find(Words("the moon is gone"), Heard("a car and the house with bread"), Ct));

    [Fact]
    public void Anchors_rise_in_both() => Assert.All(
        LyricsMatch.Find(Words("one two three one two three four"), Heard("one two three four one two"), Ct) is var anchors ? anchors.Zip(anchors.Skip(1)) : [],
        pair => Assert.True(pair.First.Given < pair.Second.Given && pair.First.Heard < pair.Second.Heard));

    [Fact]
    public void Case_accents_and_punctuation_do_not_count() => Assert.Equal(WordKey.Of("Mélodie,"), WordKey.Of("melodie"));

    [Fact]
    public void A_text_of_many_thousand_words_is_matched_in_little_memory_and_can_be_stopped()
    {
        var random = new Random(1);
        string[] given = [.. Enumerable.Range(0, 20_000).Select(_ => $"word{(char)('a' + random.Next(26))}{(char)('a' + random.Next(26))}{random.Next(10)}")];
        var heard = given.Skip(9_000).Take(600).Select((word, i) => new LyricsWord(word, i, i + 1)).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var anchors = LyricsMatch.Find(given, heard, TestContext.Current.CancellationToken);
        Assert.InRange(anchors.Count(anchor => anchor.Given == anchor.Heard + 9_000), 590, 600);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
        Assert.Throws<OperationCanceledException>(() => LyricsMatch.Find(given, heard, new CancellationToken(canceled: true)));
    }

    private static string[] Words(string text) => text.Replace(" /", "", StringComparison.Ordinal).Split(' ');

    private static List<LyricsWord> Heard(string text) => [.. text.Split(' ').Select((word, i) => new LyricsWord(word, i, i + 0.9))];
}
