using Libretto.Lyrics;

namespace Libretto.Pitch;

/// <summary>
/// Gives the words of a document their syllables and each syllable its note: the median of its voiced frames, octave errors mended by
/// the song's own range. A syllable that moves to another note and stays there becomes two, the second with an empty text.
/// </summary>
/// <param name="splitter">Splits the words.</param>
/// <param name="track">What is sung; null where it is not known: then syllables have no note.</param>
internal sealed class NoteFinder(SyllableSplitter splitter, PitchTrack? track)
{
    // A syllable with less voice than this, seconds, has no note.
    private const double LeastVoice = 0.04;

    // Both parts of a syllable on two notes last this long at least, seconds, and lie this far apart, half tones.
    private const double ShortestNote = 0.14;
    private const double LeastMove = 0.8;

    /// <summary>Finds the notes of a song.</summary>
    /// <param name="document">Words with times; syllables that it has already keep their texts and times.</param>
    /// <returns>The same words at the same times, with syllables.</returns>
    public LyricsDocument Find(LyricsDocument document)
    {
        if (!document.IsTimed)
            return document;
        var heard = new List<HeardNote>();
        var lines = document.Lines
            .Select(line => line.Sung == false ? null : line.Words.Select(word => Listen(word, heard)).ToList())
            .ToList();
        OctaveRepair.Apply(heard);
        return document with
        {
            Lines = [.. document.Lines.Select((line, i) =>
                lines[i] is { } notes ? line with { Words = WithNotes(line.Words, notes) } : line)],
        };
    }

    private static IReadOnlyList<LyricsWord> WithNotes(IReadOnlyList<LyricsWord> words, List<List<HeardNote>> notes) =>
        [.. words.Select((word, i) => word with { Syllables = [.. notes[i].Select(note => note.ToSyllable())] })];

    private List<HeardNote> Listen(LyricsWord word, List<HeardNote> heard)
    {
        var syllables = word.Syllables ?? SyllableTimes.Of(word, splitter.Split(word.Text), track);
        var notes = syllables.SelectMany(Listen).ToList();
        heard.AddRange(notes);
        return notes;
    }

    private IEnumerable<HeardNote> Listen(LyricsSyllable syllable)
    {
        if (track is null || syllable.Pitch is not null)
            return [new HeardNote(syllable, syllable.Pitch, 0)];
        var range = track.Frames(syllable.Start, syllable.End);
        var frames = Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value).Where(track.IsVoiced).ToArray();
        if (frames.Length * PitchTrack.Hop < LeastVoice)
            return [new HeardNote(syllable, null, 0)];
        var notes = Fold([.. frames.Select(track.Note)]);
        if (FindMove(frames, notes) is not { } move)
            return [new HeardNote(syllable, Median(notes), notes.Length)];
        var at = Milliseconds.Round(PitchTrack.TimeOf(frames[move]));
        return
        [
            new HeardNote(syllable with { End = at }, Median(notes[..move]), move),
            new HeardNote(new LyricsSyllable("", at, syllable.End), Median(notes[move..]), notes.Length - move),
        ];
    }

    /// <summary>Frames an octave off the middle of their syllable are that octave's error.</summary>
    private static double[] Fold(double[] notes)
    {
        var middle = Median(notes);
        return Array.ConvertAll(notes, note => Math.Abs(note - middle) is > 10.5 and < 13.5 ? note - 12 * Math.Sign(note - middle) : note);
    }

    /// <summary>
    /// Where a syllable goes over from one note to another: the place that leaves the least spread on both sides, if that is far less than
    /// the whole has, and the notes on both sides lie apart. Null where it is one note, vibrato and glides included.
    /// </summary>
    private static int? FindMove(int[] frames, double[] notes)
    {
        var least = (int)(ShortestNote / PitchTrack.Hop);
        if (notes.Length < 2 * least)
            return null;
        var whole = Spread(notes);
        var (best, where) = (double.PositiveInfinity, -1);
        for (var i = least; i <= notes.Length - least; i++)
            if (Spread(notes[..i]) + Spread(notes[i..]) is var sum && sum < best)
                (best, where) = (sum, i);
        var (before, after) = (Median(notes[..where]), Median(notes[where..]));
        var isOther = Math.Abs(after - before) >= LeastMove && Math.Round(after) != Math.Round(before);
        return isOther && best < whole * 0.5 && frames[^1] - frames[where] >= least && IsHeld(notes[where..], after) &&
            IsHeld(notes[..where], before)
            ? where
            : null;
    }

    /// <summary>Whether most of a stretch stays by its note: a glide does not.</summary>
    private static bool IsHeld(double[] notes, double note) => notes.Count(each => Math.Abs(each - note) < 0.5) >= 0.6 * notes.Length;

    private static double Spread(double[] notes)
    {
        var middle = Median(notes);
        return notes.Sum(note => Math.Abs(note - middle));
    }

    private static double Median(double[] values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}

/// <summary>A syllable, or a part of one, and the note it is sung on.</summary>
/// <param name="syllable">Its text and time.</param>
/// <param name="note">A MIDI note number with fractions; null where none was heard.</param>
/// <param name="frames">How many frames say so; 0 for a note that was not heard but given.</param>
internal sealed class HeardNote(LyricsSyllable syllable, double? note, int frames)
{
    public double? Note { get; set; } = note;

    public int Frames => frames;

    public LyricsSyllable ToSyllable() => syllable with { Pitch = Note is { } found ? (int)Math.Clamp(Math.Round(found), 0, 127) : null };
}
