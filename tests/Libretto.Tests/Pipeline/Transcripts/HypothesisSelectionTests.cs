using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Pipeline;
using Libretto.Pipeline.Transcripts;

namespace Libretto.Tests.Pipeline.Transcripts;

public class HypothesisSelectionTests
{
    [Fact]
    public void The_mix_is_kept_where_neither_is_clearly_surer() =>
        Assert.Equal("one two", Chosen(Song((0, 10, -0.5, "one two")), Song((0, 10, -0.4, "won too"))));

    [Fact]
    public void The_voice_is_taken_where_it_is_clearly_surer_and_only_there() =>
        Assert.Equal(
            "one two three four",
            Chosen(Song((0, 10, -0.3, "one two"), (10, 20, -0.9, "tree for")), Song((0, 10, -0.3, "won too"), (10, 20, -0.2, "three four"))));

    [Fact]
    public void The_voice_fills_what_was_not_understood_in_the_mix() =>
        Assert.Equal("one two three four", Chosen(Song((0, 10, -0.3, "one two"), (10, 20, null, "")), Song((0, 20, -0.5, "won too three four"))));

    [Fact]
    public void What_was_heard_in_the_voice_before_and_after_the_mixs_windows_is_kept() =>
        Assert.Equal("zero one two", Chosen(Song((10, 20, -0.3, "one")), Song((0, 10, -0.3, "zero"), (20, 30, -0.3, "two"))));

    [Fact]
    public void Where_only_a_passage_is_open_all_else_is_the_mixs()
    {
        var mix = Song((0, 10, -0.9, "tree for"), (10, 20, null, ""));
        var chosen = HypothesisSelection.Choose(mix, Song((0, 20, -0.1, "three four five six")), within: [new(12, 20)]);
        Assert.Equal("tree for six", string.Join(' ', chosen.Words.Select(word => word.Text)));
        Assert.Equal([(0, 10), (10, 12), (12, 20)], chosen.Windows.Take(3).Select(window => ((int)window.Start, (int)window.End)));
    }

    [Theory]
    [InlineData(-1.2, "three four")]
    [InlineData(-0.1, "la la la la la la la la la la la la la la la la la la la la la la la la la la la la")]
    public void Text_that_looks_invented_is_not_taken_from_the_voice(double score, string words) =>
        Assert.Equal("one two", Chosen(Song((0, 10, -0.3, "one two"), (10, 20, null, "")), Song((10, 20, score, words))));

    [Fact]
    public void An_engine_that_does_not_say_how_sure_it_is_is_believed_on_the_mix() =>
        Assert.Equal("one two", Chosen(Song((0, 10, null, "one two")), Song((0, 10, null, "won too"))));

    [Fact]
    public void Sentences_end_after_the_words_they_ended_after()
    {
        var chosen = HypothesisSelection.Choose(Song((0, 10, -0.3, "one two"), (10, 20, null, "")), Song((10, 20, -0.3, "three four")));
        Assert.Equal([1, 3], chosen.SentenceEnds);
        Assert.Equal(chosen.Words.Select(word => word.Start).Order(), chosen.Words.Select(word => word.Start));
    }

    [Fact]
    public void What_is_known_of_a_words_onset_goes_with_the_word()
    {
        var chosen = HypothesisSelection.Choose(Song((0, 10, -0.3, "one two"), (10, 20, null, "")), Song((0, 20, -0.5, "won too three four")));
        Assert.Equal(chosen.Words.Select(word => word.Start), chosen.Onsets.Select(onset => onset.End));
    }

    private static string Chosen(Transcript mix, Transcript voice) =>
        string.Join(' ', HypothesisSelection.Choose(mix, voice).Words.Select(word => word.Text));

    /// <summary>A song of windows, the words of each spread over it, a sentence a window.</summary>
    private static Transcript Song(params (double Start, double End, double? Score, string Words)[] windows)
    {
        var words = new List<LyricsWord>();
        var ends = new List<int>();
        foreach (var (start, end, _, text) in windows)
        {
            var texts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var step = (end - start) / Math.Max(1, texts.Length);
            words.AddRange(texts.Select((word, i) => new LyricsWord(word, start + (i * step), start + ((i + 0.5) * step))));
            if (texts.Length > 0)
                ends.Add(words.Count - 1);
        }
        return new Transcript
        {
            Duration = 60, Words = words, Onsets = [.. words.Select(word => new TimeRange(0, word.Start))], SentenceEnds = ends, Windows = [.. windows.Select(window => new TranscriptWindow(window.Start, window.End, window.Score))],
        };
    }
}
