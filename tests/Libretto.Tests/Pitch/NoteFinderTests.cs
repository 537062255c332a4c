using Libretto.Lyrics;
using Libretto.Pitch;

namespace Libretto.Tests.Pitch;

public class NoteFinderTests
{
    private static readonly SyllableSplitter s_splitter = new("en", null);

    [Fact]
    public void A_syllable_gets_the_median_of_its_voiced_frames()
    {
        var found = Find([Word("home", 1, 2)], (1, 2, 55.2));
        Assert.Equal([55], Pitches(found));
    }

    [Fact]
    public void Syllables_part_where_the_pitch_moves()
    {
        var found = Find([Word("water", 1, 2)], (1, 1.7, 60), (1.7, 2, 59));
        var syllables = found.Lines[0].Words[0].Syllables!;
        Assert.Equal(["wa", "ter"], syllables.Select(syllable => syllable.Text));
        Assert.Equal([60, 59], Pitches(found));
        Assert.Equal(1.7, syllables[1].Start, 0.07);
        Assert.Empty(DocumentRules.Validate(found));
    }

    [Fact]
    public void A_syllable_that_goes_over_to_another_note_is_two_of_which_the_second_has_no_letters()
    {
        var found = Find([Word("me", 1, 3)], (1, 2, 60), (2, 3, 64));
        Assert.Equal([("me", 60), ("", 64)], found.Lines[0].Words[0].Syllables!.Select(syllable => (syllable.Text, syllable.Pitch!.Value)));
        Assert.Empty(DocumentRules.Validate(found));
    }

    [Fact]
    public void Vibrato_is_one_note()
    {
        var track = Track(5, (1, 3, 60));
        for (var i = 0; i < track.Count; i++)
            track.Hertz[i] *= (float)Math.Pow(2, 0.5 * Math.Sin(2 * Math.PI * 5.5 * PitchTrack.TimeOf(i)) / 12);
        Assert.Equal([60], Pitches(new NoteFinder(s_splitter, track).Find(Song([Word("me", 1, 3)]))));
    }

    [Fact]
    public void A_note_an_octave_off_is_brought_into_the_songs_range()
    {
        LyricsWord[] words = [.. Enumerable.Range(0, 12).Select(i => Word("la", i, i + 0.8))];
        var notes = words.Select((word, i) => (word.Start, word.End, i == 5 ? 48.0 + 24 : 55.0 + i % 5)).ToArray();
        Assert.InRange(Pitches(Find(words, notes))[5]!.Value, 55, 61);
    }

    [Fact]
    public void Where_no_voice_is_heard_there_is_no_note()
    {
        Assert.Equal([null], Pitches(Find([Word("hush", 1, 2)])));
        Assert.Equal([null, null], Pitches(new NoteFinder(s_splitter, null).Find(Song([Word("water", 1, 2)]))));
    }

    [Fact]
    public void Words_keep_their_times_and_syllables_that_were_given_stay()
    {
        var given = Word("water", 1, 2) with { Syllables = [new LyricsSyllable("w", 1, 1.2) { Pitch = 70 }, new LyricsSyllable("ater", 1.2, 2)] };
        var found = Find([given], (1, 2, 60)).Lines[0].Words[0];
        Assert.Equal((1.0, 2.0), (found.Start, found.End));
        Assert.Equal([("w", 70), ("ater", 60)], found.Syllables!.Select(syllable => (syllable.Text, syllable.Pitch!.Value)));
    }

    private static LyricsWord Word(string text, double start, double end) => new(text, start, end);

    private static LyricsDocument Song(IReadOnlyList<LyricsWord> words) => new() { Duration = 20, Lines = [LyricsLine.Of(words)] };

    private static LyricsDocument Find(IReadOnlyList<LyricsWord> words, params (double Start, double End, double Note)[] notes) =>
        new NoteFinder(s_splitter, Track(20, notes)).Find(Song(words));

    private static List<int?> Pitches(LyricsDocument document) =>
        [.. document.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables!).Select(syllable => syllable.Pitch)];

    /// <summary>What a voice that sings these notes and is silent elsewhere looks like.</summary>
    private static PitchTrack Track(double seconds, params (double Start, double End, double Note)[] notes)
    {
        var count = (int)(seconds / PitchTrack.Hop);
        var track = new PitchTrack(new float[count], new float[count], new float[count]);
        Array.Fill(track.Level, -80);
        for (var i = 0; i < count; i++)
            foreach (var (start, end, note) in notes)
                if (PitchTrack.TimeOf(i) >= start && PitchTrack.TimeOf(i) < end)
                    (track.Hertz[i], track.Confidence[i], track.Level[i]) = ((float)(440 * Math.Pow(2, (note - 69) / 12)), 0.99f, -20);
        return track;
    }
}
