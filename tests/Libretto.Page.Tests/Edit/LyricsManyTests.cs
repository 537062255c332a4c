using Libretto.Lyrics;
using Libretto.Server.Web.Edit;

namespace Libretto.Page.Tests.Edit;

public sealed class LyricsManyTests
{
    private static readonly LyricsDocument s_song = new()
    {
        Duration = 20,
        Lines =
        [
            LyricsLine.Of([new("Hello", 1, 1.5), new("again", 1.5, 2)]),
            LyricsLine.Of([new("my", 3, 3.5), new("friend", 3.5, 4)]) with { Stanza = true },
            LyricsLine.Of([new("end", 6, 7)]),
        ],
        Sections = [new LyricsSection("Verse", 1), new LyricsSection("Outro", 2)],
    };

    [Fact]
    public void Words_move_together_and_the_starts_of_others_stay()
    {
        var later = LyricsMany.Move(s_song, new HashSet<int> { 1, 2, 3 }, 0.5);
        var tooFar = LyricsMany.Move(s_song, new HashSet<int> { 1, 2, 3 }, 9);
        var tooEarly = LyricsMany.Move(s_song, new HashSet<int> { 1 }, -9);

        Assert.Equal([1, 2, 3.5, 4, 6], Starts(later));
        Assert.Equal([1, 3.98, 5.48, 5.98, 6], Starts(tooFar));
        Assert.Equal(6, LyricsEdit.Words(tooFar)[3].End);
        Assert.Equal([1, 1.02, 3, 3.5, 6], Starts(tooEarly));
        Assert.Equal(1.02, LyricsEdit.Words(tooEarly)[0].End);
        Assert.Same(s_song, LyricsMany.Move(s_song, new HashSet<int> { 0, 1, 2, 3, 4 }, 0));
        Assert.Equal(13, LyricsMany.Move(s_song, new HashSet<int> { 0, 1, 2, 3, 4 }, 99).Lines[0].Words[0].Start - 1);
    }

    [Fact]
    public void Words_and_lines_go_together_and_headings_stay_with_what_is_left()
    {
        var left = LyricsMany.Delete(s_song, new HashSet<int> { 1, 2, 3 });

        Assert.Equal(["Hello", "end"], left.Lines.Select(line => line.Text));
        Assert.Equal([("Verse", 1), ("Outro", 1)], left.Sections!.Select(section => (section.Name, section.Line)));
        Assert.Empty(LyricsMany.Delete(s_song, new HashSet<int> { 0, 1, 2, 3, 4 }).Lines);
    }

    [Fact]
    public void Words_are_chosen_up_to_one_and_one_by_one()
    {
        var selection = new EditSelection();
        selection.Take(3);
        selection.Extend(1);
        Assert.Equal((1, 3, 1), (selection.First, selection.Last, selection.At));
        selection.Extend(5);
        Assert.Equal([3, 4, 5], selection.Words.Order());
        selection.Toggle(4);
        Assert.Equal([3, 5], selection.Words.Order());
        selection.Keep(4);
        Assert.Equal([3], selection.Words.Order());
        Assert.Equal(3, selection.At);
    }

    [Fact]
    public void Whatever_is_done_to_many_the_document_stays_valid()
    {
        var random = new Random(5);
        var document = s_song;
        for (var i = 0; i < 300; i++)
        {
            var count = LyricsEdit.Words(document).Count;
            var chosen = Enumerable.Range(0, count).Where(_ => random.Next(3) == 0).Append(random.Next(count)).ToHashSet();
            document = random.Next(4) switch
            {
                0 when count > 6 => LyricsMany.Delete(document, chosen),
                1 => LyricsEdit.SetText(document, chosen.First(), "la la"),
                2 => LyricsEdit.JoinWord(document, chosen.First()),
                _ => LyricsMany.Move(document, chosen, (random.NextDouble() * 4) - 2),
            };
            Assert.Empty(DocumentRules.Validate(document));
            if (document.Lines.Count == 0)
                document = s_song;
        }
    }

    [Fact]
    public void Lines_that_were_timed_anew_keep_their_voice_and_stanza()
    {
        var duet = s_song with { Lines = [s_song.Lines[0], s_song.Lines[1] with { Voice = LyricsVoice.Second, Translation = new LyricsTranslation("de", "mein Freund") }, s_song.Lines[2]] };
        var timed = LyricsEdit.ReplaceLines(duet, 1, ["my friend"], [LyricsLine.Of([new("my", 3.1, 3.3), new("friend", 3.4, 4)])])!.Lines[1];
        var other = LyricsEdit.ReplaceLines(duet, 1, ["my friend"], [LyricsLine.Of([new("my", 3.1, 3.3), new("foe", 3.4, 4)])])!.Lines[1];

        Assert.Equal((3.1, LyricsVoice.Second, true, "mein Freund"), (timed.Start, timed.Voice, timed.Stanza, timed.Translation?.Text));
        Assert.Equal((LyricsVoice.Second, true, null), (other.Voice, other.Stanza, other.Translation));
    }

    private static IEnumerable<double> Starts(LyricsDocument document) => LyricsEdit.Words(document).Select(word => Math.Round(word.Start, 3));
}
