using Libretto.Align.Ctc;
using Libretto.Audio;
using Libretto.Lyrics;
using Libretto.Models.Onnx;
using Libretto.Speech.Ctc;
using Libretto.Tests.Support;

namespace Libretto.Tests.Align.Ctc;

public sealed class CtcAlignerTests : IDisposable
{
    private const string Characters = "|abcdefgh";

    // A frame is 20 ms and its filter 25 ms.
    private const double Tolerance = 0.03;

    private readonly ScratchFolder _folder = new();
    private readonly OnnxSessions _sessions = new(threads: 1);
    private readonly CtcAligner _aligner;

    public CtcAlignerTests()
    {
        ToneNetwork.Write(_folder.Path, Characters);
        _aligner = new CtcAligner(CtcNetwork.Load(_folder.Path, _sessions), "en");
    }

    private static readonly HashSet<int> NoLines = [];

    private static CancellationToken Never => TestContext.Current.CancellationToken;

    [Fact]
    public void Words_are_found_where_they_are_sung()
    {
        var words = _aligner.Align(Sing(3, ('a', 0.5, 0.7), ('b', 0.7, 1), ('c', 1.8, 2), ('d', 2, 2.4)), ["Ab", "cd!"], Never);
        Assert.NotNull(words);
        Assert.Equal(["Ab", "cd!"], words.Select(word => word.Text));
        Near([(0.5, 1), (1.8, 2.4)], words);
        Assert.All(words, word => Assert.InRange(word.Confidence!.Value, 0.8, 1));
    }

    [Fact]
    public void Syllables_go_from_their_first_letters_sound_to_the_next_ones()
    {
        var aligner = new CtcAligner(CtcNetwork.Load(_folder.Path, _sessions), "en", word => word == "Ab-cd" ? ["Ab-", "cd"] : [word]);
        using var song = new PcmFile(ToneNetwork.Rate, 1);
        song.Append(Sing(4, ('e', 0.3, 0.6), ('a', 1, 1.2), ('b', 1.2, 1.5), ('c', 2.1, 2.3), ('d', 2.3, 2.7)));
        var words = aligner.Align(song, new TimeRange(0.1, 3.6), ["e", "Ab-cd"], [new TimeRange(0.3, 0.6), new TimeRange(1, 3)], Never)!;

        Assert.Null(words[0].Syllables);
        var syllables = words[1].Syllables!;
        Assert.Equal(["Ab-", "cd"], syllables.Select(syllable => syllable.Text));
        Assert.Equal(words[1].Start, syllables[0].Start);
        Assert.Equal(2.1, syllables[0].End, Tolerance);
        Assert.Equal(2.1, syllables[1].Start, Tolerance);
        // Held as long as the voice is, as the word.
        Assert.Equal(words[1].End, syllables[1].End);
    }

    [Fact]
    public void A_number_that_is_spelled_out_stays_whole()
    {
        var aligner = new CtcAligner(CtcNetwork.Load(_folder.Path, _sessions), "en", word => [word[..1], word[1..]]);
        Assert.Null(aligner.Align(Sing(3, ('a', 0.5, 0.7), ('b', 0.7, 1)), ["12"], Never)?[0].Syllables);
    }

    [Fact]
    public void An_unknown_word_takes_the_sound_between_its_neighbours()
    {
        // What is sung in the middle has no letter of the network's in its spelling.
        var words = _aligner.Align(Sing(3, ('a', 0.5, 0.8), ('g', 1.2, 1.6), ('b', 2, 2.3)), ["a", "ш", "b"], Never);
        Near([(0.5, 0.8), (1.2, 1.6), (2, 2.3)], words!);
    }

    [Fact]
    public void A_word_that_is_not_sung_is_not_sure()
    {
        var words = _aligner.Align(Sing(2, ('a', 0.5, 0.8), ('b', 1.2, 1.5)), ["a", "h", "b"], Never);
        Assert.True(words![1].Confidence < 0.1);
        Assert.True(words[0].Confidence > 0.8 && words[2].Confidence > 0.8);
    }

    [Fact]
    public void A_mark_between_words_follows_its_neighbour_as_an_estimate()
    {
        var words = _aligner.Align(Sing(2, ('a', 0.5, 0.8), ('b', 1.2, 1.5)), ["–", "a", "…", "b"], Never);
        Assert.Equal([true, null, true, null], words!.Select(word => word.Estimated));
        Near([(0.5, 0.5), (0.5, 0.8), (0.8, 0.8), (1.2, 1.5)], words!);
    }

    [Theory]
    [InlineData(0.02, "abc")]
    [InlineData(0.2, "abcdefghabcdefgh")]
    [InlineData(1, "…")]
    public void Words_that_cannot_fit_are_not_forced(double seconds, string word) =>
        Assert.Null(_aligner.Align(new float[(int)(seconds * ToneNetwork.Rate)], [word], Never));

    [Fact]
    public void A_held_note_lasts_until_the_voice_falls_silent()
    {
        // The network hears only how the note begins; the voice is heard until 2.5 s.
        using var audio = Recording(Sing(5, ('a', 1, 1.2), ('b', 3, 3.2), ('c', 3.6, 3.8)));
        var words = _aligner.Align(audio, new TimeRange(0.5, 4.5), ["a", "b", "c"], [new(1, 2.5), new(3, 4)], Never);
        Near([(1, 2.5), (3, 3.6), (3.6, 4)], words!);
    }

    [Fact]
    public void A_long_song_is_aligned_in_windows_from_rough_times()
    {
        var notes = new List<(char, double, double)>();
        var rough = new List<LyricsWord>();
        var expected = new List<(double, double)>();
        for (var i = 0; i < 60; i++)
        {
            // A phrase of two words every two seconds, with a pause of twenty in the middle.
            var at = 1 + i / 2 * 2 + i % 2 * 0.5 + (i >= 30 ? 20 : 0);
            var letter = "abcdefgh"[i * 5 % 8];
            notes.Add((letter, at, at + 0.3));
            rough.Add(new LyricsWord(letter.ToString(), at + (i % 3 - 1) * 0.2, at + (i % 3 - 1) * 0.2 + 0.25));
            expected.Add((at, i % 2 == 0 ? at + 0.5 : at + 0.3));
        }
        using var audio = Recording(Sing(90, [.. notes]));
        var phrases = expected.Chunk(2).Select(pair => new TimeRange(pair[0].Item1, pair[1].Item2)).ToArray();
        var shares = new List<double>();

        var words = _aligner.AlignSong(audio, rough, phrases, NoLines, new Progress(shares), Never);

        Near(expected, words);
        Assert.Equal(1, shares[^1]);
        Assert.True(shares.Count >= 3);
    }

    [Fact]
    public void A_window_that_cannot_hold_its_words_leaves_their_times()
    {
        using var audio = Recording(new float[ToneNetwork.Rate]);
        LyricsWord[] rough = [new("abcdefghabcdefghabcdefghabcdefghabcdefghabcdefghabcdefgh", 0.2, 0.4)];
        Assert.Equal(rough, _aligner.AlignSong(audio, rough, [new(0.2, 0.4)], NoLines, null, Never));
        Assert.Empty(_aligner.AlignSong(audio, [], [], NoLines, null, Never));
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _folder.Dispose();
    }

    private static float[] Sing(double seconds, params (char, double, double)[] notes) => ToneNetwork.Sing(Characters, seconds, notes);

    private PcmFile Recording(float[] samples)
    {
        var audio = new PcmFile(ToneNetwork.Rate, 1, _folder.Path);
        audio.Append(samples);
        return audio;
    }

    private static void Near(List<(double Start, double End)> expected, LyricsWord[] words)
    {
        Assert.Equal(expected.Count, words.Length);
        foreach (var ((start, end), word) in expected.Zip(words))
            Assert.True(
                Math.Abs(word.Start - start) <= Tolerance && Math.Abs(word.End - end) <= Tolerance,
                $"{word.Text} is at {word.Start:F3}-{word.End:F3}, not at {start:F3}-{end:F3}.");
    }

    private sealed class Progress(List<double> shares) : IProgress<double>
    {
        public void Report(double value) => shares.Add(value);
    }
}
