using Libretto.Lyrics;

namespace Libretto.Tests.Lyrics;

/// <summary>What a document says beside words and times: syllables, voices, stanzas, headings, other scripts and languages.</summary>
public class VoicesAndSyllablesTests
{
    private static readonly LyricsDocument s_duet = new()
    {
        Duration = 20,
        Lines =
        [
            LyricsLine.Of(
            [
                new("crashing", 10, 12)
                {
                    Syllables = [new("cra", 10, 11) { Pitch = 69 }, new("shing", 11.25, 12)],
                },
                new("down", 12, 16),
            ]) with
            {
                Voice = LyricsVoice.First,
                Stanza = true,
                Romanized = "krashing down",
                Translation = new LyricsTranslation("de", "stürzt herab"),
            },
            LyricsLine.Of([new("(down", 13, 14), new("low)", 14, 15)]) with { Voice = LyricsVoice.First, Background = true },
            LyricsLine.Of([new("I", 13.5, 14), new("answer", 14, 15.5)]) with { Voice = LyricsVoice.Second },
            LyricsLine.Of([new("End", 17, 18)]) with { Voice = LyricsVoice.Both },
        ],
        Sections = [new LyricsSection("Verse 1", 0), new LyricsSection("Outro - fade", 3)],
    };

    [Fact]
    public void Json_holds_all_of_it()
    {
        Assert.Empty(DocumentRules.Validate(s_duet));
        var json = LyricsFormats.Json.Write(s_duet);
        var read = LyricsFormats.Json.Read(json);
        Assert.Equal(json, LyricsFormats.Json.Write(read));
        Assert.Equal(s_duet.Lines[0].Words[0].Syllables, read.Lines[0].Words[0].Syllables);
        Assert.Equal(s_duet.Sections, read.Sections);
        Assert.Equal(
            s_duet.Lines.Select(line => (line.Voice, line.Background, line.Stanza, line.Romanized, line.Translation)),
            read.Lines.Select(line => (line.Voice, line.Background, line.Stanza, line.Romanized, line.Translation)));
        Assert.Contains("\"voice\": 2", json, StringComparison.Ordinal);
        Assert.Contains("\"voice\": \"both\"", json, StringComparison.Ordinal);
        Assert.Contains("\"translation\": {\"language\":\"de\",\"text\":\"stürzt herab\"}", json, StringComparison.Ordinal);
        Assert.Contains("{\"name\":\"Outro - fade\",\"line\":3}", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_overlap_are_left_alone()
    {
        Assert.Same(s_duet, DocumentRules.Normalize(s_duet));
        // Something else to put right changes nothing of it, either.
        var repaired = DocumentRules.Normalize(s_duet with { Duration = 17.5 });
        Assert.Equal(
            [(10, 16), (13, 15), (13.5, 15.5), (17, 17.5)],
            repaired.Lines.Select(line => (line.Start, line.End)));
        Assert.Equal(s_duet.Lines[0].Words[0].Syllables, repaired.Lines[0].Words[0].Syllables);
        Assert.Equal(s_duet.Sections, repaired.Sections);
    }

    [Fact]
    public void Lines_go_in_order_of_their_starts_and_headings_with_them()
    {
        var mixed = s_duet with { Lines = [s_duet.Lines[0], s_duet.Lines[2], s_duet.Lines[1], s_duet.Lines[3]], Sections = [new("Answer", 1), new("End", 4)] };
        var ordered = DocumentRules.Normalize(mixed);
        Assert.Equal(s_duet.Lines.Select(line => line.Text), ordered.Lines.Select(line => line.Text));
        Assert.Equal([new("Answer", 2), new("End", 4)], ordered.Sections!);
    }

    [Fact]
    public void A_heading_stands_before_the_next_line_when_its_own_goes()
    {
        var document = DocumentRules.Normalize(s_duet with
        {
            Lines = [s_duet.Lines[0], new LyricsLine(12, 13, "", []), s_duet.Lines[3]],
            Sections = [new(" Verse\n1 ", 0), new("Chorus", 1), new("", 2), new("After", 9)],
        });
        Assert.Equal([new("Verse 1", 0), new("Chorus", 1), new("After", 2)], document.Sections!);
    }

    [Theory]
    [InlineData(11, 13, "11-12 12.25-13")] // moved
    [InlineData(9.5, 12, "9.5-11 11.25-12")] // begins earlier
    [InlineData(10, 13, "10-11 11.25-13")] // ends later
    [InlineData(10, 11, "10-10.5 10.625-11")] // too short for them
    public void Syllables_go_where_their_word_goes(double start, double end, string expected)
    {
        var moved = s_duet.Lines[0].Words[0].MoveTo(start, end);
        Assert.Equal(expected, string.Join(' ', moved.Syllables!.Select(one => FormattableString.Invariant($"{one.Start}-{one.End}"))));
        Assert.True(WordSyllables.AreOf(moved.Syllables!, moved));
        Assert.Equal(69, moved.Syllables![0].Pitch);
    }

    [Fact]
    public void Syllables_that_are_not_the_words_are_left_out()
    {
        var line = s_duet.Lines[0];
        var wrong = s_duet with { Lines = [line.WithWords([line.Words[0] with { Text = "crash" }, line.Words[1]])] };
        Assert.Contains(DocumentRules.Validate(wrong), fault => fault.Contains("syllables", StringComparison.Ordinal));
        Assert.Null(DocumentRules.Normalize(wrong).Lines[0].Words[0].Syllables);
    }

    [Fact]
    public void A_line_with_other_words_keeps_all_else()
    {
        var line = s_duet.Lines[0].WithWords([new("up", 1, 2)]);
        Assert.Equal((1, 2, "up"), (line.Start, line.End, line.Text));
        Assert.Equal((LyricsVoice.First, true, "krashing down"), (line.Voice, line.Stanza, line.Romanized));
    }

    [Theory]
    [InlineData("3")]
    [InlineData("\"Anna\"")]
    [InlineData("[1, {}]")]
    public void A_voice_that_is_none_of_these_is_not_known(string voice)
    {
        var json = LyricsFormats.Json.Write(s_duet).Replace("\"both\"", voice, StringComparison.Ordinal);
        Assert.Equal([LyricsVoice.First, LyricsVoice.First, LyricsVoice.Second, null], LyricsFormats.Json.Read(json).Lines.Select(line => line.Voice));
    }
}
