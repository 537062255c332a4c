using System.Text.RegularExpressions;
using CsCheck;
using Libretto.Lyrics;
using Libretto.Lyrics.Formats.UltraStar;
using Libretto.Lyrics.Reading;

namespace Libretto.Tests.Lyrics;

public class UltraStarTests
{
    /// <summary>Words of one to three syllables of 80 ms and more, some with notes, in lines of one or two voices.</summary>
    private static readonly Gen<LyricsDocument> s_songs =
        from words in Gen.Select(Gen.Int[1, 3], Gen.Int[80, 900].Array[3], Gen.Int[36, 84].Nullable(0.2).Array[3], Gen.Int[0, 500], Gen.Int[0, 5]).Array[1, 30]
        from voices in Gen.Int[0, 3].Array[31]
        select Make(words, voices);

    private static readonly string[] s_broken = [": 0 four 2 la", ":4 2 la", ": 99999999999999999999 4 2 la", "hello", "#TITLE", "? "];

    [Fact]
    public void A_chart_read_back_has_the_same_words_syllables_and_notes() => s_songs.Sample(song =>
    {
        var read = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(song));
        Assert.Equal((song.Title, song.Artist, song.Language, song.Duration), (read.Title, read.Artist, read.Language, read.Duration));
        Assert.Equal(song.Lines.Select(line => (line.Text, line.Voice)), read.Lines.Select(line => (line.Text, line.Voice)));
        foreach (var (wanted, got) in Syllables(song).Zip(Syllables(read)))
        {
            Assert.Equal((wanted.Text, wanted.Pitch), (got.Text, got.Pitch));
            Assert.Equal(wanted.Start, got.Start, 0.045);
        }
        Assert.Equal(Syllables(song).Count(), Syllables(read).Count());
    });

    [Fact]
    public void Written_again_a_chart_stays_as_it_is() => s_songs.Sample(song =>
    {
        var once = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(song));
        var twice = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(once));
        Assert.All(Syllables(once).Zip(Syllables(twice)), pair => Assert.Equal(pair.First.Start, pair.Second.Start, 0.045));
    });

    [Fact]
    public void Odd_words_of_all_scripts_stay_words() => Documents.Normalized.Sample(document =>
    {
        var read = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(document));
        Assert.Equal(document.Lines.Select(line => line.Text.Replace(" ", "", StringComparison.Ordinal)), read.Lines.Select(line => line.Text.Replace(" ", "", StringComparison.Ordinal)));
    });

    [Fact]
    public void The_grid_rounds_notes_by_less_than_fifteen_milliseconds_in_the_mean() => s_songs.Sample(song =>
    {
        var notes = Syllables(song).Select(note => (Milliseconds.From(note.Start), Milliseconds.From(note.End))).ToList();
        var grid = BeatGrid.For(notes);
        Assert.InRange(grid.Bpm, 200, 400);
        Assert.True(notes.Average(note => grid.ErrorOf(note.Item1)) < 15);
    });

    [Fact]
    public void Notes_that_lie_on_a_beat_are_not_rounded_at_all()
    {
        var notes = Enumerable.Range(0, 40).Select(i => (2_000L + i * 250, 2_000L + i * 250 + 200)).ToList();
        Assert.True(notes.Average(note => BeatGrid.For(notes).ErrorOf(note.Item1)) < 1.5);
    }

    [Fact]
    public void A_chart_follows_the_specification()
    {
        var lines = LyricsFormats.UltraStar.Write(Duet()).Split('\n');
        Assert.Equal("#VERSION:1.1.0", lines[0]);
        Assert.Contains("#LANGUAGE:English", lines);
        Assert.Contains("#P1:Voice 1", lines);
        Assert.Contains("#P2:Voice 2", lines);
        Assert.Contains("#GAP:1000", lines);
        var body = lines.SkipWhile(line => line != "P1").ToList();
        Assert.Equal("E", body[^2]);
        // A break stands between phrases, never at the end of a voice's block.
        Assert.DoesNotContain(body.Zip(body.Skip(1)), pair => pair.First.StartsWith('-') && !pair.Second.StartsWith(':') && !pair.Second.StartsWith('*') && !pair.Second.StartsWith('F'));
        Assert.Contains(body, line => line.StartsWith("F ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_two_sing_together_stands_in_both_voices_and_comes_back_as_one_line()
    {
        var read = LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(Duet()));
        Assert.Equal([LyricsVoice.First, LyricsVoice.Second, LyricsVoice.Both], read.Lines.Select(line => line.Voice!.Value));
    }

    [Fact]
    public void Charts_from_before_the_specification_are_read()
    {
        const string Chart = """
            #TITLE:Old
            #ARTIST:Someone
            #MP3:old.mp3
            #BPM:300,00
            #GAP:1000
            #RELATIVE:yes
            : 0 4 2 Hel
            * 4 8 4 lo
            : 12 4 5  world
            - 20 20
            F 0 4 0 once
            R 8 4 0  more
            E
            """;
        var read = LyricsFormats.UltraStar.Read(Chart);
        Assert.Equal(["Hello world", "once more"], read.Lines.Select(line => line.Text));
        // A beat of 300 lasts 50 ms; the second line counts from beat 20.
        Assert.Equal([1.0, 1.6, 2.0, 2.4], read.Lines.SelectMany(line => line.Words).Select(word => word.Start));
        Assert.Equal([62, 64], read.Lines[0].Words[0].Syllables!.Select(syllable => syllable.Pitch));
        Assert.Null(read.Lines[1].Words[0].Syllables);
    }

    [Fact]
    public void A_note_that_is_held_over_another_is_the_same_syllable()
    {
        var read = LyricsFormats.UltraStar.Read("#BPM:300\n: 0 4 2 Lo\n: 4 4 4 ~\n: 8 4 4 ve \n: 12 4 0 me\n");
        Assert.Equal("Love me", read.Lines[0].Text);
        Assert.Equal([("Lo", 62), ("", 64), ("ve", 64)], read.Lines[0].Words[0].Syllables!.Select(syllable => (syllable.Text, syllable.Pitch!.Value)));
        Assert.Empty(DocumentRules.Validate(read));
    }

    [Theory]
    [InlineData("#TITLE:x\n: 0 4 2 la\nE\n", "BPM")]
    [InlineData("#TITLE:x\n#BPM:fast\n: 0 4 2 la\n", "BPM")]
    [InlineData("#TITLE:x\n#BPM:0\n: 0 4 2 la\n", "BPM")]
    [InlineData("#RELATIVE:yes\n#BPM:300\n: 0 4 2 la\n-\n: 0 4 2 la\n", "Line 4")]
    [InlineData("nothing of the kind", "neither")]
    public void What_is_no_chart_says_why(string chart, string where)
    {
        var error = Assert.Throws<LyricsFormatException>(() => LyricsFormats.UltraStar.Read(chart));
        Assert.Equal("lyrics_broken", error.Code);
        Assert.Contains(where, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(": 0 four 2 la", "no note")]
    [InlineData(": 99999999999999999999 4 2 la", "too large")]
    [InlineData("#TITLE", "no colon")]
    [InlineData("hello", "no note")]
    public void A_broken_line_costs_that_line_and_is_told(string line, string remark)
    {
        var reading = LyricsReader.Read($"#TITLE:x\n#BPM:300\n#GAP:0\n: 0 4 2 good \n{line}\n: 8 4 2 night\n- 12\n: 14 4 0 la\n: 19 4 0 la\nE\n", "chart.txt");
        Assert.Equal(LyricsFormats.UltraStar, reading.Format);
        Assert.StartsWith("good night", reading.Document.Lines[0].Text, StringComparison.Ordinal);
        Assert.Contains(reading.Notices, notice => notice.Contains("Line 5", StringComparison.Ordinal) && notice.Contains(remark, StringComparison.Ordinal));
    }

    [Fact]
    public void A_broken_line_anywhere_costs_itself_only_and_is_told() =>
        Gen.Select(s_songs, Gen.Double[0, 1], Gen.Int[0, s_broken.Length - 1]).Sample((song, where, which) =>
        {
            var bad = s_broken[which];
            var lines = LyricsFormats.UltraStar.Write(song).Split('\n').ToList();
            lines.Insert(1 + (int)(where * (lines.Count - 3)), bad);
            var reading = LyricsReader.Read(string.Join('\n', lines), "chart.txt");
            Same(LyricsFormats.UltraStar.Read(LyricsFormats.UltraStar.Write(song)), reading.Document);
            Assert.NotEmpty(reading.Notices);
        });

    [Fact]
    public void Charts_changed_as_editors_change_them_say_the_same() => Gen.Select(s_songs, Gen.Bool.Array[6]).Sample((song, changes) =>
    {
        var chart = LyricsFormats.UltraStar.Write(song);
        var expected = LyricsFormats.UltraStar.Read(chart);
        if (changes[0])
            chart = chart.Replace("\n* ", "\n: ", StringComparison.Ordinal);
        if (changes[1])
            chart = chart.Replace("\nE\n", "\n", StringComparison.Ordinal);
        if (changes[2])
            // Older programs put the space before the next word.
            chart = Regex.Replace(chart, @" \n([:*F] \d+ \d+ -?\d+ )", "\n$1 ");
        if (changes[3])
            chart = Regex.Replace(chart, @"#BPM:(\d+)\.(\d+)", "#BPM:$1,$2");
        if (changes[4])
            chart = Regex.Replace(chart, "^#[A-Z0-9]+:", header => header.Value.ToLowerInvariant(), RegexOptions.Multiline);
        if (changes[5])
            chart = "\uFEFF" + chart.Replace("\n", "\r\n", StringComparison.Ordinal);
        Same(expected, LyricsReader.Read(chart, "chart.txt").Document);
    });

    [Fact]
    public void One_note_in_twenty_is_golden_the_longest_and_none_that_is_short()
    {
        var song = new LyricsDocument
        {
            Duration = 60,
            Lines = [LyricsLine.Of([.. Enumerable.Range(0, 41).Select(i => Word("la", i, i + (i == 7 ? 0.9 : i == 8 ? 0.8 : 0.5), 60))])],
        };
        var notes = LyricsFormats.UltraStar.Write(song).Split('\n').Where(line => line.Length > 0 && line[0] is ':' or '*').ToList();
        Assert.Equal([7, 8], notes.Index().Where(note => note.Item[0] == '*').Select(note => note.Index));
        var quick = song with { Lines = [LyricsLine.Of([.. Enumerable.Range(0, 41).Select(i => Word("la", i, i + 0.2, 60))])] };
        Assert.DoesNotContain("\n*", LyricsFormats.UltraStar.Write(quick), StringComparison.Ordinal);
    }

    private static void Same(LyricsDocument expected, LyricsDocument actual)
    {
        Assert.Equal(expected.Lines.Select(line => (line.Text, line.Voice)), actual.Lines.Select(line => (line.Text, line.Voice)));
        Assert.Equal(
            Syllables(expected).Select(syllable => (syllable.Text, syllable.Start, syllable.End, syllable.Pitch)),
            Syllables(actual).Select(syllable => (syllable.Text, syllable.Start, syllable.End, syllable.Pitch)));
    }

    private static IEnumerable<LyricsSyllable> Syllables(LyricsDocument song) =>
        song.Lines.SelectMany(line => line.Words).SelectMany(word => word.Syllables ?? [new LyricsSyllable(word.Text, word.Start, word.End)]);

    private static LyricsDocument Duet() => new()
    {
        Title = "Two", Artist = "Both", Language = "en", Duration = 20,
        Lines =
        [
            LyricsLine.Of([Word("one", 1, 2, 60), Word("sings", 2, 3, null)]) with { Voice = LyricsVoice.First },
            LyricsLine.Of([Word("then", 4, 5, 62), Word("two", 5, 6, 64)]) with { Voice = LyricsVoice.Second },
            LyricsLine.Of([Word("and", 8, 9, 62), Word("both", 9, 10, 64)]) with { Voice = LyricsVoice.Both },
        ],
    };

    private static LyricsWord Word(string text, double start, double end, int? pitch) =>
        new(text, start, end) { Syllables = [new LyricsSyllable(text, start, end) { Pitch = pitch }] };

    private static LyricsDocument Make((int Count, int[] Lengths, int?[] Pitches, int Gap, int NewLine)[] words, int[] voices)
    {
        string[] texts = ["la", "dee", "dum"];
        var lines = new List<List<LyricsWord>>();
        long at = 1000;
        foreach (var (count, lengths, pitches, gap, newLine) in words)
        {
            if (lines.Count == 0 || newLine == 0)
                lines.Add([]);
            at += gap;
            var syllables = new List<LyricsSyllable>();
            for (var i = 0; i < count; i++)
            {
                syllables.Add(new LyricsSyllable(texts[i], Milliseconds.ToSeconds(at), Milliseconds.ToSeconds(at + lengths[i])) { Pitch = pitches[i] });
                at += lengths[i];
            }
            var text = string.Concat(texts.Take(count));
            lines[^1].Add(new LyricsWord(text, syllables[0].Start, syllables[^1].End) { Syllables = syllables is [{ Pitch: null }] ? null : syllables });
        }
        var isDuet = voices.Take(lines.Count).Distinct().Count() > 1 && voices.Take(lines.Count).Any(voice => voice >= 2);
        return new LyricsDocument
        {
            Title = "A song", Artist = "Someone", Language = "en", Duration = Milliseconds.ToSeconds(at + 5000),
            Lines = [.. lines.Select((line, i) => LyricsLine.Of(line) with { Voice = isDuet ? (LyricsVoice)Math.Max(1, voices[i]) : null })],
        };
    }
}
